import { beforeAll, describe, expect, test } from '@jest/globals';
import { golden } from '../../../cli/golden.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { brisk, operator } from '../../support/deployed.ts';
import { account, build, consumer, manifestIn, pipeline, targets } from '../../support/pipeline.ts';
import { recordingTerminal } from '../recording-terminal.ts';

const day = 86_400;
const home = 'us-east-1';
let simulation: Simulation;
/** Builds, oldest first. */
const ids: string[] = [];
const run = (...args: string[]) => operator(simulation).run(...args);

const imageOf = (id: string) =>
  [...simulation.cloud.world.region(home).images.values()].find(
    ({ tags, owner }) => owner === account && tags.get('golden:build') === id,
  )!;
const snapshots = () =>
  [...simulation.cloud.world.region(home).snapshots.values()].filter(({ owner }) => owner === account);

beforeAll(async () => {
  const retire = { keep: 1, deprecateAfter: '10d', disableAfter: '20d' };
  simulation = pipeline({ changes: { distribute: [targets.home], retire }, scenario: { delays: brisk } });
  for (let index = 0; index < 5; index++) {
    ids.push(manifestIn(simulation, await build(simulation, { recipe: 'base', force: true })).build);
    await simulation.pass(day);
  }
  await simulation.pass(30 * day);
}, 60_000);

describe('golden retire', () => {
  test('shows with --plan what would be done and why others stay, and changes nothing', async () => {
    const { exitCode, out } = await run('retire', '--plan');
    expect(exitCode).toBe(0);
    expect(out).toMatch(new RegExp(`planned: nothing was changed\\n[^]+${ids[0]} +would deprecate +1 +it is 35d old`));
    expect(out).toMatch(new RegExp(`${ids[3]} +stays +1 +a rollback of /golden/base/stable would go to it`));
    expect(imageOf(ids[0]!).deprecatedAt).toBeUndefined();
  });

  test('asks a person before it changes something', async () => {
    const questions: string[] = [];
    const confirms = async (question: string) => (questions.push(question), false);
    const { exitCode, out } = await operator(simulation, { confirms }).onTerminal('retire', '--apply', '--cap', '1');
    expect({ exitCode, questions }).toEqual({ exitCode: 130, questions: ['  Retire this image?'] });
    expect(out).toContain('Nothing was changed.');
    expect(imageOf(ids[0]!).deprecatedAt).toBeUndefined();
  });

  test('does it with --apply, even if no run has reported the policy before', async () => {
    const { exitCode, out } = await run('retire', 'base', '--apply', '--cap', '1', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      status: 'retired',
      counts: { deprecate: 1, kept: 4 },
      rows: expect.arrayContaining([expect.objectContaining({ build: ids[0], step: 'deprecate', failed: [] })]),
    });
    expect(imageOf(ids[0]!).deprecatedAt).toBeDefined();
    expect(imageOf(ids[1]!).deprecatedAt).toBeUndefined();
  });

  test.each([
    [['retire'], 'golden retire needs either --plan, which changes nothing, or --apply'],
    [['retire', '--plan', '--apply'], 'golden retire takes --plan, which changes nothing, or --apply, and not both'],
    [['retire', 'nobody', '--plan'], 'there is no recipe "nobody"; there are base'],
    [['deregister', 'base'], 'base: is neither a build id, such as 20261123-030000-9f2c, nor an AMI'],
    [['deregister', 'ami-0123456789abcdef0', '--yes'], 'ami-0123456789abcdef0 is no image of a recipe in'],
  ])('%j is refused', async (args, says) => {
    const { exitCode, err } = await run(...args);
    expect([exitCode, err]).toEqual([2, expect.stringContaining(says)]);
  });
});

