import { expect, test } from '@jest/globals';
import type { RetireOutcome } from '../../core/retire/retire-report.ts';
import { crash, type Interference } from '../../simulator/pipeline/interference.ts';
import { createSimulation, type Simulation } from '../../simulator/pipeline/simulation.ts';
import { brisk } from '../support/deployed.ts';
import { account, build, consumer, manifestIn, pipeline, recipe, regions, targets } from '../support/pipeline.ts';
import { ours } from '../support/template/packaged-template.ts';

const day = 86_400;
const policy = { keep: 1, deprecateAfter: '10d', disableAfter: '20d', deregisterAfter: '30d' };

/** Builds that each replace the one before, a day apart. Returns their ids. */
async function published(simulation: Simulation, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const execution = await build(simulation, { recipe: 'base', force: true });
    ids.push(manifestIn(simulation, execution).build);
    await simulation.pass(day);
  }
  return ids;
}

/** The states of a build's images by region, as EC2 knows them. */
function states({ cloud, clock }: Simulation, id: string): Record<string, string> {
  return Object.fromEntries(
    regions.flatMap((region) =>
      [...cloud.world.region(region).images.values()]
        .filter(({ tags, owner }) => owner === account && tags.get('golden:build') === id)
        .map(({ state, deprecatedAt = Infinity }) => [
          region,
          state === 'available' && deprecatedAt <= clock.now() ? 'deprecated' : state,
        ]),
    ),
  );
}

const everywhere = (state: string) => Object.fromEntries(regions.map((region) => [region, state]));
const snapshotsOf = ({ cloud }: Simulation, id: string) =>
  regions.flatMap((region) =>
    [...cloud.world.region(region).snapshots.values()].filter(({ tags }) => tags.get('golden:build') === id),
  );

/** Runs retire-images. Returns how it ended, and its outcome. */
async function retire(simulation: Simulation, input: object = {}) {
  const execution = await simulation.finish(simulation.retire(input));
  const { outcome } = JSON.parse(execution.output ?? '{}') as { outcome?: RetireOutcome };
  return { status: execution.status, error: execution.error, cause: execution.cause, outcome };
}

test('copies in other accounts take the same steps, and an account that does not let the pipeline in keeps the image', async () => {
  const [other = ''] = ours;
  const copyTo = [{ account: other, kmsKey: 'alias/theirs', accounts: [consumer] }];
  const policyOfCopies = { keep: 1, disableAfter: '10d', deregisterAfter: '20d' };
  const changes = { distribute: [{ ...targets.home, copyTo }], retire: policyOfCopies };
  let refuses = false;
  const call: Interference['call'] = ({ action, account: of }) =>
    refuses && action === 'DeregisterImage' && of === other ? { error: 'UnauthorizedOperation', effect: false } : undefined;
  const simulation = pipeline({ changes, scenario: { delays: brisk }, interfere: { call } });
  const [oldest = ''] = await published(simulation, 3);
  await simulation.pass(20 * day);
  const copy = [...simulation.cloud.world.region('us-east-1').images.values()].find(
    ({ owner, tags }) => owner === other && tags.get('golden:build') === oldest,
  )!;
  await retire(simulation, { plan: true });
  await simulation.pass(day);
  const { roles } = simulation.cloud.world;
  const known = [...roles];
  roles.clear();
  const closed = await retire(simulation, { apply: true });
  expect(closed.outcome?.rows.find((row) => row.build === oldest)?.reason).toContain(
    `not all of it could be looked at: us-east-1 of account ${other}`,
  );
  for (const [arn, role] of known) roles.set(arn, role);
  // A server there keeps it, too.
  const launch = { ImageId: copy.id, InstanceType: 't3.small', MinCount: 1, MaxCount: 1 };
  const there = { account: other, region: 'us-east-1' };
  simulation.cloud.services.ec2['RunInstances']?.(launch, there);
  await simulation.pass(60);
  const used = await retire(simulation, { apply: true });
  expect(used.outcome?.rows.find((row) => row.build === oldest)?.reason).toMatch(
    new RegExp(`in use: .*${copy.id} in us-east-1 of account ${other}: instance i-`),
  );
  const { instances } = simulation.cloud.world.region('us-east-1');
  for (const { id, owner } of instances.values())
    if (owner === other) simulation.cloud.services.ec2['TerminateInstances']?.({ InstanceIds: [id] }, there);
  await simulation.pass(16 * day);
  await retire(simulation, { apply: true });
  await simulation.pass(day);
  expect((await retire(simulation, { apply: true })).outcome?.counts).toMatchObject({ disable: 1 });
  expect([copy.state, copy.permissions]).toEqual(['disabled', []]);
  await simulation.pass(11 * day);
  await retire(simulation);
  await simulation.pass(day);
  // Only by its own AMIs do later runs find the build, so these go last.
  refuses = true;
  const refused = await retire(simulation);
  expect(refused).toMatchObject({ status: 'FAILED', error: 'RetireFailed' });
  expect(refused.cause).toMatch(/it stays until the copies of its build in other accounts are gone/);
  expect([copy.state, states(simulation, oldest)]).toEqual(['disabled', { 'us-east-1': 'disabled' }]);
  refuses = false;
  // If somebody removes the own AMI by hand, the copy can still be deregistered.
  const own = [...simulation.cloud.world.region('us-east-1').images.values()].find(
    ({ owner, tags }) => owner === account && tags.get('golden:build') === oldest,
  )!;
  const here = { account, region: 'us-east-1' };
  simulation.cloud.services.ec2['DeregisterImage']?.({ ImageId: own.id, DeleteAssociatedSnapshots: true }, here);
  const last = await retire(simulation, { verb: 'deregister', recipe: 'base', build: oldest });
  expect(last).toMatchObject({ status: 'SUCCEEDED', outcome: { counts: { deregister: 1 } } });
  expect([copy.state, states(simulation, oldest)]).toEqual(['deregistered', { 'us-east-1': 'deregistered' }]);
  expect(snapshotsOf(simulation, oldest)).toEqual([]);
});

