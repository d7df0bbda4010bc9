import { expect, test } from '@jest/globals';
import { crash, type Interference } from '../../../simulator/pipeline/interference.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import {
  account,
  build,
  consumer,
  copied,
  home,
  imageIn,
  launched,
  leftIn,
  nothing,
  oneImageEach,
  onlyManifest,
  optional,
  pipeline,
  type Setting,
  statesEntered,
} from '../../support/pipeline.ts';

const hour = 3600;
const day = 24 * hour;
const keeping = (setting: Setting = {}) =>
  pipeline({ ...setting, changes: { onFailure: 'keep-image', ...setting.changes } });

const failingCheck = { commands: [{ step: 'boots', exitCode: 1, times: 1 }] };
const failingCopy = {
  images: [{ region: copied, name: 'base-*', fail: 'Given key ID is not accessible', afterSeconds: 9 }],
};
const everywhere = [home, copied, optional];
const refusedPublish = (more: object = {}) => ({
  action: 'ssm:PutParameter',
  region: copied,
  error: 'AccessDeniedException',
  message: 'no',
  ...more,
});

const again = (simulation: Simulation) => build(simulation, { recipe: 'base', build: onlyManifest(simulation)?.build });

/** Of every image and snapshot of ours: where it is, when it ends and who else may use it. */
const owned = ({ cloud }: Simulation) =>
  [home, copied, optional].flatMap((region) => {
    const { images, snapshots } = cloud.world.region(region);
    const ours = [...images.values()].filter(({ owner, state }) => owner === account && state !== 'deregistered');
    const disks = [...snapshots.values()].filter(({ owner }) => owner === account);
    return [
      ...ours.map(({ tags, permissions }) => [region, tags.get('golden:expires'), permissions.length]),
      ...disks.map(({ tags, sharedWith }) => [region, tags.get('golden:expires'), sharedWith.size]),
    ];
  });

/** An image and its snapshot in each region, ours alone, until the end of the seventh day. */
const keptIn = (simulation: Simulation, regions: string[]) => {
  const expires = onlyManifest(simulation)?.failure?.kept[0]?.expires;
  return regions.flatMap((region) => [region, region].map((one) => [one, expires, 0]));
};

const published = (simulation: Simulation) => {
  expect(leftIn(simulation)).toMatchObject({ instances: [], volumes: [] });
  expect(Object.keys(leftIn(simulation).channels)).toEqual([home, copied, optional]);
  expect(leftIn(simulation).images).toEqual(oneImageEach);
  expect(leftIn(simulation).snapshots).toHaveLength(3);
  expect(owned(simulation).map(([, expires]) => expires)).toEqual(Array(6).fill(undefined));
  expect(onlyManifest(simulation)).toMatchObject({ status: 'published', failure: null });
};

test('an image that fails a check is kept for a week and told of; started again, it is checked anew and published', async () => {
  const simulation = keeping({ scenario: failingCheck });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'FAILED', error: 'CheckFailed' });
  const { id } = imageIn(simulation, home);
  expect(leftIn(simulation)).toEqual({
    ...nothing,
    images: everywhere.map((region) => `${region} available`),
    snapshots: everywhere.map((region) => `${region} completed`),
  });
  const manifest = onlyManifest(simulation)!;
  const [kept] = manifest.failure!.kept;
  expect(manifest.failure).toMatchObject({
    left: [],
    kept: [
      { region: home, ami: id, snapshots: [expect.stringMatching(/^snap-/)] },
      { region: copied },
      { region: optional },
    ],
  });
  const seconds = (Date.parse(kept?.expires ?? '') - execution.stopDate!.getTime()) / 1000;
  expect(seconds).toBeGreaterThan(7 * day - hour);
  expect(seconds).toBeLessThan(8 * day);
  expect(owned(simulation)).toEqual(keptIn(simulation, everywhere));
  expect(execution.cause).toContain(`kept until ${kept?.expires}: ${id} in us-east-1`);
  expect(execution.cause).toContain(`start {"recipe": "base", "build": "${manifest.build}"}`);

  await simulation.pass(5 * day); // EC2 has long forgotten the first candidate, but not its token
  const second = await again(simulation);
  expect(second).toMatchObject({ status: 'SUCCEEDED' });
  for (const state of ['Launch', 'Provision', 'CreateImage']) expect(statesEntered(second)).not.toContain(state);
  expect(statesEntered(second)).toContain('Check');
  expect(imageIn(simulation, home).id).toBe(id);
  expect(launched(simulation, 'builder')).toHaveLength(1);
  published(simulation);
});

