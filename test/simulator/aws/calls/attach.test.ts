import { expect, test } from '@jest/globals';
import {
  CopyImageCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeVpnGatewaysCommand,
  EC2ServiceException,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { GetParameterCommand, ParameterNotFound } from '@aws-sdk/client-ssm';
import { homeCaller, lab } from '../../lab.ts';

test('a real client reaches the simulated cloud', async () => {
  const { ec2, run } = lab();
  const { Images, $metadata } = await run(() => ec2().send(new DescribeImagesCommand({ Owners: ['amazon'] })));
  expect(Images?.length).toBeGreaterThan(0);
  expect($metadata).toMatchObject({ httpStatusCode: 200, attempts: 1 });
});

test('an unknown action is refused by name', async () => {
  const { ec2, run } = lab();
  await expect(run(() => ec2().send(new DescribeVpnGatewaysCommand({})))).rejects.toThrow(
    'the simulator does not know ec2:DescribeVpnGateways',
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

test.each([
  ['a parameter that AWS does not know', { Nme: 'x' }, 'ec2:CopyImage: Nme: AWS knows no such parameter'],
  ['a number in place of a string', { Name: 7 }, 'ec2:CopyImage: Name: a string is expected, not 7'],
  [
    'a string in place of true',
    { Encrypted: 'true' },
    'ec2:CopyImage: Encrypted: true or false is expected, not "true"',
  ],
  ['a value in place of a list', { TagSpecifications: {} }, 'ec2:CopyImage: TagSpecifications: a list is expected'],
  [
    'a misspelt member of a list’s structure',
    { TagSpecifications: [{ Tags: [{ Key: 'a', Val: 'b' }] }] },
    'ec2:CopyImage: TagSpecifications.0.Tags.0.Val: AWS knows no such parameter',
  ],
])('a request with %s is refused before it is sent', async (_what, input, message) => {
  const { ec2, run, cloud } = lab();
  await expect(run(() => ec2().send(new CopyImageCommand(input as never)))).rejects.toThrow(message);
  expect(cloud.calls).toEqual([]);
});

test('a request without a part of its URL is refused before it is sent', async () => {
  const { s3, run, cloud } = lab();
  const get = (Key: string) => run(() => s3().send(new GetObjectCommand({ Bucket: 'artifacts', Key })));
  await expect(get('')).rejects.toThrow('s3:GetObject: Key: a value is required');
  expect(cloud.calls).toEqual([]);
});

test('what a handler does to an input after the call does not change the cloud', async () => {
  const { ec2, run } = lab();
  const Tags = [{ Key: 'a', Value: 'before' }];
  const { Images } = await run(() => ec2().send(new DescribeImagesCommand({ Owners: ['amazon'] })));
  const { Instances } = await run(() =>
    ec2().send(
      new RunInstancesCommand({
        ImageId: Images![0]!.ImageId!,
        InstanceType: 't3.small',
        MinCount: 1,
        MaxCount: 1,
        TagSpecifications: [{ ResourceType: 'instance', Tags }],
      }),
    ),
  );
  Tags[0]!.Value = 'after';
  const InstanceIds = [Instances![0]!.InstanceId!];
  const { Reservations } = await run(() => ec2().send(new DescribeInstancesCommand({ InstanceIds })));
  expect(Reservations![0]!.Instances![0]!.Tags).toEqual([{ Key: 'a', Value: 'before' }]);
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
  const client = ec2(homeCaller);
  await run(() =>
    Promise.all(Array.from({ length: 110 }, () => client.send(new DescribeImagesCommand({ Owners: ['self'] })))),
  );
  expect(cloud.calls.filter((call) => call.error === 'RequestLimitExceeded').length).toBeGreaterThanOrEqual(5);
});
