import { expect, test } from '@jest/globals';
import type { Interference } from '../../simulator/pipeline/interference.ts';
import {
  deadBuild,
  forgotten,
  plantImage,
  plantInstance,
  plantSnapshot,
  plantVolume,
  present,
  recordBuild,
  sweepNow,
} from '../support/orphans.ts';
import { day } from '../support/triggered.ts';
import {
  build,
  launched,
  leftIn,
  manifestIn,
  nothing,
  onlyManifest,
  pipeline,
  regions,
  stoppedAt,
  unheard,
} from '../support/pipeline.ts';

const published = '20261102-030000-0001';
const foreign = '20261103-030000-0002';

/** Orphans of every kind in several regions, beside what must not be touched. */
function estate(interfere?: Interference) {
  const simulation = pipeline(interfere ? { interfere } : {});
  recordBuild(simulation, deadBuild);
  recordBuild(simulation, published, { manifest: { status: 'published' } });
  const unclaimed = plantImage(simulation, { region: 'eu-west-1' });
  const failed = plantImage(simulation, { build: published, state: 'failed', region: 'eu-west-1' });
  const orphans = [
    plantInstance(simulation, { expiresIn: -1 }),
    plantVolume(simulation, { expiresIn: -1 }),
    plantVolume(simulation, { build: published, region: 'sa-east-1' }), // which no recipe names
    plantSnapshot(simulation, { region: 'ap-southeast-2' }),
    unclaimed.ami,
    unclaimed.snapshot,
    failed.ami,
    failed.snapshot,
  ];
  const released = plantImage(simulation, { build: published });
  const kept = plantImage(simulation, { expiresIn: 3 });
  const others = plantImage(simulation, { owner: '999999999999' });
  const holders = [
    released.ami,
    released.snapshot,
    kept.ami,
    kept.snapshot,
    others.ami,
    others.snapshot,
    plantVolume(simulation, { owner: '999999999999', expiresIn: -1 }),
    plantVolume(simulation, { tags: {} }),
    plantVolume(simulation, { build: foreign, expiresIn: -1 }),
    plantInstance(simulation, { owner: '999999999999', expiresIn: -1 }),
  ];
  return { simulation, orphans, holders };
}

test('orphans of every kind go, in regions that no recipe names too, and nothing else does', async () => {
  const { simulation, orphans, holders } = estate();
  const { status, outcome, report } = await sweepNow(simulation);
  expect(status).toBe('SUCCEEDED');
  expect(present(simulation, orphans)).toEqual([]);
  expect(present(simulation, holders)).toEqual(holders);
  expect(outcome.removed.map(({ id }) => id).toSorted()).toEqual(orphans.toSorted());
  expect(outcome.counts).toEqual({ removed: 8, wouldRemove: 0, left: 0, refused: 0, spared: 2 });
  expect(outcome.spared.map(({ reason }) => reason)).toEqual([
    'its build has no record here: another deployment made it',
    expect.stringMatching(/^kept until 2026-11-26T/),
  ]);
  expect(outcome.regions).toEqual(expect.arrayContaining(['us-east-1', 'eu-west-1', 'sa-east-1']));
  expect(report).toMatchObject({ removed: outcome.removed, spared: outcome.spared, notLooked: [] });

  const again = await sweepNow(simulation);
  expect(again).toMatchObject({ status: 'SUCCEEDED', outcome: { counts: { removed: 0, refused: 0, spared: 2 } } });
  expect(present(simulation, holders)).toEqual(holders);
});

test('a dry run says the same and touches nothing', async () => {
  const { simulation, orphans, holders } = estate();
  const { status, outcome } = await sweepNow(simulation, { dryRun: true });
  expect(status).toBe('SUCCEEDED');
  expect(outcome.wouldRemove.map(({ id }) => id).toSorted()).toEqual(orphans.toSorted());
  expect(outcome.removed).toEqual([]);
  expect(present(simulation, [...orphans, ...holders])).toEqual([...orphans, ...holders]);
  expect(simulation.read({ recipe: 'base', build: deadBuild }, 'owner')).toMatchObject({
    execution: forgotten(simulation),
  });
});

