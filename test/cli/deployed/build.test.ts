import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Interference } from '../../../simulator/pipeline/interference.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { brisk, operator } from '../../support/deployed.ts';
import { launched, pipeline, recipe, targets } from '../../support/pipeline.ts';

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'golden-build-'))));
afterAll(() => rm(folder, { recursive: true }));

// Each test has an account of its own, in which nothing has been built. A test sets what goes wrong in it.
let meddle: Interference['call'];
let simulation: Simulation;
beforeEach(() => {
  meddle = undefined;
  simulation = pipeline({
    changes: { distribute: [targets.home], checks: [] },
    scenario: { commands: [{ step: 'breaks', exitCode: 3, stderr: 'no such package' }], delays: brisk },
    interfere: { call: (call) => meddle?.(call) },
  });
});

const golden = (...args: string[]) => operator(simulation).run(...args);
const executions = (machine = 'build-image') => {
  const list = simulation.stepFunctions.actions['ListExecutions'];
  const stateMachineArn = simulation.stateMachineArn.replace(/build-image$/, machine);
  const answer = list?.({ stateMachineArn, maxResults: 1000 }, { account: '', region: '' });
  return (answer as { executions: { executionArn: string }[] }).executions.map(({ executionArn }) =>
    simulation.stepFunctions.execution(executionArn),
  );
};
const breaking = ['--override', 'provision=[{ name: breaks, run: "false" }]', '--override', 'publish='];
const historyCalls = (from = 0) =>
  simulation.cloud.calls.slice(from).filter(({ action, by }) => action === 'GetExecutionHistory' && by === undefined);
/** What AWS does to looks at the history, and to nothing else. */
const onLooks =
  (fate: () => ReturnType<NonNullable<Interference['call']>>): Interference['call'] =>
  ({ by, action }) =>
    by === undefined && action === 'GetExecutionHistory' ? fate() : undefined;

test('a build is started on AWS and followed until its image is published', async () => {
  const { exitCode, out, err } = await golden('build', 'base');
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(out).toMatch(/● Provision 1\/3 +patch .*\n(.*\n)*.*✓ Provision 1\/3 +patch .* \d+s\n/);
  expect(out).toMatch(/✓ Copy us-east-1 +AwaitCopy /);
  expect(out).toMatch(/^ {2}us-east-1 +ami-[0-9a-f]{17} +444455556666 +\/golden\/base\/stable +published$/m);
  expect(out).toMatch(/✓ base-\d{8}-\d{6}-[0-9a-f]{4} is published\n/);
  expect(out.split('\n').filter((line) => line.length > 100 && !line.includes('arn:aws:states:'))).toEqual([]);
});

test('a build that finds its image published already is a success that made nothing', async () => {
  await golden('build', 'base');
  const { exitCode, out } = await golden('build', 'base');
  expect(exitCode).toBe(0);
  expect(out).toContain('is what the recipe asks for already');
  expect(launched(simulation, 'builder')).toHaveLength(1);
});

test('with --json stdout is the manifest and nothing else, progress goes to stderr', async () => {
  const { exitCode, out, err } = await golden('build', 'base', '--json', ...breaking);
  expect(exitCode).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ recipe: 'base', status: 'failed', failure: { error: 'ProvisionFailed' } });
  expect(err).toMatch(/✗ Provision 1\/2 +breaks .*\n +ProvisionFailed: (.*\n)+? +│ no such package\n/);
});

test('on a terminal what runs is rewritten in place, with the seconds it has taken so far', async () => {
  const { exitCode, out } = await operator(simulation).onTerminal('build', 'base', ...breaking);
  expect(exitCode).toBe(1);
  const frames = out.split('\x1b[2A\x1b[J');
  expect(frames).toContainEqual(
    expect.stringMatching(/^.*● AwaitBuilder .* \ds\n +\d+s so far; Ctrl-C leaves, the build goes on\n$/),
  );
  expect(out).toContain('failed in AwaitCommand ("breaks") with ProvisionFailed');
});

test('what is asked for besides the recipe reaches the execution', async () => {
  const asked = ['--override', 'image.capture=running', '--override', 'publish=', '--force'];
  const { exitCode, out } = await golden('build', 'base', ...asked, '--build', '20261120-030000-9f2c', '--detach');
  expect(exitCode).toBe(0);
  expect(out).toContain('To follow it: golden follow 20261120-030000-9f2c\n');
  expect(JSON.parse(executions()[0]?.input ?? '')).toEqual({
    recipe: 'base',
    overrides: { image: { capture: 'running' }, publish: null },
    force: true,
    build: '20261120-030000-9f2c',
  });
});

