import { expect, test } from '@jest/globals';
import {
  CreateImageCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { GetParameterCommand, SendCommandCommand } from '@aws-sdk/client-ssm';
import { bootScripts } from '../../../../../core/guest/boot-scripts.ts';
import { linux, planOf } from '../../../../support/plan.ts';
import { lab } from '../../../lab.ts';

const al2023 = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';
const windows2025 = '/aws/service/ami-windows-latest/Windows_Server-2025-English-Full-Base';

const encoded = (text: string) => Buffer.from(text).toString('base64');
const hour = 3600;
/** The text instances are really launched with, counting three hours. */
const threeHours = (windows: boolean) => {
  const recipe = windows ? { provision: [{ powershell: 'x' }], checks: [{ name: 'up', powershell: 'x' }] } : {};
  const text = bootScripts(planOf(recipe, { ...linux, windows }), 'builder');
  return encoded(text.replaceAll(/(--on-boot=|sleep |-Seconds )\d+/g, `$1${3 * hour}`));
};

async function workbench(parameter = al2023) {
  const all = lab();
  const ec2 = all.ec2();
  const { Parameter } = await all.run(() => all.ssm().send(new GetParameterCommand({ Name: parameter })));
  const launch = async (more: Partial<RunInstancesCommandInput> = {}) => {
    const input = {
      ImageId: Parameter!.Value!,
      InstanceType: 't3.small' as const,
      MinCount: 1,
      MaxCount: 1,
      IamInstanceProfile: { Name: 'golden-image-builder' },
      InstanceInitiatedShutdownBehavior: 'terminate' as const,
      UserData: threeHours(parameter === windows2025),
      ...more,
    };
    return (await all.run(() => ec2.send(new RunInstancesCommand(input)))).Instances![0]!.InstanceId!;
  };
  const look = async (id: string) =>
    (await all.run(() => ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] })))).Reservations![0]!
      .Instances![0]!;
  const state = async (id: string) => (await look(id)).State!.Name;
  const reboot = async (id: string, exit: string) => {
    const DocumentName = exit.includes('194') ? 'AWS-RunShellScript' : 'AWS-RunPowerShellScript';
    const command = new SendCommandCommand({ InstanceIds: [id], DocumentName, Parameters: { commands: [exit] } });
    await all.run(() => all.ssm().send(command));
  };
  return { ...all, client: ec2, launch, look, state, reboot };
}

test.each([
  ['Linux', al2023, 'exit 194'],
  ['Windows', windows2025, 'exit 3010'],
])('%s powers itself off that long after its boot, and every reboot counts anew', async (_system, parameter, exit) => {
  const { launch, look, state, reboot, wait, run, client } = await workbench(parameter);
  const InstanceId = await launch();
  await wait(2 * hour);
  await reboot(InstanceId, exit);
  await wait(2 * hour);
  expect(await state(InstanceId)).toBe('running');
  await wait(1.1 * hour);
  expect(await look(InstanceId)).toMatchObject({
    State: { Name: 'terminated' },
    StateReason: { Code: 'Client.InstanceInitiatedShutdown' },
  });
  expect((await run(() => client.send(new DescribeVolumesCommand({})))).Volumes).toEqual([]);
});

test('a stopped instance counts nothing, and anew once it is started', async () => {
  const { launch, state, wait, run, client } = await workbench();
  const InstanceIds = [await launch()];
  await wait(2 * hour);
  await run(() => client.send(new StopInstancesCommand({ InstanceIds })));
  await wait(10 * hour);
  expect(await state(InstanceIds[0]!)).toBe('stopped');
  await run(() => client.send(new StartInstancesCommand({ InstanceIds })));
  await wait(2.9 * hour);
  expect(await state(InstanceIds[0]!)).toBe('running');
  await wait(0.2 * hour);
  expect(await state(InstanceIds[0]!)).toBe('terminated');
});

test('one that its launch did not say to terminate is stopped by its own shutdown', async () => {
  const { launch, look, wait } = await workbench();
  const id = await launch({ InstanceInitiatedShutdownBehavior: 'stop' });
  await wait(3.1 * hour);
  expect(await look(id)).toMatchObject({
    State: { Name: 'stopped' },
    StateReason: { Code: 'Client.InstanceInitiatedShutdown' },
  });
});

test('an image does not bring the user data of its builder along', async () => {
  const { launch, state, wait, run, client } = await workbench();
  const InstanceId = await launch();
  await wait(60);
  const { ImageId } = await run(() =>
    client.send(new CreateImageCommand({ InstanceId, Name: 'image', NoReboot: true })),
  );
  await wait(2 * hour);
  const server = await launch({ ImageId: ImageId!, UserData: undefined });
  await wait(48 * hour);
  expect(await state(server)).toBe('running');
});

test('Windows runs user data once unless it says <persist>', async () => {
  const { launch, state, wait, reboot } = await workbench(windows2025);
  const text = Buffer.from(threeHours(true), 'base64').toString().replace('<persist>true</persist>', '');
  const id = await launch({ UserData: encoded(text) });
  await wait(hour);
  await reboot(id, 'exit 3010');
  await wait(10 * hour);
  expect(await state(id)).toBe('running');
});

test.each([
  ['a cloud-config', '#cloud-config\nbootcmd: [poweroff]\n'],
  ['a script of Windows', '<powershell>Stop-Computer</powershell>'],
  ['a script', '#!/bin/sh\nsystemd-run --on-boot=60s poweroff -f\n'],
])('the simulated guest runs nothing else: %s', async (_what, text) => {
  const { launch, state, wait } = await workbench();
  const id = await launch({ UserData: encoded(text) });
  await wait(10 * hour);
  expect(await state(id)).toBe('running');
});

test.each([
  ['not base64', '#cloud-boothook', 'InvalidUserData.Malformed'],
  ['more than 16 KB', encoded('#'.repeat(16_385)), 'InvalidParameterValue'],
])('user data that is %s is refused', async (_what, UserData, name) => {
  const { launch } = await workbench();
  await expect(launch({ UserData })).rejects.toMatchObject({ name });
});

test('a token that comes back with other user data is refused', async () => {
  const { launch } = await workbench();
  await launch({ ClientToken: 'one' });
  await expect(launch({ ClientToken: 'one', UserData: encoded('#cloud-config') })).rejects.toMatchObject({
    name: 'IdempotentParameterMismatch',
  });
});