test('an image goes through all steps, one in a run, and what channels and rollbacks need stays', async () => {
  let crashes = 1;
  // The first ResolveRetirement dies once it has written everything down, and is repeated.
  const invoke: Interference['invoke'] = async (name, _attempt, run) => {
    const result = await run();
    if (name === 'ResolveRetirement' && crashes-- > 0) throw crash();
    return result;
  };
  const simulation = pipeline({ changes: { retire: policy }, scenario: { delays: brisk }, interfere: { invoke } });
  const [oldest = '', middle = '', newest = ''] = await published(simulation, 3);
  await simulation.pass(10 * day);

  // The first run with a policy only reports, even if its first state is repeated.
  const first = await retire(simulation);
  expect(first).toMatchObject({ status: 'SUCCEEDED', outcome: { counts: { would: 1, kept: 2 } } });
  expect(crashes).toBeLessThan(0);
  expect(states(simulation, oldest)).toEqual(everywhere('available'));

  expect(await retire(simulation, { plan: true })).toMatchObject({ outcome: { planOnly: true, counts: { deprecate: 1 } } });
  expect(states(simulation, oldest)).toEqual(everywhere('available'));

  // A date that somebody has set for some day is brought forward.
  const later = new Date(simulation.clock.now() + 700 * day * 1000);
  const image = [...simulation.cloud.world.region('eu-west-1').images.values()].find(
    ({ owner, tags }) => owner === account && tags.get('golden:build') === oldest,
  )!;
  const there = { account, region: 'eu-west-1' };
  simulation.cloud.services.ec2['EnableImageDeprecation']?.({ ImageId: image.id, DeprecateAt: later }, there);
  expect(await retire(simulation)).toMatchObject({ status: 'SUCCEEDED', outcome: { counts: { deprecate: 1, kept: 2 } } });
  await simulation.pass(300);
  expect(states(simulation, oldest)).toEqual(everywhere('deprecated'));
  expect((await retire(simulation)).outcome?.counts).toMatchObject({ kept: 3 });

  await simulation.pass(10 * day);
  // EC2 makes its report of other accounts only when it is asked, so the first look proves nothing.
  const unknown = await retire(simulation);
  expect(unknown.outcome?.rows.find((row) => row.build === oldest)?.reason).toMatch(/in use: .*unknown: other accounts/);
  await simulation.pass(day);
  expect(await retire(simulation)).toMatchObject({ status: 'SUCCEEDED', outcome: { counts: { disable: 1 } } });
  expect(states(simulation, oldest)).toEqual(everywhere('disabled'));

  await simulation.pass(11 * day);
  await retire(simulation);
  await simulation.pass(day);
  const last = await retire(simulation);
  expect(last).toMatchObject({ status: 'SUCCEEDED', outcome: { counts: { deregister: 1 }, savedPerMonth: 1.2 } });
  expect(states(simulation, oldest)).toEqual(everywhere('deregistered'));
  expect(snapshotsOf(simulation, oldest)).toEqual([]);
  expect([middle, newest].map((id) => states(simulation, id))).toEqual([everywhere('available'), everywhere('available')]);
  const steps = simulation.read({ recipe: 'base', build: oldest }, 'retirement')?.steps;
  expect(steps?.map(({ step, ends }) => [step, ends.length])).toEqual([
    ['deprecate', 3],
    ['disable', 3],
    ['deregister', 3],
  ]);
});