describe('golden deregister', () => {
  test('refuses what a channel holds, a rollback would need, is protected or in use, with every reason', async () => {
    expect((await run('deregister', ids[4]!, '--yes')).err).toContain('/golden/base/stable holds it');
    const image = imageOf(ids[3]!);
    image.protection = { cooldown: true };
    const { exitCode, out, err } = await run('deregister', ids[3]!, '--json', '--yes');
    expect(exitCode).toBe(2);
    expect(err).toContain('a rollback of /golden/base/stable would go to it');
    expect(err).toContain(`${image.id} in us-east-1 is protected against deregistration`);
    expect(err).toContain('with a cooldown, EC2 lets it go 24 hours after that');
    expect(err).toContain('unknown: other accounts: EC2 has no usage report');
    expect(JSON.parse(out)).toMatchObject({ status: 'refused' });
    image.protection = undefined;
    expect(image.state).toBe('available');
  });

  test('refuses the image of another deployment, whose channels it does not know', async () => {
    const { objects } = simulation.cloud.world.buckets.get(simulation.bucket)!;
    const key = `builds/base/${ids[0]}/owner.json`;
    const owner = objects.get(key)!;
    objects.delete(key);
    const { exitCode, err } = await run('deregister', imageOf(ids[0]!).id, '--even-if-used', '--yes');
    expect([exitCode, err]).toEqual([2, expect.stringContaining('another deployment made it')]);
    objects.set(key, owner);
  });

  test('only looks with --dry-run, and keeps snapshots where it is asked to', async () => {
    const keep = ['deregister', ids[0]!, '--keep-snapshots', '--even-if-used'];
    expect((await run(...keep, '--dry-run')).out).toMatch(/planned: nothing was changed\n[^]+would deregister/);
    const image = imageOf(ids[0]!);
    expect(await run(...keep)).toMatchObject({ exitCode: 2, err: expect.stringContaining('give --yes') });
    expect(image.state).toBe('available');
    const { exitCode, out } = await run(...keep, '--yes');
    expect(exitCode).toBe(0);
    expect(image.state).toBe('deregistered');
    const [{ snapshot } = { snapshot: '' }] = image.mappings;
    expect(out).toContain(`${snapshot} stays in us-east-1, tagged golden:kept`);
    const listed = await run('snapshots');
    expect(listed.out).toMatch(new RegExp(`base +${ids[0]} +us-east-1 +${snapshot} +${image.id} +8 GiB +\\$0.40`));
    // A sweep spares it, long after.
    await simulation.pass(9 * day);
    await simulation.finish(simulation.sweep());
    expect(snapshots().map(({ id }) => id)).toContain(snapshot);
  });

  test('takes an AMI for its image, removes its snapshots, and takes a second time for done', async () => {
    const image = imageOf(ids[1]!);
    await run('deregister', image.id, '--dry-run');
    await simulation.pass(day);
    const { exitCode, out } = await run('deregister', image.id, '--why', 'nobody needs it', '--yes');
    expect([exitCode, image.state]).toEqual([0, 'deregistered']);
    expect(out).toMatch(/deregistered +1 +nobody needs it[^]+Saved: at most \$0\.40 each month\./);
    expect(snapshots().map(({ id }) => id)).not.toContain(image.mappings[0]?.snapshot);
    const again = await run('deregister', ids[1]!, '--yes');
    expect([again.exitCode, again.out]).toEqual([0, expect.stringContaining('it is gone in every region')]);
    const restored = await run('restore', ids[1]!);
    expect([restored.exitCode, restored.err]).toEqual([2, expect.stringContaining('deregistered its images')]);
  });

  test('leaves a snapshot that another AMI uses, and names that AMI', async () => {
    const image = imageOf(ids[2]!);
    const { images } = simulation.cloud.world.region(home);
    const other = { ...image, id: 'ami-0aaaaaaaaaaaaaaaa', name: 'copy by hand', tags: new Map<string, string>() };
    images.set(other.id, other);
    const { exitCode, out } = await run('deregister', ids[2]!, '--even-if-used', '--yes');
    expect(exitCode).toBe(0);
    expect(out).toContain(`${image.mappings[0]?.snapshot} stays: ami-0aaaaaaaaaaaaaaaa in us-east-1 uses it`);
    expect(snapshots().map(({ id }) => id)).toContain(image.mappings[0]?.snapshot);
    images.delete(other.id);
  });
});

test('golden retire tries it on a simulated AWS', async () => {
  const { terminal, out } = recordingTerminal();
  expect(await golden(['retire', '--plan', '--simulate'], terminal)).toBe(0);
  expect(out()).toMatch(/20261123-030000-\w{4} +would disable +3 +it is 67d old, and disableAfter is 60d/);
});

test('golden deregister and golden snapshots are tried on a simulated AWS, too', async () => {
  const first = recordingTerminal();
  expect(await golden(['snapshots', '--simulate'], first.terminal)).toBe(0);
  const [, kept = ''] = /al2023-base +(20261123-030000-\w{4}) +us-east-1 +snap-\w+ +ami-\w+/.exec(first.out()) ?? [];
  const second = recordingTerminal();
  expect(await golden(['deregister', kept, '--dry-run', '--simulate'], second.terminal)).toBe(0);
  expect(second.out()).toMatch(/would deregister/);
});

test('a disabled image is given back, with those who could launch it, and stays from then on', async () => {
  const retire = { keep: 1, disableAfter: '10d' };
  const other = pipeline({ changes: { distribute: [targets.home], retire }, scenario: { delays: brisk } });
  const oldest = manifestIn(other, await build(other, { recipe: 'base', force: true })).build;
  for (let index = 0; index < 2; index++) await build(other, { recipe: 'base', force: true });
  await other.pass(30 * day);
  const user = operator(other);
  await user.run('retire', '--plan');
  await other.pass(day);
  const stateOf = () =>
    [...other.cloud.world.region(home).images.values()].find(({ tags }) => tags.get('golden:build') === oldest)!;
  expect((await user.run('retire', '--apply')).out).toMatch(/disabled +1/);
  expect([stateOf().state, stateOf().permissions]).toEqual(['disabled', []]);
  expect((await user.run('restore', oldest)).exitCode).toBe(0);
  expect([stateOf().state, stateOf().permissions]).toEqual(['available', [{ UserId: consumer }]]);
  await other.pass(day);
  expect((await user.run('retire', '--apply')).out).toMatch(/stays +1 +\S+ restored it; only golden deregister/);
});
