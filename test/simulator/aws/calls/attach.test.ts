import { expect, test } from '@jest/globals';
import { CopyImageCommand, DescribeImagesCommand, DescribeVpcsCommand, EC2ServiceException } from '@aws-sdk/client-ec2';
import { GetParameterCommand, ParameterNotFound } from '@aws-sdk/client-ssm';
import { home, lab } from '../../lab.ts';

test('a real client reaches the simulated cloud', async () => {
  const { ec2, run } = lab();
  const { Images, $metadata } = await run(() => ec2().send(new DescribeImagesCommand({ Owners: ['amazon'] })));
  expect(Images?.length).toBeGreaterThan(0);
  expect($metadata).toMatchObject({ httpStatusCode: 200, attempts: 1 });
});

test('an unknown action is refused by name', async () => {
  const { ec2, run } = lab();
  await expect(run(() => ec2().send(new DescribeVpcsCommand({})))).rejects.toThrow(
    'the simulator does not know ec2:DescribeVpcs',
  );
});

test('a parameter nobody implemented is refused by name', async () => {
  const { ec2, run } = lab();
  const command = new CopyImageCommand({
    Name: 'copy',
    SourceImageId: 'ami-1',
    SourceRegion: 'x',
    DestinationAvailabilityZone: 'y',
  });
  await expect(run(() => ec2().send(command))).rejects.toThrow(
    'the simulator does not implement parameter DestinationAvailabilityZone of ec2:CopyImage',
  );
});

test('an error is the exception the SDK would have thrown', async () => {
  const { ec2, ssm, run } = lab();
  const unknown = await run(() => ec2().send(new DescribeImagesCommand({ ImageIds: ['ami-00000000'] }))).catch(
    (error: unknown) => error,
  );
  expect(unknown).toBeInstanceOf(EC2ServiceException);
  expect(unknown).toMatchObject({
    name: 'InvalidAMIID.NotFound',
    $fault: 'client',
    $metadata: { httpStatusCode: 400 },
  });
  const missing = await run(() => ssm().send(new GetParameterCommand({ Name: '/golden/none' }))).catch(
    (error: unknown) => error,
  );
  expect(missing).toBeInstanceOf(ParameterNotFound);
});

test('throttling is retried by the SDK, waiting in virtual time', async () => {
  const { ec2, run, cloud, clock } = lab({
    delays: { apiCall: 0 },
    scenario: { api: [{ action: 'ec2:DescribeImages', times: 2, error: 'RequestLimitExceeded' }] },
  });
  const before = clock.now();
  const { $metadata } = await run(() => ec2().send(new DescribeImagesCommand({ Owners: ['self'] })));
  expect($metadata.attempts).toBe(3);
  expect(clock.now() - before).toBe($metadata.totalRetryDelay);
  expect(clock.now() - before).toBeGreaterThan(0);
  expect(cloud.calls.map((call) => call.error)).toEqual(['RequestLimitExceeded', 'RequestLimitExceeded', undefined]);
});

test('an error that is the caller’s fault is not retried', async () => {
  const { ec2, run, cloud } = lab();
  await expect(run(() => ec2().send(new DescribeImagesCommand({ ImageIds: ['nonsense'] })))).rejects.toThrow(
    'Invalid id',
  );
  expect(cloud.calls).toHaveLength(1);
});

test('what a handler does to an answer does not change the cloud', async () => {
  const { ec2, run } = lab();
  const describe = () => run(() => ec2().send(new DescribeImagesCommand({ Owners: ['amazon'] })));
  const first = await describe();
  first.Images![0]!.BlockDeviceMappings![0]!.Ebs!.VolumeSize = 999;
  expect((await describe()).Images![0]!.BlockDeviceMappings![0]!.Ebs!.VolumeSize).not.toBe(999);
});

test('every attempt is recorded with who, where, when and what', async () => {
  const { ec2, run, cloud, clock } = lab();
  const at = clock.now();
  await run(() =>
    ec2({ account: '222222222222', region: 'eu-west-1' }).send(new DescribeImagesCommand({ Owners: ['self'] })),
  );
  expect(cloud.calls).toEqual([
    {
      at,
      service: 'ec2',
      action: 'DescribeImages',
      account: '222222222222',
      region: 'eu-west-1',
      params: { Owners: ['self'] },
    },
  ]);
});

test('a burst beyond EC2’s request limit is throttled and then let through', async () => {
  const { ec2, run, cloud } = lab();
  const client = ec2(home);
  await run(() =>
    Promise.all(Array.from({ length: 110 }, () => client.send(new DescribeImagesCommand({ Owners: ['self'] })))),
  );
  expect(cloud.calls.filter((call) => call.error === 'RequestLimitExceeded').length).toBeGreaterThanOrEqual(5);
});
