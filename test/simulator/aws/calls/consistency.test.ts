import { expect, test } from '@jest/globals';
import {
  CreateTagsCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  ModifyImageAttributeCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { GetParameterCommand, ListCommandsCommand, PutParameterCommand, SendCommandCommand } from '@aws-sdk/client-ssm';
import type { Rates } from '../../../../simulator/aws/calls/rates.ts';
import { homeCaller, lab } from '../../lab.ts';

const al2023 = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';
const late = { lateReads: 1 };

async function workbench(rates: Partial<Rates>) {
  const all = lab({ rates, throttling: false, delays: { apiCall: 0, runInstancesCall: 0, instanceRunning: 20 } });
  const [ec2, ssm] = [all.ec2(), all.ssm()];
  const ImageId = (await all.run(() => ssm.send(new GetParameterCommand({ Name: al2023 })))).Parameter!.Value!;
  const launch = async () => {
    const input = {
      ImageId,
      InstanceType: 't3.small' as const,
      MinCount: 1,
      MaxCount: 1,
      IamInstanceProfile: { Name: 'ssm' },
    };
    return (await all.run(() => ec2.send(new RunInstancesCommand(input)))).Instances![0]!.InstanceId!;
  };
  const look = async (id: string) =>
    (await all.run(() => ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] })))).Reservations![0]!
      .Instances![0]!;
  const count = async (Filters?: { Name: string; Values: string[] }[]) =>
    (await all.run(() => ec2.send(new DescribeInstancesCommand({ Filters })))).Reservations!.length;
  const image = all.cloud.addImage({ name: 'own', owner: homeCaller.account, region: homeCaller.region });
  return { ...all, client: ec2, ssmClient: ssm, launch, look, count, image };
}

test('what was just made is unknown by its id and missing from lists, and there five seconds later', async () => {
  const { launch, look, count, run, client, wait } = await workbench(late);
  const id = await launch();
  await expect(look(id)).rejects.toMatchObject({ name: 'InvalidInstanceID.NotFound' });
  expect(await count()).toBe(0);
  expect((await run(() => client.send(new DescribeVolumesCommand({})))).Volumes).toEqual([]);
  await wait(5);
  expect((await look(id)).State!.Name).toBe('pending');
  expect(await count()).toBe(1);
});

test('a state that has changed is shown as it was, and a tag is missing from answers and filters', async () => {
  const { launch, look, count, run, client, wait } = await workbench(late);
  const id = await launch();
  await wait(6);
  const Tags = [{ Key: 'k', Value: 'v' }];
  await run(() => client.send(new CreateTagsCommand({ Resources: [id], Tags })));
  const tagged = [{ Name: 'tag:k', Values: ['v'] }];
  expect([(await look(id)).Tags, await count(tagged)]).toEqual([undefined, 0]);
  await wait(5);
  expect([(await look(id)).Tags, await count(tagged)]).toEqual([Tags, 1]);
  await wait(10); // running for a second
  expect((await look(id)).State!.Name).toBe('pending');
  await wait(5);
  expect((await look(id)).State!.Name).toBe('running');
});

test('a change of what is not known yet is refused, and nothing changes', async () => {
  const { launch, look, run, client, wait } = await workbench(late);
  const id = await launch();
  const changes = [
    new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'k', Value: 'v' }] }),
    new TerminateInstancesCommand({ InstanceIds: [id] }),
  ];
  for (const change of changes)
    await expect(run(() => client.send(change as TerminateInstancesCommand))).rejects.toMatchObject({
      name: 'InvalidInstanceID.NotFound',
    });
  await wait(5);
  expect(await look(id)).toMatchObject({ State: { Name: 'pending' } });
});

test('a launch permission, a parameter and a command show late as well', async () => {
  const { run, client, ssmClient, launch, wait, image } = await workbench(late);
  const permission = { LaunchPermission: { Add: [{ UserId: '999999999999' }] } };
  await run(() => client.send(new ModifyImageAttributeCommand({ ImageId: image.id, ...permission })));
  const shared = new DescribeImagesCommand({ Owners: ['self'], ExecutableUsers: ['999999999999'] });
  expect((await run(() => client.send(shared))).Images).toHaveLength(0);

  const put = new PutParameterCommand({ Name: '/golden/x', Value: '1', Type: 'String' });
  await run(() => ssmClient.send(put));
  const get = new GetParameterCommand({ Name: '/golden/x' });
  await expect(run(() => ssmClient.send(get))).rejects.toMatchObject({ name: 'ParameterNotFound' });

  const InstanceIds = [await launch()];
  await wait(120);
  const commands = ['true'];
  const sending = { InstanceIds, DocumentName: 'AWS-RunShellScript', Parameters: { commands } };
  await run(() => ssmClient.send(new SendCommandCommand(sending)));
  const list = new ListCommandsCommand({});
  expect((await run(() => ssmClient.send(list))).Commands).toEqual([]);
  await wait(5);
  expect((await run(() => ssmClient.send(list))).Commands).toHaveLength(1);
  expect((await run(() => ssmClient.send(get))).Parameter?.Value).toBe('1');
  expect((await run(() => client.send(shared))).Images).toHaveLength(1);
});

test('a stale read is at most two and a half minutes old', async () => {
  const { launch, look, wait } = await workbench({ staleReads: 1 });
  const id = await launch();
  await wait(40);
  const states = [];
  for (let read = 0; read < 40; read++)
    states.push(
      await look(id).then(
        ({ State }) => State!.Name,
        () => 'unknown',
      ),
    );
  expect(new Set(states)).toEqual(new Set(['unknown', 'pending', 'running']));
  await wait(150);
  for (let read = 0; read < 40; read++) expect((await look(id)).State!.Name).toBe('running');
});

test('reads are as often late as the rate says, the same ones for the same seed', async () => {
  const misses = async () => {
    const { launch, look } = await workbench({ lateReads: 0.1 });
    const id = await launch();
    const found: boolean[] = [];
    for (let read = 0; read < 500; read++)
      found.push(
        await look(id).then(
          () => true,
          () => false,
        ),
      );
    return found;
  };
  const first = await misses();
  const late = first.filter((found) => !found).length;
  expect(late).toBeGreaterThan(30);
  expect(late).toBeLessThan(70);
  expect(await misses()).toEqual(first);
});

test('unless asked for, every read sees what there is', async () => {
  const { launch, look } = await workbench({});
  const id = await launch();
  for (let read = 0; read < 200; read++) expect((await look(id)).InstanceId).toBe(id);
});
