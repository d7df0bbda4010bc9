import { describe, expect, test } from '@jest/globals';
import { sweepNow } from '../../support/orphans.ts';
import { account, build, consumer, home, onlyManifest, pipeline, stoppedAt, unheard } from '../../support/pipeline.ts';
import { day } from '../../support/triggered.ts';
import type { Interference, InterferedCall } from '../../../simulator/pipeline/interference.ts';
import { crash } from '../../../simulator/pipeline/interference.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';

const other = '111122223333';
const into = { account: other, kmsKey: 'alias/theirs', publish: true };
const distribute = [{ region: 'home', kmsKey: 'alias/golden', accounts: [consumer], copyTo: [into] }];

const regionOf = ({ cloud }: Simulation) => cloud.world.region(home);
const owned = (simulation: Simulation, owner: string) => [
  ...[...regionOf(simulation).images.values()].filter((one) => one.owner === owner && one.state !== 'deregistered'),
  ...[...regionOf(simulation).snapshots.values()].filter((one) => one.owner === owner),
];
const parameterIn = (simulation: Simulation, owner: string) =>
  regionOf(simulation).parameters.get(`${owner} /golden/base/stable`)?.versions.at(-1)?.value;

/** Everything that is lent to somebody whom the recipe does not name. */
const lent = (simulation: Simulation) => [
  ...[...regionOf(simulation).images.values()]
    .filter((one) => one.owner === account && one.state === 'available')
    .flatMap(({ permissions }) => permissions.flatMap(({ UserId = 'all' }) => (UserId === consumer ? [] : [UserId]))),
  ...[...regionOf(simulation).snapshots.values()]
    .filter((one) => one.owner === account)
    .flatMap(({ sharedWith }) => [...sharedWith].filter((one) => one !== consumer)),
  ...[...new Set(simulation.cloud.keys.get(home)?.values() ?? [])].flatMap(({ grants }) => [...grants.keys()]),
];

const refusing = (wrong: (call: InterferedCall) => boolean): Interference => ({
  call: (call) => (wrong(call) ? { error: 'AccessDeniedException', message: 'no', effect: false } : undefined),
});

/** The first run of a function ends after a call has taken effect. */
function dyingAfter(stage: string, action: string): Interference {
  let dead = false;
  let armed = true;
  return {
    call(call) {
      if (armed && call.by === stage && call.action === action) dead = true;
      return undefined;
    },
    async invoke(name, _attempt, run) {
      const result = await run();
      if (name !== stage || !dead || !armed) return result;
      armed = false;
      throw crash();
    },
  };
}

describe('a failed copy in another account leaves nothing there, and nothing lent', () => {
  test.each<[string, string, Interference]>([
    ['the copy is refused there', 'TargetsIncomplete', refusing((call) => call.action === 'CopyImage')],
    [
      'the role is refused once the copy is made',
      'TargetsIncomplete',
      refusing(({ by, action }) => by === 'AwaitAccountCopy' && action === 'AssumeRole'),
    ],
    [
      'the parameter is refused there',
      'PublishFailed',
      refusing((call) => call.account === other && call.action === 'PutParameter'),
    ],
    [
      'the key cannot be taken back at first',
      'TargetsIncomplete',
      refusing(({ by, action }) => by === 'FinishAccountCopy' && action === 'RevokeGrant'),
    ],
  ])('%s', async (_, error, interfere) => {
    const simulation = pipeline({ changes: { distribute }, interfere });
    const execution = await build(simulation);
    expect(execution.error).toBe(error);
    expect(owned(simulation, other)).toEqual([]);
    expect(owned(simulation, account)).toEqual([]);
    expect(lent(simulation)).toEqual([]);
    expect(parameterIn(simulation, other)).toBeUndefined();
    expect(parameterIn(simulation, account)).toBeUndefined();
    expect(onlyManifest(simulation)?.failure?.left).toEqual([]);
  });

  test('what a role refuses to remove is told', async () => {
    const interfere = refusing(
      ({ by, action, account: of }) => of === other && (action === 'PutParameter' || (by === 'Compensate' && action === 'DeregisterImage')),
    );
    const simulation = pipeline({ changes: { distribute }, interfere });
    await build(simulation);
    expect(onlyManifest(simulation)?.failure?.left.join('\n')).toMatch(/ami-\w+ in us-east-1: .*\(account 111122223333\)/);
    expect(lent(simulation)).toEqual([]);
  });

  test('an optional target is published here, and its failed copy is removed there', async () => {
    const optional = { ...distribute[0], required: false };
    const simulation = pipeline({
      changes: { distribute: [optional] },
      interfere: refusing(({ by, action }) => by === 'AwaitAccountCopy' && action === 'AssumeRole'),
    });
    expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
    expect(owned(simulation, other)).toEqual([]);
    expect(lent(simulation)).toEqual([]);
    expect(onlyManifest(simulation)?.copiedTo).toEqual([
      expect.objectContaining({ account: other, status: 'failed', error: expect.stringMatching(/sts:AssumeRole/) }),
    ]);
  });
});

test.each([
  ['CopyIntoAccount', 'ModifyImageAttribute'],
  ['CopyIntoAccount', 'CopyImage'],
  ['FinishAccountCopy', 'RevokeGrant'],
])('%s that dies after %s is repeated, and makes no second copy', async (stage, action) => {
  const simulation = pipeline({ changes: { distribute }, interfere: dyingAfter(stage, action) });
  expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  expect(owned(simulation, other).filter(({ id }) => id.startsWith('ami-'))).toHaveLength(1);
  expect(lent(simulation)).toEqual([]);
});

test.each(['AwaitAccountCopy', 'FinishAccountCopy'])('a build that is aborted in %s leaves nothing', async (state) => {
  const simulation = pipeline({
    changes: { distribute },
    interfere: { enter: (entered) => (entered === state ? 'ABORTED' : undefined) },
  });
  await build(simulation);
  await simulation.pass(3600);
  expect(owned(simulation, other)).toEqual([]);
  expect(lent(simulation)).toEqual([]);
});

test('the sweep removes what a build left in another account that nobody cleaned up', async () => {
  const simulation = pipeline({ ...unheard, changes: { distribute } });
  await stoppedAt(simulation, 'FinishAccountCopy');
  await simulation.pass(8 * day);
  expect(owned(simulation, other)).not.toEqual([]);
  await sweepNow(simulation);
  expect(owned(simulation, other)).toEqual([]);
  expect(lent(simulation)).toEqual([]);
});

test('a role that does not let the pipeline in is refused before anything is made, with the place in the recipe', async () => {
  const simulation = pipeline({ changes: { distribute } });
  simulation.cloud.world.roles.clear();
  const execution = await build(simulation);
  expect(execution.error).toBe('RecipeInvalid');
  expect(execution.cause).toMatch(
    /distribute\[0\]\.copyTo\[0\]\.role: arn:aws:iam::111122223333:role\/golden-copy-target does not let the pipeline in/,
  );
  expect(regionOf(simulation).instances.size).toBe(0);
});
