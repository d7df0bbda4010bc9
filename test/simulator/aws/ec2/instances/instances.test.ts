import { expect, test } from '@jest/globals';
import {
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { lab } from '../../../lab.ts';

const al2023 = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';

async function workbench(options: Parameters<typeof lab>[0] = {}) {
  const all = lab({ keys: { 'us-east-1': ['alias/golden'] }, ...options });
  const ec2 = all.ec2();
  const { Parameter } = await all.run(() => all.ssm().send(new GetParameterCommand({ Name: al2023 })));
  const ImageId = Parameter!.Value!;
  const launch = async (more: Partial<RunInstancesCommandInput> = {}) => {
    const input = { ImageId, InstanceType: 't3.small' as const, MinCount: 1, MaxCount: 1, ...more };
    return (await all.run(() => ec2.send(new RunInstancesCommand(input)))).Instances![0]!;
  };
  const look = async (id: string) =>
    (await all.run(() => ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] })))).Reservations![0]!
      .Instances![0]!;
  const state = async (id: string) => (await look(id)).State!.Name;
  const volumes = async () => (await all.run(() => ec2.send(new DescribeVolumesCommand({})))).Volumes!;
  const send = <Result>(work: (client: typeof ec2) => Promise<Result>) => all.run(() => work(ec2));
  return { ...all, client: ec2, launch, look, state, volumes, send, ImageId };
}

test('an instance is pending, then running, and stops, starts and ends the same gradual way', async () => {
  const { launch, state, wait, send } = await workbench();
  const { InstanceId = '' } = await launch();
  const InstanceIds = [InstanceId];
  expect(await state(InstanceId)).toBe('pending');
  await wait(30);
  expect(await state(InstanceId)).toBe('running');
  await send((ec2) => ec2.send(new StopInstancesCommand({ InstanceIds })));
  expect(await state(InstanceId)).toBe('stopping');
  await wait(120);
  expect(await state(InstanceId)).toBe('stopped');
  await send((ec2) => ec2.send(new StartInstancesCommand({ InstanceIds })));
  await wait(30);
  expect(await state(InstanceId)).toBe('running');
  await send((ec2) => ec2.send(new TerminateInstancesCommand({ InstanceIds })));
  expect(await state(InstanceId)).toBe('shutting-down');
  await wait(120);
  expect(await state(InstanceId)).toBe('terminated');
  await wait(3600);
  await expect(state(InstanceId)).rejects.toMatchObject({ name: 'InvalidInstanceID.NotFound' });
});

test('the same client token never makes a twin', async () => {
  const { launch, wait, send } = await workbench();
  const first = await launch({ ClientToken: 'build-1' });
  expect((await launch({ ClientToken: 'build-1' })).InstanceId).toBe(first.InstanceId);
  await expect(launch({ ClientToken: 'build-1', InstanceType: 't3.large' })).rejects.toMatchObject({
    name: 'IdempotentParameterMismatch',
  });
  await send((ec2) => ec2.send(new TerminateInstancesCommand({ InstanceIds: [first.InstanceId!] })));
  await wait(60);
  await expect(launch({ ClientToken: 'build-1' })).rejects.toMatchObject({ name: 'IdempotentInstanceTerminated' });
});

test('the SDK’s retry of a launch whose answer was lost makes no twin either', async () => {
  const scenario = { api: [{ action: 'ec2:RunInstances', times: 1, error: 'InternalError', after: true }] };
  const { launch, send, cloud } = await workbench({ scenario });
  await launch();
  expect(cloud.calls.filter((call) => call.action === 'RunInstances')).toHaveLength(2);
  expect((await send((ec2) => ec2.send(new DescribeInstancesCommand({})))).Reservations).toHaveLength(1);
});

test('disks are made as asked, and those not deleted with the instance stay behind', async () => {
  const { launch, volumes, wait, send, cloud } = await workbench();
  const { InstanceId = '' } = await launch({
    BlockDeviceMappings: [
      { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 20, Encrypted: true, KmsKeyId: 'alias/golden' } },
      { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 5, VolumeType: 'gp3', DeleteOnTermination: false } },
    ],
    TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'golden:build', Value: 'b1' }] }],
  });
  const key = cloud.keys.get('us-east-1')!.get('alias/golden')!.arn;
  expect(await volumes()).toMatchObject([
    {
      Size: 20,
      VolumeType: 'gp3',
      Encrypted: true,
      KmsKeyId: key,
      State: 'in-use',
      Tags: [{ Key: 'golden:build', Value: 'b1' }],
    },
    { Size: 5, VolumeType: 'gp3', Encrypted: false, State: 'in-use' },
  ]);
  await send((ec2) => ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] })));
  await wait(120);
  expect(await volumes()).toMatchObject([{ Size: 5, State: 'available', Attachments: [] }]);
});

