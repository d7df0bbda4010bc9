import { expect, test } from '@jest/globals';
import {
  DescribeInstancesCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { vcpusOf } from '../../../../simulator/aws/ec2/limits.ts';
import { lab } from '../../lab.ts';

const al2023 = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';

async function workbench(options: Parameters<typeof lab>[0]) {
  const all = lab(options);
  const ec2 = all.ec2();
  const ImageId = (await all.run(() => all.ssm().send(new GetParameterCommand({ Name: al2023 })))).Parameter!.Value!;
  const launch = async (type = 't3.small', role = '', more: Partial<RunInstancesCommandInput> = {}) => {
    const input = {
      ImageId,
      InstanceType: type as 't3.small',
      MinCount: 1,
      MaxCount: 1,
      ...more,
      TagSpecifications: [{ ResourceType: 'instance' as const, Tags: [{ Key: 'golden:role', Value: role }] }],
    };
    return (await all.run(() => ec2.send(new RunInstancesCommand(input)))).Instances![0]!.InstanceId!;
  };
  const look = async (id: string) =>
    (await all.run(() => ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] })))).Reservations![0]!
      .Instances![0]!;
  const send = <Result>(work: (client: typeof ec2) => Promise<Result>) => all.run(() => work(ec2));
  return { ...all, client: ec2, launch, look, send };
}

test.each([
  ['t3.nano', 2],
  ['t2.micro', 1],
  ['t2.large', 2],
  ['m7g.medium', 1],
  ['m5.large', 2],
  ['c5.xlarge', 4],
  ['m5.24xlarge', 96],
  ['m7i.metal-24xl', 96],
])('%s has %i vCPUs', (type, vcpus) => expect(vcpusOf(type)).toBe(vcpus));

test.each([
  ['t3.small', 27, 'which a network interface shares'],
  ['m5d.large', 26, 'which an NVMe disk shares, too'],
  ['m7i.large', 32, 'of its own'],
])('%s has %i volumes at most, a limit %s', async (type, most) => {
  const { launch } = await workbench({});
  const volumes = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ DeviceName: `/dev/xvdb${index}`, Ebs: { VolumeSize: 1 } }));
  await launch(type, '', { BlockDeviceMappings: volumes(most - 1) }); // and the root
  await expect(launch(type, '', { BlockDeviceMappings: volumes(most) })).rejects.toMatchObject({
    name: 'AttachmentLimitExceeded',
  });
});

test('an instance has five security groups at most', async () => {
  const securityGroups = Array.from({ length: 6 }, (_, index) => ({ id: `sg-0000000${index}` }));
  const { launch } = await workbench({ scenario: { network: { securityGroups } } });
  const ids = securityGroups.map(({ id }) => id);
  await launch('t3.small', '', { SecurityGroupIds: ids.slice(1) });
  await expect(launch('t3.small', '', { SecurityGroupIds: ids })).rejects.toMatchObject({
    name: 'SecurityGroupsPerInstanceLimitExceeded',
  });
});

test('the name of a parameter has 15 levels at most', async () => {
  const { run, ssm } = lab({});
  const put = (levels: number) =>
    run(() => ssm().send(new PutParameterCommand({ Name: '/a'.repeat(levels), Value: '1', Type: 'String' })));
  await put(15);
  await expect(put(16)).rejects.toMatchObject({ name: 'HierarchyLevelLimitExceededException' });
});

test('vCPUs of running instances are limited; what stops makes room, and other families have room of their own', async () => {
  const { launch, send, wait } = await workbench({ scenario: { vcpuLimit: 5 } });
  const InstanceIds = [await launch()];
  await launch('c5.large');
  await expect(launch()).rejects.toMatchObject({ name: 'VcpuLimitExceeded' });
  await launch('g5.xlarge');
  await wait(30);
  await send((ec2) => ec2.send(new StopInstancesCommand({ InstanceIds })));
  await expect(launch()).rejects.toMatchObject({ name: 'VcpuLimitExceeded' });
  await wait(120);
  await launch();
});

