import { expect, test } from '@jest/globals';
import type { PageOfBuild } from '../../../core/report/page/page-of-build.ts';
import { crash, type Interference } from '../../../simulator/pipeline/interference.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { setSecret } from '../../../simulator/aws/ssm/guest-secrets.ts';
import { operator } from '../../support/deployed.ts';
import { build, home, leftIn, nothing, onlyManifest, pipeline, recipe, type Setting } from '../../support/pipeline.ts';

const minute = 60;
const hour = 60 * minute;
const holding = (setting: Setting = {}) =>
  pipeline({ ...setting, changes: { onFailure: 'hold', holdFor: '30m', ...setting.changes } });

const [open, shut] = ['sg-0000000a', 'sg-0000000b'];
const group = (id: string, ingress: 'all' | 'none') => ({ id, vpc: 'vpc-0000000a', ingress });
/** The instances' groups: one lets something in, and one does not. */
const inGroups = {
  network: {
    subnets: [{ id: 'subnet-0000000a', vpc: 'vpc-0000000a', zone: 'a' }],
    securityGroups: [group(open, 'all'), group(shut, 'none')],
  },
};
const grouped = {
  changes: { builder: { ...recipe.builder, subnets: ['subnet-0000000a'], securityGroups: [open, shut] } },
};

const failingStep = { commands: [{ step: 'patch', exitCode: 1, stderr: 'no mirror', times: 1 }] };
const failingCheck = { commands: [{ step: 'boots', exitCode: 1, times: 1 }] };

const provision: [object, object] = [
  { name: 'patch', run: 'dnf -y upgrade' },
  { name: 'break', run: 'broken' },
];

const instancesOf = ({ cloud }: Simulation) =>
  [...cloud.world.region(home).instances.values()].map(({ id, state, tags }) => ({
    id,
    state,
    role: tags.get('golden:role'),
    held: tags.get('golden:held'),
  }));
const alive = (simulation: Simulation) => instancesOf(simulation).filter(({ state }) => state !== 'terminated');
const again = (simulation: Simulation, more: object = {}) =>
  build(simulation, { recipe: 'base', build: onlyManifest(simulation)?.build, ...more });
const settle = (simulation: Simulation, seconds: number) => simulation.pass(seconds);

test('a builder whose step failed stays for holdFor, with its end in its tags, and ends itself without the pipeline', async () => {
  const simulation = holding({ scenario: failingStep });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'FAILED', error: 'ProvisionFailed' });
  const [builder, ...others] = alive(simulation);
  expect(others).toEqual([]);
  const held = onlyManifest(simulation)?.failure?.held;
  expect(held).toEqual({ instance: builder?.id, region: home, role: 'builder', until: builder?.held });
  expect(onlyManifest(simulation)?.failure?.step).toBe('patch');
  expect(execution.cause).toContain(`HELD until ${held?.until}: builder ${held?.instance} in ${home}`);
  expect(execution.cause).toContain(`golden retry ${onlyManifest(simulation)?.build}`);
  expect(leftIn(simulation)).toMatchObject({ images: [], snapshots: [] });
  const left = (new Date(held!.until).getTime() - simulation.cloud.world.clock.now()) / 1000;
  await settle(simulation, left - minute);
  expect(alive(simulation)).toHaveLength(1);
  await settle(simulation, 3 * minute);
  expect(leftIn(simulation)).toEqual(nothing);
});

test('a retry goes on with the failed step on the held builder, and publishes', async () => {
  const simulation = holding({ scenario: failingStep });
  await build(simulation);
  const [builder] = alive(simulation);
  const execution = await again(simulation);
  expect(execution.status).toBe('SUCCEEDED');
  expect(instancesOf(simulation).filter(({ role }) => role === 'builder')).toEqual([
    { ...builder, state: 'terminated' },
  ]);
  expect(onlyManifest(simulation)).toMatchObject({
    status: 'published',
    notes: [expect.stringContaining('"patch" and what follows was tried again on the held builder')],
  });
  await settle(simulation, hour);
  expect(leftIn(simulation)).toMatchObject({ instances: [], volumes: [] });
});