test('no more goes in one run than the cap allows; the rest goes in the next', async () => {
  const { simulation, orphans } = estate();
  expect((await sweepNow(simulation, { cap: 5 })).outcome).toMatchObject({ counts: { removed: 5 }, overCap: 3 });
  expect(present(simulation, orphans)).toHaveLength(3);
  expect((await sweepNow(simulation, { cap: 5 })).outcome).toMatchObject({ counts: { removed: 3 }, overCap: 0 });
  expect(present(simulation, orphans)).toEqual([]);
});

const denied =
  (service: string, action: string, region?: string): NonNullable<Interference['call']> =>
  (call) =>
    call.service === service && call.action === action && (region ?? call.region) === call.region
      ? { error: 'UnauthorizedOperation', message: 'an explicit deny', effect: false }
      : undefined;

test.each([
  ['ec2', 'DescribeSnapshots', 'ap-southeast-2'],
  ['ec2', 'DescribeImages', 'eu-west-1'],
  ['ssm', 'GetParametersByPath', 'us-east-1'],
  ['ec2', 'DescribeRegions', undefined],
  ['s3', 'GetObject', undefined],
  ['sfn', 'DescribeExecution', undefined],
])('where %s:%s is denied (%s) nothing is removed anywhere', async (service, action, region) => {
  const { simulation, orphans } = estate({ call: denied(service, action, region) });
  const { status, error, cause } = await sweepNow(simulation);
  expect([status, error]).toEqual(['FAILED', region ? 'SweepFailed' : 'AwsRefused']);
  expect(cause).toMatch(/explicit deny/);
  expect(present(simulation, orphans)).toEqual(orphans);
});

test('a region that no recipe uses and that is not to be looked at is only reported', async () => {
  const { simulation, orphans } = estate({ call: denied('ec2', 'DescribeVolumes', 'sa-east-1') });
  const { status, outcome } = await sweepNow(simulation);
  expect(status).toBe('SUCCEEDED');
  expect(outcome.notLooked).toEqual([{ region: 'sa-east-1', reason: expect.stringContaining('explicit deny') }]);
  expect(present(simulation, orphans)).toHaveLength(1);
});

test('a region where AWS is busy for longer than its client waits is looked at again', async () => {
  let refusals = 6;
  const { simulation, orphans } = estate({
    call: ({ action, region }) =>
      action === 'DescribeVolumes' && region === 'eu-west-1' && refusals-- > 0
        ? { error: 'RequestLimitExceeded', effect: false }
        : undefined,
  });
  expect((await sweepNow(simulation)).status).toBe('SUCCEEDED');
  expect(present(simulation, orphans)).toEqual([]);
});

test('what AWS refuses to remove is reported, and the rest goes', async () => {
  const { simulation, orphans } = estate({ call: denied('ec2', 'DeregisterImage') });
  const { status, outcome } = await sweepNow(simulation);
  expect(status).toBe('SUCCEEDED');
  expect(outcome.refused.map(({ kind, reason }) => [kind, /explicit deny/.test(reason)])).toEqual([
    ['image', true],
    ['image', true],
  ]);
  expect(outcome.left.map(({ kind }) => kind)).toEqual(['snapshot', 'snapshot']);
  expect(present(simulation, orphans)).toHaveLength(4);
});

test('a sweep that had work and could do none of it fails, and its report says why', async () => {
  const simulation = pipeline({ interfere: { call: denied('ec2', 'DeleteVolume') } });
  recordBuild(simulation, deadBuild);
  const volume = plantVolume(simulation);
  const { status, error, cause, report } = await sweepNow(simulation);
  expect([status, error]).toEqual(['FAILED', 'SweepFailed']);
  expect(cause).toContain(`volume ${volume} in us-east-1`);
  expect(report?.refused).toHaveLength(1);
});

test('what somebody else removed in the meantime counts as removed', async () => {
  let gone = false;
  const simulation = pipeline({
    interfere: {
      call({ action }) {
        if (action === 'DeleteVolume' && !gone) simulation.cloud.world.region('us-east-1').volumes.delete(volume);
        gone ||= action === 'DeleteVolume';
        return undefined;
      },
    },
  });
  recordBuild(simulation, deadBuild);
  const volume = plantVolume(simulation);
  expect((await sweepNow(simulation)).outcome).toMatchObject({ counts: { removed: 1, refused: 0 } });
});