test('instances are limited, and one that has ended counts for a while', async () => {
  const { launch, send, wait } = await workbench({ scenario: { instanceLimit: 1 }, delays: { instanceTerminate: 10 } });
  const InstanceIds = [await launch()];
  await expect(launch()).rejects.toMatchObject({ name: 'InstanceLimitExceeded' });
  await send((ec2) => ec2.send(new TerminateInstancesCommand({ InstanceIds })));
  await wait(30);
  await expect(launch()).rejects.toMatchObject({ name: 'InstanceLimitExceeded' });
  await wait(60);
  await launch();
});

test('RunInstances has five tokens and gets two a second', async () => {
  const { launch, clock, cloud } = await workbench({ delays: { runInstancesCall: 0 } });
  const before = clock.now();
  for (let count = 0; count < 5; count++) await launch();
  expect(clock.now()).toBe(before);
  await launch();
  const runs = cloud.calls.filter(({ action }) => action === 'RunInstances');
  expect(runs.slice(0, 6).map(({ error }) => error)).toEqual([...Array<undefined>(5), 'RequestLimitExceeded']);
  expect(clock.now() - before).toBeGreaterThanOrEqual(500);
});

test('asking for all instances at once has fewer tokens than asking for some', async () => {
  const throttled = async (input: object) => {
    const { run, client, cloud } = await workbench({ delays: { apiCall: 0 } });
    await run(() =>
      Promise.allSettled(Array.from({ length: 60 }, () => client.send(new DescribeInstancesCommand(input)))),
    );
    return cloud.calls.filter(({ error }) => error === 'RequestLimitExceeded').length;
  };
  expect(await throttled({})).toBeGreaterThanOrEqual(10);
  expect(await throttled({ MaxResults: 100 })).toBe(0);
});

test('stopping pays for the instances it names from a bucket of their own', async () => {
  const { run, client, cloud } = await workbench({ delays: { apiCall: 0 } });
  const InstanceIds = Array.from({ length: 600 }, (_, index) => `i-0${String(index).padStart(16, '0')}`);
  const stop = () => client.send(new StopInstancesCommand({ InstanceIds }));
  await run(() => Promise.allSettled([stop(), stop()]));
  const errors = cloud.calls.filter(({ action }) => action === 'StopInstances').map(({ error }) => error);
  expect(errors.slice(0, 2)).toEqual(['InvalidInstanceID.NotFound', 'RequestLimitExceeded']);
});

test('an instance dies when its scenario says, for its reason, as often as it says', async () => {
  const reason = 'Server.InsufficientInstanceCapacity: Insufficient capacity to satisfy instance request';
  const instances = [
    { role: 'builder', dies: { afterSeconds: 90, reason }, times: 1 },
    { role: 'candidate', dies: { afterSeconds: 5 } },
  ];
  const { launch, look, wait, cloud } = await workbench({ scenario: { instances } });
  const [first, second, candidate] = [
    await launch('t3.small', 'builder'),
    await launch('t3.small', 'builder'),
    await launch('t3.small', 'candidate'),
  ];
  await wait(60);
  expect((await look(first)).State!.Name).toBe('running');
  expect((await look(candidate)).StateReason!.Code).toBe('Server.SpotInstanceTermination');
  await wait(40);
  expect(await look(first)).toMatchObject({
    State: { Name: 'shutting-down' },
    StateReason: { Code: 'Server.InsufficientInstanceCapacity', Message: reason },
    StateTransitionReason: 'Server.InsufficientInstanceCapacity',
  });
  await wait(300);
  expect((await look(second)).State!.Name).toBe('running');
  expect(cloud.idleRules()).toEqual([]);
});

test('instances are interrupted by chance where that is asked for', async () => {
  const { launch, look, wait } = await workbench({ rates: { interrupted: 1 } });
  const id = await launch();
  await wait(700);
  expect((await look(id)).State!.Name).toBe('terminated');
});