test('a held instance leaves the groups that let something in, and a retry gives them back before its steps go on', async () => {
  const steps: string[][] = [];
  const groupsIn = ({ cloud }: Simulation) => [...cloud.world.region(home).instances.values()].map((one) => one.securityGroups);
  const simulation: Simulation = holding({
    ...grouped,
    scenario: { ...failingStep, ...inGroups },
    interfere: {
      call({ by, action }) {
        if (by === 'SendCommand' && action === 'SendCommand') steps.push(...groupsIn(simulation));
        return undefined;
      },
    },
  });
  await build(simulation);
  expect(groupsIn(simulation)).toEqual([[shut]]);
  expect((await again(simulation)).status).toBe('SUCCEEDED');
  expect([...new Set(steps.map(String))]).toEqual([`${open},${shut}`]);
});

test('a candidate whose check failed stays with its image, and a retry checks it once more', async () => {
  const simulation = holding({ scenario: failingCheck });
  expect(await build(simulation)).toMatchObject({ status: 'FAILED', error: 'CheckFailed' });
  const [candidate, ...others] = alive(simulation);
  expect(others).toEqual([]);
  expect(candidate?.role).toBe('candidate');
  expect(onlyManifest(simulation)?.failure).toMatchObject({ step: 'boots', held: { role: 'candidate' } });
  expect((await again(simulation, { from: 'boots' })).status).toBe('SUCCEEDED');
  expect(instancesOf(simulation).filter(({ role }) => role === 'candidate')).toHaveLength(1);
  expect(onlyManifest(simulation)?.status).toBe('published');
});

test('a step that the instance has not reached, or a hold that is over, is refused before anything is made', async () => {
  const simulation = holding({ scenario: failingStep });
  await build(simulation);
  expect((await again(simulation, { from: 'restart' })).cause).toContain('from: restart is no step that the builder has reached: name one of patch');
  const held = onlyManifest(simulation)?.failure?.held?.instance;
  expect(alive(simulation).map(({ id }) => id)).toEqual([held]);
  await settle(simulation, hour);
  expect((await again(simulation, { from: 'patch' })).cause).toContain('from: goes with a build whose instance is held');
});

test('a retry with a mended step publishes what ran, and an earlier step that was changed is refused', async () => {
  const simulation = holding({ scenario: { commands: [{ step: 'break', exitCode: 1, times: 1 }] }, changes: { provision } });
  await build(simulation);
  const [, held] = [...instancesOf(simulation), ...alive(simulation)];
  const document = { ...recipe, publish: { channel: 'try' }, onFailure: 'hold', holdFor: '30m' };
  const retry = (steps: object[], more: object = {}) =>
    again(simulation, { recipe: { ...document, provision: steps, ...more }, replan: true });
  const [patch, broken] = provision;
  const refused = await retry([{ ...patch, run: 'other' }, broken]);
  expect(refused.cause).toContain('provision[0]: is not what ran as "patch"');
  setSecret(simulation.cloud.world, home, '/golden/base/taken', 'no image');
  const unforeseen = await retry([patch, { ...broken, secrets: { TOKEN: '/none' } }], { publish: { channel: 'taken' } });
  expect(unforeseen.cause).toContain('provision[1].secrets.TOKEN: the parameter /none in us-east-1 does not exist');
  expect(unforeseen.cause).toContain('publish.channel: /golden/base/taken in us-east-1 is a SecureString');
  expect(alive(simulation)).toEqual([held]);
  expect((await retry([patch, { ...broken, run: 'mended' }])).status).toBe('SUCCEEDED');
  const manifest = onlyManifest(simulation);
  expect(manifest).toMatchObject({
    status: 'published',
    notes: [expect.stringContaining('with a recipe that was changed since the build began')],
  });
  const sent = simulation.cloud.calls.filter(({ action }) => action === 'SendCommand').map(({ params }) => JSON.stringify(params));
  expect(sent.filter((one) => one.includes('provision/0 patch'))).toHaveLength(1);
  const plan = simulation.read({ recipe: 'base', build: manifest?.build ?? '' }, 'plan');
  expect(plan?.document.provision[1]).toMatchObject({ run: 'mended' });
  expect(simulation.read({ recipe: 'base' }, 'record')?.published?.digest).toBe(plan?.digest);
});