test('a sweep that dies after its work is run again and says what is left to say', async () => {
  const { simulation, orphans, holders } = estate({
    invoke: async (stage, attempt, run) => {
      const answer = await run();
      if (stage === 'Sweep' && attempt === 1) throw Object.assign(new Error('exit'), { name: 'Runtime.ExitError' });
      return answer;
    },
  });
  expect((await sweepNow(simulation)).status).toBe('SUCCEEDED');
  expect(present(simulation, orphans)).toEqual([]);
  expect(present(simulation, holders)).toEqual(holders);
});

test('a build under way is left alone, however old its things look, and so is what it published', async () => {
  const simulation = pipeline({ scenario: { delays: {} } });
  const execution = simulation.start({ recipe: 'base' });
  await simulation.pass(250);
  for (const instance of simulation.cloud.world.region('us-east-1').instances.values())
    instance.tags.set('golden:expires', '2026-11-01T00:00:00Z');
  const { outcome } = await sweepNow(simulation);
  expect(outcome.counts).toMatchObject({ removed: 0, refused: 0 });
  expect(outcome.spared.map(({ reason }) => reason)).toContainEqual(expect.stringContaining('is at work on its build'));
  expect(await simulation.finish(execution)).toMatchObject({ status: 'SUCCEEDED' });
  const before = leftIn(simulation);
  await simulation.pass(400 * day);
  expect((await sweepNow(simulation)).outcome.counts).toMatchObject({ removed: 0, spared: 0 });
  expect(leftIn(simulation)).toEqual(before);
});

test('what nobody undid of a build that died goes a week later, and its recipe can be built again', async () => {
  const simulation = pipeline(unheard);
  const id = await stoppedAt(simulation, 'AwaitCandidate');
  expect((await sweepNow(simulation)).outcome.counts).toMatchObject({ removed: 0 });
  await simulation.pass(8 * day);
  expect((await sweepNow(simulation)).outcome.counts).toMatchObject({ removed: 7, spared: 1 }); // the disk goes with its instance
  await simulation.pass(600);
  expect(leftIn(simulation)).toEqual(nothing);

  const again = await build(simulation);
  expect(again.status).toBe('SUCCEEDED');
  expect(manifestIn(simulation, again)).toMatchObject({ status: 'published', build: expect.not.stringMatching(id) });
});

test('an image that a failed build keeps goes when it has expired and not before; one that was then published stays', async () => {
  const failing = { scenario: { commands: [{ step: 'boots', exitCode: 1, times: 1 }] } };
  const keeping = () => pipeline({ ...failing, changes: { onFailure: 'keep-image' } });
  const simulation = keeping();
  await build(simulation);
  await simulation.pass(6 * day);
  const { spared } = (await sweepNow(simulation)).outcome;
  expect(spared.map(({ region }) => region).toSorted()).toEqual(regions.toSorted());
  for (const one of spared) expect(one).toMatchObject({ kind: 'image', reason: 'kept until 2026-12-01T00:00Z' });
  await simulation.pass(2 * day);
  // the image in each region and its snapshot
  expect((await sweepNow(simulation)).outcome.counts).toMatchObject({ removed: 2 * regions.length, spared: 0 });
  expect(leftIn(simulation)).toEqual(nothing);

  const other = keeping();
  const failed = await build(other);
  expect(failed.error).toBe('CheckFailed');
  await other.pass(3600);
  const again = await build(other, { recipe: 'base', build: onlyManifest(other)?.build });
  expect(again.status).toBe('SUCCEEDED');
  const before = leftIn(other);
  await other.pass(30 * day);
  expect((await sweepNow(other)).outcome.counts).toMatchObject({ removed: 0, spared: 0 });
  expect(leftIn(other)).toEqual(before);
});

