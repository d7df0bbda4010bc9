// Steps with secrets. A search through everything that a build leaves behind must not find their values.
import { expect, test } from '@jest/globals';
import { account, build, home, launched, leftIn, manifestIn, nothing, onlyManifest, pipeline, type Setting } from '../../support/pipeline.ts';
import { formatPath } from '../../../core/recipe/recipe.ts';
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

/** What the verbs of golden say of the build. */
async function saidOf(simulation: Simulation): Promise<string> {
  const golden = operator(simulation);
  const said: unknown[] = [];
  for (const line of ['follow base', 'list base --json', 'logs base', 'logs base --json', 'inspect base --json', 'plan base'])
    said.push([line, await golden.run(...line.split(' '))]);
  return JSON.stringify(said);
}

/** Everything that a build leaves or shows, with what the verbs say. */
async function allOf(setting: Setting, change: (simulation: Simulation) => void = () => undefined) {
  const world = withSecrets(setting);
  const { simulation } = world;
  change(simulation);
  const execution = await build(simulation);
  const { history, output, error, cause } = execution;
  await simulation.pass(60); // the page of the build is written
  const said = await saidOf(simulation);
  return { simulation, execution, error: error ?? 'none', all: everythingIn(world, [history, output, cause, said]) };
}

type Shown = Awaited<ReturnType<typeof allOf>>;
const once = (work: () => Promise<Shown>) => {
  let shown: Promise<Shown> | undefined;
  return () => (shown ??= work());
};

const windows = {
  source: { parameter: '/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base', owner: 'amazon' },
  provision: [
    { name: 'packages', powershell: 'Write-Output $env:NPM_TOKEN\nWrite-Output $env:DATABASE', secrets },
    { name: 'after', powershell: 'Write-Output $env:NPM_TOKEN' },
  ],
  checks: [{ name: 'boots', powershell: 'exit 0' }],
};
const printsAndFails = { commands: [{ step: 'packages', exitCode: 1, stderr: `no login with ${values.join(' at ')}` }] };
const removes = ({ cloud: { world } }: Simulation) => world.region(home).secrets.clear();
const removesLater = (simulation: Simulation) =>
  simulation.stepFunctions.onEvent((_, event) => {
    if ((event['stateEnteredEventDetails'] as { name?: string } | undefined)?.name === 'Launch') removes(simulation);
  });

const linux = once(() => allOf({}));
const ofWindows = once(() => allOf({ changes: windows }));

test.each<[string, string, () => Promise<Shown>]>([
  ['a build', 'none', linux],
  ['a build of Windows', 'none', ofWindows],
  ['a step that prints its secrets and fails', 'ProvisionFailed', () => allOf({ scenario: printsAndFails })],
  [
    'a step of Windows that prints its secrets and fails',
    'ProvisionFailed',
    () => allOf({ changes: windows, scenario: printsAndFails }),
  ],
  ['a build that lacks a secret', 'RecipeInvalid', () => allOf({}, removes)],
  ['a step that lacks a secret', 'ProvisionFailed', () => allOf({}, removesLater)],
  ['a step of Windows that lacks a secret', 'ProvisionFailed', () => allOf({ changes: windows }, removesLater)],
])('nothing that %s leaves or shows has the value of a secret', async (_, outcome, work) => {
  const { error, all } = await work();
  expect(error).toBe(outcome);
  expect(all.includes('<!doctype html>')).toBe(outcome !== 'RecipeInvalid');
  expect(all.includes('/builders/npm-token')).toBe(true); // the search sees plan, calls and histories
  for (const form of values.flatMap(formsOf)) expect(all.includes(form)).toBe(false);
});

test('a step reads its secrets by the role of the builder, and no other step has them', async () => {
  const { simulation } = await linux();
  expect(outputOf(simulation, 'packages')?.stdout).toBe('***\n***\npackages: done\n');
  expect(outputOf(simulation, 'after')?.stdout).toBe('\nafter: done\n');
  const profiles = ['builder', 'candidate'].map((role) => launched(simulation, role)[0]?.profileArn?.split('/').at(-1));
  expect(profiles).toEqual(['golden-secrets-of-base', 'golden-image-builder']);
});

