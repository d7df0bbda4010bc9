import { expect, test } from '@jest/globals';
import { CopyImageCommand, CreateTagsCommand, DescribeImagesCommand, DescribeTagsCommand } from '@aws-sdk/client-ec2';
import { parseScenario } from '../../../simulator/pipeline/scenario.ts';
import { lab } from '../lab.ts';

test('everything wrong with a scenario is said at once', () => {
  const wrong = () =>
    parseScenario({ dealys: {}, api: [{ action: 'CopyImage', error: 'X' }], images: [{ name: 'a*' }] });
  for (const each of [
    'dealys: is not a key here; did you mean delays?',
    'service:Action',
    'images[0].fail: is required',
  ])
    expect(wrong).toThrow(each);
});

test('a fault on an action the simulator does not have is a mistake in the scenario', () => {
  const scenario = { api: [{ action: 'ec2:CopyImages', error: 'X' }] };
  expect(() => lab({ scenario })).toThrow('the simulator does not know ec2:CopyImages');
});

const add = async (options: Parameters<typeof lab>[0]) => {
  const all = lab(options);
  const ec2 = all.ec2();
  const image = all.cloud.addImage({ name: 'own', owner: '123456789012', region: 'us-east-1' });
  const tag = (Value: string) =>
    all.run(() => ec2.send(new CreateTagsCommand({ Resources: [image.id], Tags: [{ Key: 'k', Value }] })));
  const tags = async () => (await all.run(() => ec2.send(new DescribeTagsCommand({})))).Tags?.map((each) => each.Value);
  return { ...all, image, tag, tags };
};

test('an error hits the call it names and leaves the others alone', async () => {
  const { tag, tags } = await add({
    scenario: { api: [{ action: 'ec2:CreateTags', call: 2, times: 1, error: 'UnauthorizedOperation', message: 'no' }] },
  });
  await tag('one');
  await expect(tag('two')).rejects.toMatchObject({ name: 'UnauthorizedOperation', message: 'no' });
  expect(await tags()).toEqual(['one']);
  await tag('three');
});

test('a lost answer is an error after the call took effect', async () => {
  const { tag, tags } = await add({
    scenario: { api: [{ action: 'ec2:CreateTags', times: 1, error: 'SomethingBroke', after: true }] },
  });
  await expect(tag('one')).rejects.toThrow('SomethingBroke');
  expect(await tags()).toEqual(['one']);
});

test('a delay can be set, everywhere or in one region, and an image can be made to fail', async () => {
  const scenario = {
    delays: { copyImage: { 'eu-west-1': 600 } },
    images: [{ region: 'eu-central-1', name: 'copy-*', fail: 'Given key ID is not accessible', afterSeconds: 90 }],
  };
  const { run, ec2, image, cloud, wait } = await add({ scenario });
  const account = '123456789012';
  const copies = await run(() =>
    Promise.all(
      ['eu-west-1', 'eu-central-1'].map(async (region) => {
        const client = ec2({ account, region });
        const command = new CopyImageCommand({ Name: 'copy-1', SourceImageId: image.id, SourceRegion: 'us-east-1' });
        return { client, id: (await client.send(command)).ImageId! };
      }),
    ),
  );
  const look = () =>
    run(() =>
      Promise.all(
        copies.map(
          async ({ client, id }) => (await client.send(new DescribeImagesCommand({ ImageIds: [id] }))).Images![0]!,
        ),
      ),
    );
  await wait(120);
  expect(await look()).toMatchObject([
    { State: 'pending' },
    { State: 'failed', StateReason: { Message: 'Given key ID is not accessible' } },
  ]);
  await wait(485);
  expect((await look())[0]).toMatchObject({ State: 'available' });
  expect(cloud.delaysDrawn).toContainEqual({
    resource: copies[0]!.id,
    kind: 'copyImage',
    region: 'eu-west-1',
    seconds: 600,
  });
});

test('the same seed gives the same ids and delays, whatever other regions do', async () => {
  const copy = async (seed: number, others: string[]) => {
    const { run, ec2, cloud } = lab({ seed });
    const source = cloud.addImage({ name: 'own', owner: '123456789012', region: 'us-east-1' });
    for (const region of [...others, 'eu-west-1']) {
      const client = ec2({ account: '123456789012', region });
      await run(() =>
        client.send(new CopyImageCommand({ Name: 'copy', SourceImageId: source.id, SourceRegion: 'us-east-1' })),
      );
    }
    return cloud.delaysDrawn.at(-1);
  };
  expect(await copy(7, [])).toEqual(await copy(7, ['eu-west-2', 'us-west-2']));
  expect(await copy(7, [])).not.toEqual(await copy(8, []));
});