test('a build that was swept is not started again: its copies could be left, of an image that is gone', async () => {
  const simulation = pipeline(unheard);
  const id = await stoppedAt(simulation, 'Verify');
  await simulation.pass(9 * day);
  await sweepNow(simulation, { cap: 2 }); // the AMIs of two regions
  expect(leftIn(simulation).images).toHaveLength(1);
  expect(await build(simulation, { recipe: 'base', build: id })).toMatchObject({
    error: 'RecipeInvalid',
    cause: expect.stringContaining(`build: ${id} was swept by`),
  });
  expect(launched(simulation, 'candidate')).toHaveLength(1);
});

test('a build that is taken up again while the sweep looks is spared at the last moment', async () => {
  const taken = '20261104-030000-0003';
  let looks = 0;
  const simulation = pipeline({
    interfere: {
      call({ by, action }) {
        // The first execution that is asked about is that of the inventory, the second is asked just before removing.
        if (by === 'Sweep' && action === 'DescribeExecution' && ++looks === 2)
          recordBuild(simulation, taken, { owner: `${forgotten(simulation)}-another` });
        return undefined;
      },
    },
  });
  recordBuild(simulation, taken);
  const volume = plantVolume(simulation, { build: taken });
  const { status, outcome } = await sweepNow(simulation);
  expect(status).toBe('SUCCEEDED');
  expect(outcome.spared).toEqual([
    expect.objectContaining({ id: volume, reason: 'another execution has taken its build over just now' }),
  ]);
  expect(present(simulation, [volume])).toEqual([volume]);
});

test('a claim whose answer is lost is a claim all the same', async () => {
  let lost = false;
  const simulation = pipeline({
    interfere: {
      call({ by, action }) {
        if (by !== 'Sweep' || action !== 'PutObject' || lost) return undefined;
        lost = true;
        return 'after';
      },
    },
  });
  recordBuild(simulation, deadBuild);
  const volume = plantVolume(simulation);
  expect((await sweepNow(simulation)).outcome).toMatchObject({ counts: { removed: 1, spared: 0 } });
  expect(present(simulation, [volume])).toEqual([]);
});

test('the image of a build that died between its publishing and its manifest is out there, and stays', async () => {
  const simulation = pipeline();
  recordBuild(simulation, deadBuild, { manifest: { status: 'failed' }, ledger: { complete: true } });
  const { ami, snapshot } = plantImage(simulation);
  expect((await sweepNow(simulation)).outcome.counts).toMatchObject({ removed: 0, spared: 0 });
  expect(present(simulation, [ami, snapshot])).toHaveLength(2);
});

test('an AMI that a channel points at stays, whatever the bucket says of its build', async () => {
  const simulation = pipeline();
  recordBuild(simulation, deadBuild);
  const { ami } = plantImage(simulation);
  simulation.cloud.setParameter('us-east-1', '/golden/other/prod', ami);
  const { outcome } = await sweepNow(simulation);
  expect(outcome.spared).toEqual([expect.objectContaining({ id: ami, reason: '/golden/other/prod points at it' })]);
  expect(present(simulation, [ami])).toEqual([ami]);
});

test.each([[{ dryrun: true }], [{ dryRun: 'yes' }], [{ cap: 0 }], [{ cap: 1.5 }], [[]]])(
  'input that it does not understand (%j) is refused, and nothing is removed',
  async (input) => {
    const simulation = pipeline();
    recordBuild(simulation, deadBuild);
    const volume = plantVolume(simulation);
    expect(await sweepNow(simulation, input as { cap: number })).toMatchObject({ error: 'StageInputInvalid' });
    expect(present(simulation, [volume])).toEqual([volume]);
  },
);

test('orphans that were found are told in one line, which an alarm can count', async () => {
  const { simulation, lines } = (() => {
    const told: Record<string, unknown>[] = [];
    return { simulation: pipeline({ onLog: (line) => void told.push(line) }), lines: told };
  })();
  recordBuild(simulation, deadBuild);
  const volume = plantVolume(simulation);
  await sweepNow(simulation);
  expect(lines.filter(({ OrphansFound }) => OrphansFound !== undefined)).toEqual([
    expect.objectContaining({ level: 'WARN', state: 'Sweep', dryRun: false, OrphansFound: 1, removed: 1, refused: 0 }),
  ]);
  expect(lines).toContainEqual(
    expect.objectContaining({ state: 'Sweep', removed: `volume ${volume}`, build: deadBuild }),
  );
});