test('people are told what a run would do, what it did, what the Recycle Bin keeps and what could not be deleted', async () => {
  const short = { keep: 1, deregisterAfter: '10d' };
  const catalog = {
    recipes: { base: { ...recipe, distribute: [targets.home, targets.copied], retire: short } },
    scripts: {},
    version: '1.0.0',
  };
  const refused = { action: 'ec2:DeleteSnapshot', region: 'eu-west-1', error: 'UnauthorizedOperation' };
  const scenario = {
    delays: brisk,
    recycleBin: [{ region: 'us-east-1', kind: 'image', days: 7 }],
    undeleted: [{ region: 'eu-west-1', code: 'internal-error' }],
    api: [refused],
  };
  const simulation = createSimulation({ catalog, scenario, notify: true });
  const [oldest = ''] = await published(simulation, 3);
  await simulation.pass(15 * day);
  await retire(simulation, { plan: true });
  await simulation.pass(day);
  const mailed = () => simulation.mails.filter(({ subject }) => subject.includes(': images: '));
  expect(mailed()).toEqual([]);
  await retire(simulation);
  expect(mailed().at(-1)).toMatchObject({
    subject: 'golden-image-dev: images: 1 would be retired',
    text: expect.stringMatching(/^A policy is new or has changed[^]+base-\d{8}-\d{6}-\w{4}: would deregister: it is 1\dd old/),
  });
  const run = await retire(simulation);
  expect([run.status, run.error]).toEqual(['FAILED', 'RetireFailed']);
  expect(run.cause).toMatch(/^deregister base-\S+: ami-\w+ in eu-west-1: snap-\w+ was not deleted \(internal-error\): .*UnauthorizedOperation/);
  expect(states(simulation, oldest)).toEqual({ 'us-east-1': 'deregistered', 'eu-west-1': 'deregistered' });
  const { subject, text } = mailed().at(-1)!;
  expect(subject).toBe('golden-image-dev: images: 1 failed');
  expect(text).toMatch(/the Recycle Bin of us-east-1 keeps ami-\w+ until 2026-12-\d\d: aws ec2 restore-image-from-recycle-bin --region us-east-1/);
  expect(text).toContain('Saved: at most $0.40 each month.');
  expect((await retire(simulation)).status).toBe('SUCCEEDED');
});

test('an instance store-backed AMI goes with its build, and the report names the bundle that stays in S3', async () => {
  const simulation = pipeline({ changes: { distribute: [targets.home] }, scenario: { delays: brisk } });
  const [oldest = ''] = await published(simulation, 3);
  const tags = new Map(Object.entries({ 'golden:recipe': 'base', 'golden:build': oldest, 'golden:role': 'image' }));
  const old = { region: 'us-east-1', name: 'bundled', owner: account, mappings: [], tags };
  const { id } = simulation.cloud.addImage({ ...old, instanceStore: true });
  const { status, outcome } = await retire(simulation, {
    verb: 'deregister',
    recipe: 'base',
    build: oldest,
    evenIfUsed: true,
  });
  expect(status).toBe('SUCCEEDED');
  expect(simulation.cloud.world.region('us-east-1').images.get(id)?.state).toBe('deregistered');
  expect(JSON.stringify(outcome)).toContain(`its manifest is s3://${account}/bundled.manifest.xml`);
});
