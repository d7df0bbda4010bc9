import { expect, test } from '@jest/globals';
import { RunInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import {
  CancelCommandCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  GetParameterCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  SendCommandCommand,
  type SendCommandCommandInput,
} from '@aws-sdk/client-ssm';
import { lab } from '../../lab.ts';

const linux = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';
const windows = '/aws/service/ami-windows-latest/Windows_Server-2025-English-Full-Base';

async function workbench(scenario: object = {}, { source = linux, profile = true } = {}) {
  const all = lab({ scenario });
  const { run } = all;
  const [ec2, ssm] = [all.ec2(), all.ssm()];
  const { Parameter } = await run(() => ssm.send(new GetParameterCommand({ Name: source })));
  const launch = new RunInstancesCommand({
    ImageId: Parameter!.Value!,
    InstanceType: 't3.small',
    MinCount: 1,
    MaxCount: 1,
    ...(profile && { IamInstanceProfile: { Name: 'golden' } }),
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'golden:role', Value: 'builder' }] }],
  });
  const instance = (await run(() => ec2.send(launch))).Instances![0]!.InstanceId!;
  all.cloud.createBucket('logs', 'us-east-1');
  const ping = async () => {
    const command = new DescribeInstanceInformationCommand({ Filters: [{ Key: 'InstanceIds', Values: [instance] }] });
    return (await run(() => ssm.send(command))).InstanceInformationList![0]?.PingStatus;
  };
  const send = async (commands: string[], more: Partial<SendCommandCommandInput> = {}) => {
    const input = { InstanceIds: [instance], DocumentName: 'AWS-RunShellScript', Parameters: { commands }, ...more };
    return (await run(() => ssm.send(new SendCommandCommand(input)))).Command!.CommandId!;
  };
  const get = (CommandId: string) =>
    run(() => ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId: instance })));
  return {
    ...all,
    client: ssm,
    instance,
    ping,
    send,
    get,
    terminate: () => run(() => ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance] }))),
  };
}

test('the agent comes online some time after the instance runs, and takes no command before', async () => {
  const { ping, send, wait } = await workbench();
  expect(await ping()).toBeUndefined();
  await expect(send(['true'])).rejects.toMatchObject({ name: 'InvalidInstanceId' });
  await wait(120);
  expect(await ping()).toBe('Online');
});

test('an instance without a profile, or silenced by the scenario, never comes online', async () => {
  for (const lost of [
    await workbench({}, { profile: false }),
    await workbench({ agents: [{ role: 'builder', online: false }] }),
  ]) {
    await lost.wait(3600);
    expect(await lost.ping()).toBeUndefined();
  }
});

test('a command cannot be looked at at once, is pending, then in progress, then done', async () => {
  const { send, get, wait } = await workbench({
    delays: { commandVisible: 1, commandStart: 3, commandOther: 6, apiCall: 0 },
  });
  await wait(120);
  const id = await send(['uname -a']);
  await expect(get(id)).rejects.toMatchObject({ name: 'InvocationDoesNotExist' });
  await wait(2);
  expect(await get(id)).toMatchObject({ Status: 'Pending', ResponseCode: -1 });
  await wait(2);
  expect(await get(id)).toMatchObject({ Status: 'InProgress', ResponseCode: -1 });
  await wait(6);
  expect(await get(id)).toMatchObject({ Status: 'Success', StatusDetails: 'Success', ResponseCode: 0 });
});

test('a failing step ends as the scenario says, for as many times as it says', async () => {
  const commands = [{ step: 'harden', exitCode: 3, stderr: 'no space left\n', times: 1 }];
  const { send, get, wait } = await workbench({ commands });
  await wait(120);
  const first = await send(['./harden.sh'], { Comment: '20261123-030000-9f2c/provision/1 harden' });
  await wait(30);
  expect(await get(first)).toMatchObject({
    Status: 'Failed',
    ResponseCode: 3,
    StandardErrorContent: expect.stringContaining('no space left'),
  });
  const second = await send(['./harden.sh'], { Comment: '20261123-030000-9f2c/provision/1 harden' });
  await wait(30);
  expect(await get(second)).toMatchObject({ Status: 'Success' });
});

test('the API shows the beginning of a long output, the bucket has all of it', async () => {
  const stdout = `${'x'.repeat(30_000)} the last words`;
  const { send, get, wait, cloud, client, run, instance } = await workbench({ commands: [{ step: 'talk', stdout }] });
  await wait(120);
  const id = await send(['./talk'], {
    Comment: 'b/provision/0 talk',
    OutputS3BucketName: 'logs',
    OutputS3KeyPrefix: 'builds/b',
  });
  await wait(30);
  const invocation = await get(id);
  expect(invocation.StandardOutputContent).toHaveLength(24_000 + '\n--output truncated--'.length);
  const key = `builds/b/${id}/${instance}/awsrunShellScript/0.awsrunShellScript/stdout`;
  expect(invocation.StandardOutputUrl).toBe(`https://s3.us-east-1.amazonaws.com/logs/${key}`);
  expect(cloud.readObject('logs', key)).toBe(stdout);
  const list = await run(() => client.send(new ListCommandInvocationsCommand({ CommandId: id, Details: true })));
  expect(list.CommandInvocations).toMatchObject([
    { Status: 'Success', CommandPlugins: [{ Name: 'aws:runShellScript' }] },
  ]);
});