test('finished copies stay, but no failed one, and nobody else may use them; later only the missing one is made', async () => {
  const simulation = keeping({ scenario: failingCopy });
  expect(await build(simulation)).toMatchObject({ error: 'TargetsIncomplete' });
  expect(leftIn(simulation)).toMatchObject({ instances: [], volumes: [], channels: {} });
  expect(owned(simulation)).toEqual(keptIn(simulation, [home, optional]));
  const { failure } = onlyManifest(simulation)!;
  expect(failure?.kept.map(({ region }) => region)).toEqual([home, optional]);
  expect(failure?.undone).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^took back the permissions of ami-\w+ in us-east-1$/),
      expect.stringMatching(/^took back the permissions of snap-\w+ in ap-southeast-2$/),
      expect.stringMatching(/^deregistered ami-\w+ in eu-west-1$/),
    ]),
  );

  simulation.cloud.world.scenario.images = [];
  await simulation.pass(2 * hour);
  const before = simulation.cloud.calls.length;
  expect(await again(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  const copies = simulation.cloud.calls.slice(before).filter(({ action }) => action === 'CopyImage');
  expect(copies.map(({ region }) => region)).toEqual([copied]);
  published(simulation);
  expect(owned(simulation).map(([, , sharing]) => sharing)).toEqual([1, 1, 1, 0, 1, 1]); // an organization gets no snapshot
});