test('a start whose answer is lost is one build', async () => {
  const before = executions().length;
  let lost = false;
  meddle = ({ action, by }) => {
    if (action !== 'StartExecution' || by !== undefined || lost) return undefined;
    lost = true;
    return 'after';
  };
  const { exitCode } = await golden('build', 'base', '--force', '--detach');
  expect({ exitCode, lost, started: executions().length - before }).toEqual({ exitCode: 0, lost: true, started: 1 });
  await simulation.finish(executions()[0]?.arn ?? '');
});

test('a recipe file is sent as it is, whatever is deployed under its name', async () => {
  const document = {
    ...recipe,
    name: 'other',
    provision: [{ name: 'breaks', run: 'false' }],
    publish: undefined,
    distribute: [targets.home],
  };
  const file = join(folder, 'other.yaml');
  await writeFile(file, JSON.stringify(document));
  expect(await golden('build', file)).toMatchObject({ exitCode: 1 });
  expect(JSON.parse(executions()[0]?.input ?? '')).toEqual({ recipe: document });
});

test('a recipe file with scripts says that only the document is sent, and is refused where they are not deployed', async () => {
  await writeFile(join(folder, 'install.sh'), 'true\n');
  const file = join(folder, 'scripted.yaml');
  await writeFile(file, JSON.stringify({ ...recipe, name: 'scripted', provision: [{ script: 'install.sh' }] }));
  const { exitCode, out, err } = await golden('build', file);
  expect(exitCode).toBe(2);
  expect(out).toContain(
    'Only the document was sent: install.sh must be among the scripts and files that are deployed.',
  );
  expect(err).toContain('provision[0].script');
  const varied = join(folder, 'varied.yaml');
  const variants = { one: { provision: [{ script: 'install.sh' }] }, other: { image: { tags: { a: 'b' } } } };
  await writeFile(varied, JSON.stringify({ ...recipe, name: 'varied', variants }));
  expect((await golden('build', varied)).out).toContain('install.sh must be among the scripts');
});

test('what can be seen to be wrong starts nothing', async () => {
  const before = executions().length;
  const broken = join(folder, 'broken.yaml');
  await writeFile(broken, 'name: broken\ncolour: blue\n');
  const large = join(folder, 'large.yaml');
  const run = 'x'.repeat(55_000);
  const provision = Array.from({ length: 5 }, (_, index) => ({ name: `step ${index}`, run }));
  await writeFile(large, JSON.stringify({ ...recipe, name: 'large', provision }));
  const refusals: [string[], string][] = [
    [[broken], 'broken.yaml:2:1 colour: '],
    [[large], 'are more than the 262144 that an execution can be started with'],
    [['Base'], 'Base: is not the name of a recipe'],
    [['base', '--override', 'size 10', '--build', 'yesterday'], '--override size 10: '],
    [['base', '--region', 'mars-1'], '--region mars-1: there is no such region'],
    [
      ['base', '--region', 'eu-west-1'],
      'no state machine golden-image-dev-build-image in eu-west-1; deploy the pipeline',
    ],
    [['base', '--stage', 'prod'], '(there is golden-image-dev-build-image)'],
  ];
  for (const [args, told] of refusals) {
    const { exitCode, out, err } = await golden('build', ...args);
    expect({ args, exitCode, out }).toEqual({ args, exitCode: 2, out: '' });
    expect(err).toContain(told);
  }
  expect(executions()).toHaveLength(before);
});

test('the region is that of the environment or profile, and where nobody is logged in, that is told', async () => {
  const elsewhere = operator(simulation, { region: async () => 'eu-west-1' });
  expect(await elsewhere.run('build', 'base')).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('in eu-west-1;'),
  });
  meddle = () => ({ error: 'ExpiredTokenException', message: 'The security token is expired', effect: false });
  const { exitCode, err } = await golden('build', 'base', '--force');
  expect(exitCode).toBe(2);
  expect(err).toMatch(
    /^AWS has no valid credentials from here; set AWS_PROFILE.*\n.*ListStateMachines in us-east-1: ExpiredTokenException/,
  );
});

test('a recipe that the pipeline refuses is bad input, with what it says', async () => {
  const { exitCode, err } = await golden('build', 'nonesuch');
  expect(exitCode).toBe(2);
  expect(err).toContain('there is no recipe "nonesuch"; there are base');
});