test('holds after retries last as long as they say and no longer, beyond the timer of the boot; the page has the output of all three executions', async () => {
  const failing = { commands: [{ step: 'patch', exitCode: 1 }] };
  const simulation = holding({ scenario: failing, changes: { holdFor: '8h' } });
  await build(simulation);
  const until = () => new Date(onlyManifest(simulation)?.failure?.held?.until ?? 0).getTime();
  const left = () => (until() - simulation.cloud.world.clock.now()) / 1000;
  // Each retry comes near the end of its hold, so that the boot lies a day back at the end.
  for (const _ of [1, 2]) {
    await settle(simulation, left() - 10 * minute);
    expect(alive(simulation)).toHaveLength(1);
    expect((await again(simulation)).error).toBe('ProvisionFailed');
  }
  const { out } = await operator(simulation).run('report', 'base', '--json');
  const { steps } = JSON.parse(out) as PageOfBuild;
  expect(steps.find(({ name }) => name === 'patch')?.outputs).toHaveLength(3);
  await settle(simulation, left() - minute);
  expect(alive(simulation)).toHaveLength(1);
  await settle(simulation, 3 * minute);
  expect(leftIn(simulation)).toEqual(nothing);
});

test('what failed elsewhere, or in an execution that was stopped, is not held', async () => {
  const images = [{ region: 'eu-west-1', name: 'base-*', fail: 'no key', afterSeconds: 9 }];
  const copy = holding({ scenario: { images } });
  expect((await build(copy)).status).toBe('FAILED');
  expect(leftIn(copy)).toMatchObject({ instances: [], volumes: [] });
});

test('a hold whose clean-up dies is not forgotten: the instance is gone, or ends at its time', async () => {
  let crashes = 0;
  const invoke: Interference['invoke'] = async (stage, _attempt, run) => {
    const result = await run();
    if (stage === 'Compensate' && crashes++ < 3) throw crash();
    return result;
  };
  const simulation = holding({ scenario: failingStep, interfere: { invoke } });
  await build(simulation);
  await settle(simulation, 2 * hour);
  expect(leftIn(simulation)).toEqual(nothing);
});

test.each([
  ['the tags', 'CreateTags'],
  ['the isolation', 'ModifyNetworkInterfaceAttribute'],
])('if AWS refuses %s of a hold, nothing stays, nobody is told that something does, and the log says why', async (_, refused) => {
  const logged: Record<string, unknown>[] = [];
  const call: Interference['call'] = ({ by, action }) =>
    by === 'Compensate' && action === refused
      ? { error: 'UnauthorizedOperation', message: 'not now', effect: false }
      : undefined;
  const simulation = holding({
    ...grouped,
    scenario: { ...failingStep, ...inGroups },
    interfere: { call },
    onLog: (line) => logged.push(line),
  });
  await build(simulation);
  expect(leftIn(simulation)).toEqual(nothing);
  const manifest = onlyManifest(simulation);
  expect(manifest?.failure).not.toHaveProperty('held');
  expect(logged.flatMap(({ note }) => note ?? [])).toContainEqual(
    expect.stringMatching(/^builder i-\w+ is not held: .*UnauthorizedOperation/),
  );
  expect(await operator(simulation).run('shell', 'base')).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('has no held instance'),
  });
});