test.each([
  ['an unknown image', { ImageId: 'ami-0123456789abcdef0' }, 'InvalidAMIID.NotFound'],
  [
    'a disk smaller than its snapshot',
    { BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 4 } }] },
    'InvalidBlockDeviceMapping',
  ],
  ['a type of another architecture', { InstanceType: 't4g.small' as const }, 'InvalidParameterValue'],
  ['an unknown subnet', { SubnetId: 'subnet-0123' }, 'InvalidSubnetID.NotFound'],
  [
    'a key without encryption',
    { BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { KmsKeyId: 'alias/golden' } }] },
    'InvalidParameterDependency',
  ],
  [
    'a tag for something the call does not make',
    { TagSpecifications: [{ ResourceType: 'image' as const, Tags: [] }] },
    'InvalidParameterValue',
  ],
])('a launch with %s is refused', async (_what, more, name) => {
  const { launch } = await workbench();
  await expect(launch(more)).rejects.toMatchObject({ name });
});

test('a key EBS may not use lets the launch begin and the instance die', async () => {
  const { launch, look, wait } = await workbench();
  const Ebs = { Encrypted: true, KmsKeyId: 'alias/unknown' };
  const { InstanceId = '', State } = await launch({ BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs }] });
  expect(State!.Name).toBe('pending');
  await wait(30);
  expect(await look(InstanceId)).toMatchObject({
    State: { Name: 'terminated' },
    StateReason: { Code: 'Client.InvalidKMSKey.InvalidState' },
  });
});

test('instances are found by tag, state and page, only by their owner', async () => {
  const { launch, send, run, ec2 } = await workbench();
  for (const build of ['b1', 'b2']) {
    await launch({ TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'golden:build', Value: build }] }] });
  }
  const Filters = [
    { Name: 'tag:golden:build', Values: ['b2'] },
    { Name: 'instance-state-name', Values: ['pending', 'running'] },
  ];
  expect((await send((client) => client.send(new DescribeInstancesCommand({ Filters })))).Reservations).toHaveLength(1);
  const stranger = ec2({ account: '999999999999', region: 'us-east-1' });
  expect((await run(() => stranger.send(new DescribeInstancesCommand({ Filters })))).Reservations).toEqual([]);
  for (let count = 0; count < 5; count++) await launch();
  const page = await send((client) => client.send(new DescribeInstancesCommand({ MaxResults: 5 })));
  const rest = await send((client) =>
    client.send(new DescribeInstancesCommand({ MaxResults: 5, NextToken: page.NextToken })),
  );
  expect([page.Reservations!.length, rest.Reservations!.length, rest.NextToken]).toEqual([5, 2, undefined]);
});

test('every region has a default VPC with a subnet in each of three zones', async () => {
  const { send } = await workbench();
  const Filters = [{ Name: 'default-for-az', Values: ['true'] }];
  const { Subnets } = await send((ec2) => ec2.send(new DescribeSubnetsCommand({ Filters })));
  expect(Subnets!.map((subnet) => subnet.AvailabilityZone)).toEqual(['us-east-1a', 'us-east-1b', 'us-east-1c']);
});

test('an instance that is shutting down cannot be stopped', async () => {
  const { launch, send } = await workbench();
  const { InstanceId = '' } = await launch();
  await send((ec2) => ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] })));
  const stop = send((ec2) => ec2.send(new StopInstancesCommand({ InstanceIds: [InstanceId] })));
  await expect(stop).rejects.toMatchObject({ name: 'IncorrectInstanceState' });
});

test('a zone without capacity is an error the SDK retries in vain', async () => {
  const { launch, cloud } = await workbench({ rates: { noCapacity: 1 } });
  await expect(launch()).rejects.toMatchObject({ name: 'InsufficientInstanceCapacity', $metadata: { attempts: 3 } });
  expect(cloud.calls.filter((call) => call.action === 'RunInstances')).toHaveLength(3);
});

test('a request names subnet and groups once, and a network interface needs a subnet', async () => {
  const { launch, look, send } = await workbench();
  const { Subnets = [] } = await send((ec2) => ec2.send(new DescribeSubnetsCommand({})));
  const [{ SubnetId = '' } = {}] = Subnets;
  const made = { DeviceIndex: 0, DeleteOnTermination: true, AssociatePublicIpAddress: false };
  const NetworkInterfaces = [{ ...made, SubnetId }];
  const refused = { name: 'InvalidParameterCombination' };
  await expect(launch({ NetworkInterfaces, SubnetId })).rejects.toMatchObject(refused);
  await expect(launch({ NetworkInterfaces, SecurityGroupIds: ['sg-0de1fa0170de1fa01'] })).rejects.toMatchObject(
    refused,
  );
  await expect(launch({ NetworkInterfaces: [made] })).rejects.toMatchObject({ name: 'MissingParameter' });
  const { InstanceId = '' } = await launch({ NetworkInterfaces });
  expect(await look(InstanceId)).toMatchObject({ SubnetId, NetworkInterfaces: [{ SubnetId }] });
});
