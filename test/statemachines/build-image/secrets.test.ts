// Steps with secrets. A search through everything that a build leaves behind must not find their values.
import { expect, test } from '@jest/globals';
import { build, home, launched, leftIn, manifestIn, nothing, onlyManifest, pipeline, type Setting } from '../../support/pipeline.ts';
import { operator } from '../../support/deployed.ts';
import { setSecret } from '../../../simulator/aws/ssm/guest-secrets.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';

const secrets = { NPM_TOKEN: '/builders/npm-token', DATABASE: 'secret:prod/db' };
const builder = { instanceTypes: ['t3.small'], rootVolume: { encrypted: true, kmsKey: 'alias/golden' } };
const provision = [
  { name: 'packages', run: 'npm ci\nprintenv NPM_TOKEN\nprintenv DATABASE', secrets },
  { name: 'after', run: 'printenv NPM_TOKEN' },
];
const values = ['npm_4c1dS3cr3tV4lue', 'postgres://u:p4ssw0rd@db'];

function withSecrets(setting: Setting = {}) {
  const lines: unknown[] = [];
  const events: unknown[] = [];
  const { changes, ...others } = setting;
  const simulation = pipeline({
    ...others,
    changes: { builder, provision, ...changes },
    answers: true,
    pages: true,
    onLog: (line) => void lines.push(line),
  });
  Object.values(secrets).forEach((name, at) => setSecret(simulation.cloud.world, home, name, values[at] ?? ''));
  simulation.cloud.events.onEvent((event) => void events.push(event));
  return { simulation, lines, events };
}

/** Everything that a build leaves or shows: calls and answers, histories, documents and outputs, logs, events, tags and user data. */
function everythingIn({ simulation, lines, events }: ReturnType<typeof withSecrets>, history: unknown): string {
  const { world, calls } = simulation.cloud;
  const objects = [...world.buckets.values()].flatMap(({ objects: all }) => [...all.entries()]);
  const instances = [...world.region(home).instances.values()].map(({ tags, userData }) => [...tags, userData]);
  const commands = [...world.region(home).commands.values()].map(({ parameters, comment, invocations }) => [
    parameters,
    comment,
    invocations.map(({ stdout, stderr }) => [stdout, stderr]),
  ]);
  const all = { calls, objects, lines, events, history, instances, commands };
  return JSON.stringify(all, (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString() : value,
  );
}

/** A value, and what encoding makes of it. */
const formsOf = (value: string) => [value, Buffer.from(value).toString('base64'), encodeURIComponent(value)];

const outputOf = (simulation: Simulation, step: string) =>
  [...simulation.cloud.world.region(home).commands.values()].find((command) => command.step === step)?.invocations[0];

test('a step reads its secrets by the role of the builder, and no other step has them', async () => {
  const { simulation } = withSecrets();
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  expect(outputOf(simulation, 'packages')?.stdout).toBe('***\n***\npackages: done\n');
  expect(outputOf(simulation, 'after')?.stdout).toBe('\nafter: done\n');
  const profiles = ['builder', 'candidate'].map((role) => launched(simulation, role)[0]?.profileArn?.split('/').at(-1));
  expect(profiles).toEqual(['golden-secrets-of-base', 'golden-image-builder']);
});

/** What the verbs of golden say of the build. */
async function saidOf(simulation: Simulation): Promise<string> {
  const golden = operator(simulation);
  const said: unknown[] = [];
  for (const line of ['follow base', 'list base --json', 'logs base', 'logs base --json', 'inspect base --json', 'plan base'])
    said.push([line, await golden.run(...line.split(' '))]);
  return JSON.stringify(said);
}

test('nothing that a build leaves or shows has the value of a secret', async () => {
  const world = withSecrets();
  const { history, output } = await build(world.simulation);
  await world.simulation.pass(60); // the page of the build is written
  const said = await saidOf(world.simulation);
  expect(said).toContain('packages: done'); // golden logs shows the output of the step
  const all = everythingIn(world, [history, output, said]);
  expect(all.includes('<!doctype html>')).toBe(true);
  expect(all.includes('/builders/npm-token')).toBe(true); // the search sees plan, calls and histories
  for (const form of values.flatMap(formsOf)) expect(all.includes(form)).toBe(false);
});

test('the search finds a secret that a step prints without the mask, so that it would find a leak', async () => {
  const world = withSecrets({ scenario: { commands: [{ step: 'packages', exitCode: 1, stderr: values[0] }] } });
  const { history, output, cause } = await build(world.simulation);
  expect(everythingIn(world, [history, output, cause]).includes(values[0] ?? '')).toBe(true);
});

test('a secret that is missing fails the step by its name, and nothing is left', async () => {
  const { simulation } = withSecrets();
  simulation.cloud.world.region(home).secrets.clear();
  const { error, cause } = await build(simulation);
  expect(error).toBe('ProvisionFailed');
  expect(cause).toContain('secret:prod/db, the secret of DATABASE, cannot be read');
  expect(leftIn(simulation)).toEqual(nothing);
  expect(onlyManifest(simulation)?.status).toBe('failed');
});

test('a start may not add secrets that the deployed recipe does not have', async () => {
  const { simulation } = withSecrets();
  const more = [{ name: 'packages', run: 'true', secrets: { OTHER: '/prod/other' } }];
  const { error, cause } = await build(simulation, { recipe: 'base', overrides: { provision: more, publish: null } });
  expect(error).toBe('RecipeInvalid');
  expect(cause).toContain('provision[0].secrets.OTHER: the builder may not read /prod/other');
});

test('a recipe with an instance profile of its own uses that, and nobody judges its secrets', async () => {
  const { simulation } = withSecrets({ changes: { builder: { ...builder, instanceProfile: 'own' } } });
  await build(simulation);
  expect(launched(simulation, 'builder')[0]?.profileArn).toMatch(/\/own$/);
});

test('a manifest and a plan name secrets by their names only', async () => {
  const { simulation } = withSecrets();
  const execution = await build(simulation);
  const { recipe, build: id } = manifestIn(simulation, execution);
  const plan = simulation.read({ recipe, build: id }, 'plan');
  expect(plan?.document.provision[0]).toMatchObject({ secrets });
  expect(plan?.secretsProfile).toBe('golden-secrets-of-base');
});