test('who may use a kept image is exactly the recipe’s list when the build goes on, whatever somebody granted meanwhile', async () => {
  const simulation = keeping({ scenario: failingCopy });
  expect(await build(simulation)).toMatchObject({ error: 'TargetsIncomplete' });
  const image = imageIn(simulation, home);
  image.permissions.push({ UserId: '555566667777' }, { Group: 'all' });
  const snapshot = simulation.cloud.world.region(home).snapshots.get(image.mappings[0]?.snapshot ?? '');
  snapshot?.sharedWith.add('555566667777');

  simulation.cloud.world.scenario.images = [];
  await simulation.pass(2 * hour);
  expect(await again(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  expect(image.permissions).toEqual([{ UserId: consumer }]);
  expect([...(snapshot?.sharedWith ?? [])]).toEqual([consumer]);
});

test('a build that is stopped keeps what is finished; copies under way are not, and are made anew although EC2 knows their tokens', async () => {
  const delays = { copyImage: { [optional]: 7200, [copied]: 5 } };
  const enter: Interference['enter'] = (state, visit) =>
    state === 'TerminateInstances' && visit === 1 ? 'ABORTED' : undefined;
  const simulation = keeping({ scenario: { delays }, interfere: { enter } });
  expect((await build(simulation)).status).toBe('ABORTED');
  await simulation.pass(4 * hour);
  expect(owned(simulation)).toEqual(keptIn(simulation, [home, copied]));
  expect(onlyManifest(simulation)?.failure).toMatchObject({ error: 'ABORTED', left: [] });
  expect(await again(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  published(simulation);
});

test('a finished image that EC2 shows as pending once more is kept', async () => {
  const simulation = keeping({ scenario: failingCheck });
  const describe = simulation.cloud.services.ec2['DescribeImages'];
  let behind = false;
  simulation.stepFunctions.onEvent((_, { stateEnteredEventDetails }) => {
    behind ||= stateEnteredEventDetails?.['name'] === 'Compensate';
  });
  simulation.cloud.services.ec2['DescribeImages'] = (input, from) => {
    const answer = describe?.(input, from) as { Images: object[] };
    if (!behind || answer.Images.length === 0) return answer;
    behind = false;
    return { ...answer, Images: answer.Images.map((image) => ({ ...image, State: 'pending' })) };
  };
  expect(await build(simulation)).toMatchObject({ error: 'CheckFailed' });
  expect(owned(simulation)).toEqual(keptIn(simulation, everywhere));
});

test('after a refused publish the channel is back and every image is kept; one that the channel still holds is left as it is', async () => {
  const refused = { action: 'ssm:DeleteParameter', region: home, error: 'AccessDeniedException', message: 'no' };
  const simulation = keeping({ scenario: { api: [refusedPublish({ times: 1 }), refused] } });
  expect(await build(simulation)).toMatchObject({ error: 'PublishFailed' });
  expect(leftIn(simulation).channels).toEqual({ [home]: imageIn(simulation, home).id });
  expect(onlyManifest(simulation)?.failure).toMatchObject({
    left: [
      expect.stringContaining('ssm:DeleteParameter'),
      expect.stringMatching(/^ami-\w+ in us-east-1: the channel points at it$/),
      expect.stringMatching(/^snapshot snap-\w+ in us-east-1: ami-\w+ needs it$/),
    ],
    kept: [{ region: copied }, { region: optional }],
  });
  expect(owned(simulation)).toEqual([
    [home, undefined, 1],
    [home, undefined, 1],
    ...keptIn(simulation, [copied, optional]),
  ]);
  expect(await again(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  published(simulation);
});

test('a tag or a permission that AWS does not let go is told', async () => {
  const api = ['CreateTags', 'ResetImageAttribute', 'ResetSnapshotAttribute'].map((action) => ({
    action: `ec2:${action}`,
    region: home,
    error: 'UnauthorizedOperation',
    message: 'no',
  }));
  const simulation = keeping({ scenario: { ...failingCopy, api } });
  const { cause } = await build(simulation);
  const { kept, left } = onlyManifest(simulation)?.failure ?? {};
  expect(left).toEqual([
    expect.stringMatching(/^permissions of ami-\w+ in us-east-1: ec2:ResetImageAttribute .*UnauthorizedOperation/),
    expect.stringMatching(/^permissions of snap-\w+ in us-east-1: ec2:ResetSnapshotAttribute .*UnauthorizedOperation/),
    expect.stringMatching(/^expiry of ami-\w+ in us-east-1: ec2:CreateTags .*UnauthorizedOperation/),
  ]);
  expect(kept).toMatchObject([
    { region: home, expires: null },
    { region: optional, expires: expect.any(String) },
  ]);
  expect(cause).toMatch(/LEFT BEHIND: .*\nkept without an end: ami-\w+ in us-east-1\nkept until .*: ami-\w+ in ap-/);
});

test('a start that fails again keeps the image longer and is the failure that is told, also when it is stopped', async () => {
  let stop = false;
  const enter: Interference['enter'] = (state) => (stop && state === 'AwaitCandidate' ? 'ABORTED' : undefined);
  const commands = [{ step: 'boots', exitCode: 1 }];
  const simulation = keeping({ scenario: { commands }, interfere: { enter } });
  await build(simulation);
  const first = onlyManifest(simulation);
  await simulation.pass(2 * day);
  expect(onlyManifest(simulation)).toEqual(first); // cleaned up once more from outside

  expect(await again(simulation)).toMatchObject({ error: 'CheckFailed' });
  const second = onlyManifest(simulation);
  expect(second?.timings[0]?.startedAt).not.toBe(first?.timings[0]?.startedAt);
  const ends = [first, second].map((manifest) => Date.parse(manifest?.failure?.kept[0]?.expires ?? ''));
  expect((ends[1]! - ends[0]!) / 1000).toBeGreaterThanOrEqual(2 * day);
  expect(owned(simulation)).toEqual(keptIn(simulation, everywhere));

  stop = true;
  await simulation.pass(hour);
  await again(simulation);
  await simulation.pass(hour);
  expect(onlyManifest(simulation)?.failure).toMatchObject({ state: 'AwaitCandidate', error: 'ABORTED', left: [] });
  expect(leftIn(simulation)).toMatchObject({
    instances: [],
    images: everywhere.map((region) => `${region} available`),
  });
});

test('what was kept is not gone on with once its time is over, nor when it is gone', async () => {
  const simulation = keeping({ scenario: failingCheck });
  await build(simulation);
  const refused = (why: RegExp) => ({ error: 'RecipeInvalid', cause: expect.stringMatching(why) });
  const { id, state } = imageIn(simulation, home);
  const image = simulation.cloud.world.region(home).images.get(id)!;
  image.state = 'deregistered';
  expect(await again(simulation)).toMatchObject(refused(/the image that was kept in us-east-1 is gone/));
  image.state = state;
  await simulation.pass(9 * day);
  expect(await again(simulation)).toMatchObject(
    refused(/its image was kept only until \S+Z; start the recipe without/),
  );
  expect(owned(simulation)).toEqual(keptIn(simulation, everywhere));
});

test('lost answers, and functions that die after their work, change nothing', async () => {
  const invoke: Interference['invoke'] = async (stage, attempt, run) => {
    const answer = await run();
    if (/^(Compensate|GrantPermissions|Resolve)$/.test(stage) && attempt <= 3) throw crash();
    return answer;
  };
  const lost = new Set<string>();
  const call: Interference['call'] = ({ action, region }) => {
    if (!/^((Create|Delete)Tags|Reset\w+)$/.test(action) || lost.has(`${action} ${region}`)) return undefined;
    lost.add(`${action} ${region}`);
    return 'after';
  };
  const simulation = keeping({ scenario: failingCopy, interfere: { invoke, call } });
  expect(await build(simulation)).toMatchObject({ error: 'TargetsIncomplete' });
  expect(owned(simulation)).toEqual(keptIn(simulation, [home, optional]));
  simulation.cloud.world.scenario.images = [];
  expect(await again(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  published(simulation);
  expect(lost.size).toBe(9); // two regions were shared and tagged, three lost their tags
});

test("an execution that is redriven when its build has become another one's hands nothing that is kept to others", async () => {
  const stops = { first: 'GrantPermissions', second: 'Check' };
  const simulation = keeping({
    interfere: {
      enter: (state, _, { execution: { name } }) =>
        stops[name as keyof typeof stops] === state ? 'ABORTED' : undefined,
    },
  });
  const first = simulation.start({ recipe: 'base' }, 'first');
  await simulation.finish(first);
  await simulation.pass(hour);
  await simulation.finish(simulation.start({ recipe: 'base', build: onlyManifest(simulation)?.build }, 'second'));
  await simulation.pass(hour);
  const kept = keptIn(simulation, [home, copied, optional]);
  expect(owned(simulation)).toEqual(kept);
  stops.first = 'none';
  simulation.redrive(first);
  expect((await simulation.finish(first)).status).toBe('FAILED');
  expect(owned(simulation)).toEqual(kept);
});
