import { expect, test } from '@jest/globals';
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
} from '@aws-sdk/client-ssm';
import { lab } from '../../lab.ts';

function workbench() {
  const all = lab();
  const client = all.ssm();
  const put = (Name: string, Value: string, more: Partial<PutParameterCommandInput> = {}) =>
    all.run(() => client.send(new PutParameterCommand({ Name, Value, Type: 'String', ...more })));
  const get = async (Name: string) => (await all.run(() => client.send(new GetParameterCommand({ Name })))).Parameter!;
  return { ...all, client, put, get };
}

test('a parameter has versions, and an old one can still be read', async () => {
  const { put, get } = workbench();
  expect((await put('/golden/a/stable', 'one')).Version).toBe(1);
  await expect(put('/golden/a/stable', 'two')).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
  expect((await put('/golden/a/stable', 'two', { Overwrite: true })).Version).toBe(2);
  expect(await get('/golden/a/stable')).toMatchObject({ Value: 'two', Version: 2, Type: 'String' });
  expect(await get('/golden/a/stable:1')).toMatchObject({ Value: 'one', Version: 1, Selector: ':1' });
});

test('an image parameter takes effect once its image was looked at, and never for a bad id', async () => {
  const { put, get, wait, cloud } = workbench();
  const image = cloud.addImage({ name: 'own', owner: '123456789012', region: 'us-east-1' });
  const DataType = 'aws:ec2:image';
  expect((await put('/golden/a/stable', image.id, { DataType })).Version).toBe(1);
  await expect(get('/golden/a/stable')).rejects.toMatchObject({ name: 'ParameterNotFound' });
  await wait(10);
  expect(await get('/golden/a/stable')).toMatchObject({ Value: image.id, DataType });
  expect((await put('/golden/a/stable', 'ami-0123456789abcdef0', { DataType, Overwrite: true })).Version).toBe(2);
  await wait(10);
  expect(await get('/golden/a/stable')).toMatchObject({ Value: image.id, Version: 1 });
});

test('tags go with the creation of a parameter, not with its overwriting', async () => {
  const { put, client, run } = workbench();
  const Tags = [{ Key: 'golden:recipe', Value: 'a' }];
  await put('/golden/a/stable', 'one', { Tags });
  await expect(put('/golden/a/stable', 'two', { Tags, Overwrite: true })).rejects.toMatchObject({
    name: 'ValidationException',
  });
  await run(() =>
    client.send(new AddTagsToResourceCommand({ ResourceType: 'Parameter', ResourceId: '/golden/a/stable', Tags })),
  );
});

test('parameters are listed by path, in pages, and a deleted one is gone', async () => {
  const { put, client, run, get } = workbench();
  for (let index = 0; index < 12; index++) await put(`/golden/r${index}/stable`, 'x');
  const list = (more: object) =>
    run(() => client.send(new GetParametersByPathCommand({ Path: '/golden', Recursive: true, ...more })));
  const first = await list({});
  const second = await list({ NextToken: first.NextToken });
  expect([first.Parameters!.length, second.Parameters!.length, second.NextToken]).toEqual([10, 2, undefined]);
  expect((await list({ Recursive: false })).Parameters).toEqual([]);
  await run(() => client.send(new DeleteParameterCommand({ Name: '/golden/r1/stable' })));
  await expect(get('/golden/r1/stable')).rejects.toMatchObject({ name: 'ParameterNotFound' });
});

test('every region has the public parameters, each naming an image of its own', async () => {
  const { run, ssm } = workbench();
  const Names = [
    '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64',
    '/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id',
    '/aws/service/debian/release/13/latest/arm64',
    '/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base',
    '/aws/service/none',
  ];
  const read = (region: string) =>
    run(() => ssm({ account: '123456789012', region }).send(new GetParametersCommand({ Names })));
  const [virginia, ireland] = [await read('us-east-1'), await read('eu-west-1')];
  expect(virginia.InvalidParameters).toEqual(['/aws/service/none']);
  const ids = [...virginia.Parameters!, ...ireland.Parameters!].map((each) => each.Value);
  expect(new Set(ids).size).toBe(8);
});

test('a writer faster than SSM allows is throttled and retried', async () => {
  const { client, run, cloud } = workbench();
  const put = (index: number) =>
    client.send(new PutParameterCommand({ Name: `/golden/${index}`, Value: 'x', Type: 'String' }));
  await run(() => Promise.all([0, 1, 2, 3].map(put)));
  expect(cloud.calls.some((call) => call.error === 'ThrottlingException')).toBe(true);
});