test('Ctrl-C leaves a build that goes on, and following it later shows all of it', async () => {
  const someone = operator(simulation);
  someone.interruptIn(25);
  const left = await someone.run('build', 'base', '--force', '--region', 'us-east-1');
  const [execution] = executions();
  expect({ exitCode: left.exitCode, status: execution?.status }).toEqual({ exitCode: 130, status: 'RUNNING' });
  const [, build = ''] = /golden follow (\S+) --region us-east-1\n/.exec(left.out) ?? [];
  expect(left.out).toContain(`golden cancel ${build} --region us-east-1\n`);
  expect(left.out).not.toContain('✓ Provision');

  const back = await golden('follow', build);
  expect(back).toMatchObject({
    exitCode: 0,
    out: expect.stringMatching(/✓ Resolve (.*\n)*.*✓ CleanUp (.*\n)*.*is published/),
  });
  expect(launched(simulation, 'builder').filter(({ tags }) => tags.get('golden:build') === build)).toHaveLength(1);
});

test('a build of a recipe that is being built is refused, and says by whom', async () => {
  await golden('build', 'base', '--force', '--detach');
  const { out: listed } = await golden('list', '--json');
  const [first] = JSON.parse(listed) as { build: string; execution: string }[];
  await operator(simulation).run('list'); // some seconds later
  await simulation.pass(5);
  const { exitCode, err } = await golden('build', 'base', '--force');
  expect(exitCode).toBe(1);
  expect(err).toContain(`base is being built by ${first?.execution} (build ${first?.build})`);
  expect(await golden('follow', 'base', '--json')).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining(`"${first?.build}"`),
  });
});

test('a look at hours of history asks for its end only', async () => {
  const from = simulation.cloud.calls.length;
  await golden('build', 'base', '--force');
  const looks = historyCalls(from).map(({ params }) => params as { reverseOrder: boolean; maxResults: number });
  const { history } = executions()[0] ?? { history: [] };
  expect(looks[0]).toMatchObject({ reverseOrder: false, maxResults: 1000 });
  expect(looks.slice(1).filter(({ reverseOrder }) => !reverseOrder)).toEqual([]);
  const asked = looks.slice(1).reduce((sum, { maxResults }) => sum + maxResults, 0);
  expect(asked / looks.length).toBeLessThan(40);
  expect(history.length).toBeGreaterThan(100);
});

test('throttling and a network that is away for minutes do not end the following', async () => {
  let looks = 0;
  meddle = onLooks(() => {
    looks++;
    if (looks > 6 && looks < 30) return { error: 'ThrottlingException', effect: false };
    return looks >= 30 && looks < 50 ? 'before' : undefined;
  });
  const { exitCode, out } = await golden('build', 'base', '--force');
  expect(exitCode).toBe(0);
  expect(looks).toBeGreaterThan(50);
  expect(out.match(/no answer, still trying: states:GetExecutionHistory/g)).toHaveLength(1);
  expect(out).toContain('✓ CleanUp');
});

test.each([
  [
    'credentials expire',
    { error: 'ExpiredTokenException', effect: false },
    /no valid credentials from here.*\n.*ExpiredTokenException/,
  ],
  ['there is no network for a quarter of an hour', 'before', /ECONNRESET/],
] as const)('where %s, the build goes on without being followed and can be come back to', async (_what, fate, told) => {
  let looks = 0;
  meddle = onLooks(() => (++looks > 3 ? fate : undefined));
  const { exitCode, err } = await golden('build', 'base', '--force');
  expect(exitCode).toBe(2);
  expect(err).toMatch(told);
  expect(err).toMatch(/The build goes on without being followed. To come back: golden follow \S+\n/);
  meddle = undefined;
  expect(await golden('follow', 'base')).toMatchObject({ exitCode: 0 });
});

test('a build that somebody stops is told as stopped, with who undoes it', async () => {
  const someone = operator(simulation);
  const { clock, stepFunctions } = simulation;
  clock.at(clock.now() + 25_000, () => stepFunctions.end(executions()[0]?.arn ?? '', 'ABORTED'));
  const { exitCode, out, err } = await someone.run('build', 'base', '--force', '--json');
  expect(exitCode).toBe(1);
  expect(err).toContain('It is undone from outside within minutes');
  expect(JSON.parse(out)).toMatchObject({ status: 'failed', failure: { error: 'ABORTED' } });
});