test('the search finds a secret that a step prints in another form, which nobody masks', async () => {
  const [form = ''] = formsOf(values[0] ?? '').slice(1);
  const { all } = await allOf({ scenario: { commands: [{ step: 'packages', exitCode: 1, stderr: form }] } });
  expect(all.includes(form)).toBe(true);
});

test('the mask is on the output of Windows, too', async () => {
  const { simulation } = await ofWindows();
  expect(outputOf(simulation, 'packages')?.stdout).toBe('***\n***\npackages: done\n');
  expect(outputOf(simulation, 'after')?.stdout).toBe('\nafter: done\n');
});

test('a step takes the key of a secret in a version, by an ARN or a name', async () => {
  const { simulation } = withSecrets({
    changes: {
      provision: [
        {
          name: 'packages',
          run: 'printenv NEW | cat\nprintenv OLD',
          secrets: {
            NEW: `secret:arn:aws:secretsmanager:${home}:444455556666:secret:shared-AbCdEf:password`,
            OLD: 'secret:prod/api:password:AWSPREVIOUS:',
          },
        },
      ],
    },
  });
  const stored = [...simulation.cloud.world.region(home).secrets.values()];
  expect(stored.find(({ name }) => name === 'prod/api')?.versions).toMatchObject([
    { stages: ['AWSCURRENT'] },
    { stages: ['AWSPREVIOUS'], value: '{"password":"simulated value of secret:prod/api:password"}' },
  ]);
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  expect(outputOf(simulation, 'packages')?.stdout).toBe('***\npackages: done\n');
});

test('secrets that do not exist are refused together, by a plan and by a build, before anything is made', async () => {
  const { simulation } = withSecrets();
  removes(simulation);
  simulation.cloud.world.region(home).parameters.delete(`${account} /builders/npm-token`);
  const { error, cause } = await build(simulation);
  expect(error).toBe('RecipeInvalid');
  const wrong = [
    `provision[0].secrets.NPM_TOKEN: the parameter /builders/npm-token in us-east-1 does not exist in account ${account}`,
    `provision[0].secrets.DATABASE: the secret prod/db in us-east-1 does not exist in account ${account}`,
  ];
  for (const one of wrong) expect(cause).toContain(one);
  expect(launched(simulation, 'builder')).toEqual([]);
  const { output = '' } = await simulation.finish(simulation.plan({ recipe: 'base' }));
  const { problems } = JSON.parse(output) as { problems: { path: (string | number)[]; message: string }[] };
  const said = problems.map(({ path, message }) => `${formatPath(path)}: ${message}`);
  expect(said).toEqual(wrong.map((one) => expect.stringContaining(one)));
});

test('a secret that is there no more fails the step by its name, and nothing is left', async () => {
  const { simulation } = withSecrets();
  removesLater(simulation);
  const { error, cause } = await build(simulation);
  expect(error).toBe('ProvisionFailed');
  expect(cause).toContain('secret:prod/db, the secret of DATABASE, cannot be read');
  expect(leftIn(simulation)).toEqual(nothing);
  expect(onlyManifest(simulation)?.status).toBe('failed');
});

test('a role that may not look at secrets builds with a note', async () => {
  const { simulation } = withSecrets({
    scenario: { api: [{ action: 'ssm:DescribeParameters', error: 'AccessDeniedException', message: 'no' }] },
  });
  const execution = await build(simulation);
  expect(execution.status).toBe('SUCCEEDED');
  expect(manifestIn(simulation, execution).notes).toEqual([
    expect.stringContaining('could not look at the parameter /builders/npm-token in us-east-1 before the build'),
  ]);
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
  const { simulation, execution } = await linux();
  const { recipe, build: id } = manifestIn(simulation, execution);
  const plan = simulation.read({ recipe, build: id }, 'plan');
  expect(plan?.document.provision[0]).toMatchObject({ secrets });
  expect(plan?.secretsProfile).toBe('golden-secrets-of-base');
});