test('commands of one instance run one at a time, in order', async () => {
  const { send, get, wait } = await workbench({ delays: { commandOther: 20, commandStart: 1 } });
  await wait(120);
  const [first, second] = [await send(['one']), await send(['two'])];
  await wait(10);
  expect([(await get(first)).Status, (await get(second)).Status]).toEqual(['InProgress', 'Pending']);
  await wait(20);
  expect([(await get(first)).Status, (await get(second)).Status]).toEqual(['Success', 'InProgress']);
});

test('a script that asks for a reboot survives it', async () => {
  const { send, get, ping, wait } = await workbench({ delays: { commandOther: 5, commandStart: 1, reboot: 35 } });
  await wait(120);
  const id = await send(['test -e /var/tmp/rebooted && exit 0', 'touch /var/tmp/rebooted', 'exit 194']);
  await wait(15);
  expect(await ping()).toBe('ConnectionLost');
  expect((await get(id)).Status).toBe('InProgress');
  await wait(40);
  expect(await ping()).toBe('Online');
  expect((await get(id)).Status).toBe('Success');
});

test('a command is cut off at its execution timeout', async () => {
  const { send, get, wait } = await workbench({ commands: [{ step: 'slow', seconds: 500 }] });
  await wait(120);
  const id = await send(['sleep 500'], {
    Comment: 'b/provision/0 slow',
    Parameters: { commands: ['sleep 500'], executionTimeout: ['60'] },
  });
  await wait(90);
  expect(await get(id)).toMatchObject({ Status: 'TimedOut', StatusDetails: 'Execution Timed Out', ResponseCode: -1 });
});

test('a command whose instance is gone stays in progress until its time is over', async () => {
  const { send, get, wait, terminate } = await workbench({ commands: [{ step: 'slow', seconds: 300 }] });
  await wait(120);
  const Parameters = { commands: ['sleep 300'], executionTimeout: ['900'] };
  const id = await send(['sleep 300'], { Comment: 'b/provision/0 slow', Parameters, TimeoutSeconds: 60 });
  await wait(10);
  await terminate();
  await wait(600);
  expect((await get(id)).Status).toBe('InProgress');
  await wait(400);
  expect(await get(id)).toMatchObject({ Status: 'TimedOut', StatusDetails: 'Delivery Timed Out' });
});

test('a cancelled command ends cancelled', async () => {
  const { send, get, wait, run, client } = await workbench({ commands: [{ step: 'slow', seconds: 300 }] });
  await wait(120);
  const id = await send(['sleep 300'], { Comment: 'b/provision/0 slow' });
  await wait(10);
  await run(() => client.send(new CancelCommandCommand({ CommandId: id })));
  expect((await get(id)).Status).toBe('Cancelling');
  await wait(10);
  expect((await get(id)).Status).toBe('Cancelled');
});

test.each([
  ['a document nobody knows', { DocumentName: 'AWS-RunSomething' }, 'InvalidDocument'],
  [
    'a parameter the document does not have',
    { Parameters: { commands: ['true'], timeout: ['5'] } },
    'InvalidParameters',
  ],
  ['a comment of more than 100 characters', { Comment: 'x'.repeat(101) }, 'ValidationException'],
  ['a delivery timeout under 30 seconds', { TimeoutSeconds: 5 }, 'ValidationException'],
])('a command with %s is refused', async (_what, more, name) => {
  const { send, wait } = await workbench();
  await wait(120);
  await expect(send(['true'], more)).rejects.toMatchObject({ name });
});

test('a shell script on Windows fails for its platform, PowerShell runs', async () => {
  const { send, get, wait } = await workbench({}, { source: windows });
  await wait(300);
  const [shell, powershell] = [
    await send(['true']),
    await send(['hostname'], { DocumentName: 'AWS-RunPowerShellScript' }),
  ];
  await wait(60);
  expect(await get(shell)).toMatchObject({ Status: 'Failed', StatusDetails: 'InvalidPlatform' });
  expect(await get(powershell)).toMatchObject({ Status: 'Success' });
});

test('commands are listed by instance and id, the newest first, in pages', async () => {
  const { send, wait, run, client, instance } = await workbench();
  await wait(120);
  const ids = [await send(['one']), await send(['two']), await send(['three'])];
  const list = (more: object) => run(() => client.send(new ListCommandsCommand({ InstanceId: instance, ...more })));
  const first = await list({ MaxResults: 2 });
  const second = await list({ MaxResults: 2, NextToken: first.NextToken });
  expect([...first.Commands!, ...second.Commands!].map((each) => each.CommandId)).toEqual(ids.toReversed());
  expect((await list({ CommandId: ids[0] })).Commands).toHaveLength(1);
});
