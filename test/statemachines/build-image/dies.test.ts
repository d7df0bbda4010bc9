import { expect, test } from '@jest/globals';
import type { Action } from '../../../simulator/aws/calls/actions.ts';
import { stages } from '../../../simulator/pipeline/handlers.ts';
import { crash, type Interference } from '../../../simulator/pipeline/interference.ts';
import { createSimulation } from '../../../simulator/pipeline/simulation.ts';
import {
  build,
  caller,
  launched,
  leftIn,
  nothing,
  oneImageEach,
  onlyManifest,
  pipeline,
  recipe,
  regions,
  statesEntered,
  stopAt,
  stoppedAt,
  unheard,
} from '../../support/pipeline.ts';

const hour = 3600;

test.each([
  ['ABORTED', 'AwaitBuilder'],
  ['ABORTED', 'AwaitCommand'],
  ['ABORTED', 'AwaitImage'],
  ['ABORTED', 'AwaitCopy'],
  ['ABORTED', 'Verify'],
  ['TIMED_OUT', 'AwaitCandidate'],
  ['TIMED_OUT', 'Publish'],
] as const)('a build that is %s at %s is undone from outside', async (status, state) => {
  const simulation = pipeline({ interfere: { enter: (entered) => (entered === state ? status : undefined) } });
  expect((await build(simulation)).status).toBe(status);
  await simulation.pass(hour);
  expect(leftIn(simulation)).toEqual(nothing);
  expect(onlyManifest(simulation)).toMatchObject({ status: 'failed', failure: { state, error: status, left: [] } });
});

test('a build that died after its image was published is not undone, only its temporary things are', async () => {
  const simulation = pipeline({ interfere: { enter: (entered) => (entered === 'CleanUp' ? 'ABORTED' : undefined) } });
  await build(simulation);
  await simulation.pass(hour);
  expect(leftIn(simulation)).toMatchObject({ instances: [], volumes: [] });
  expect(leftIn(simulation).images).toEqual(oneImageEach);
  expect(Object.keys(leftIn(simulation).channels)).toEqual(regions);
});

test('a build that another execution has completed since is left alone by the clean-up of the one that died', async () => {
  const simulation = pipeline(unheard);
  const id = await stoppedAt(simulation, 'AwaitCopy');
  expect((await build(simulation, { recipe: 'base', build: id })).status).toBe('SUCCEEDED');
  const machine = simulation.stateMachineArn.replace('build-image', 'clean-up-build');
  const dead = simulation.stepFunctions.execution(
    `${simulation.stateMachineArn.replace('stateMachine', 'execution')}:first`,
  );
  const detail = {
    executionArn: dead.arn,
    startDate: dead.startDate.getTime(),
    status: dead.status,
    input: dead.input,
  };
  const start = simulation.stepFunctions.actions['StartExecution'] as Action;
  start({ stateMachineArn: machine, name: 'late', input: JSON.stringify({ detail }) }, caller);
  await simulation.pass(hour);
  expect(leftIn(simulation).images).toEqual(oneImageEach);
  expect(onlyManifest(simulation)?.status).toBe('published');
});

test('a build that is being cleaned up cannot be started again under the clean-up', async () => {
  const simulation = pipeline();
  const id = await stoppedAt(simulation, 'AwaitCopy');
  await simulation.pass(60);
  expect(await build(simulation, { recipe: 'base', build: id })).toMatchObject({
    error: 'RecipeBusy',
    cause: expect.stringContaining('is being cleaned up by'),
  });
  await simulation.pass(hour);
  expect(leftIn(simulation)).toEqual(nothing);
});

test('a build whose input is too long for the event of its death is undone from outside, and people are told of it', async () => {
  const line = `echo '${'"'.repeat(10)}'\n`;
  const names = ['patch', 'harden', 'install', 'tune', 'trim'];
  const steps = names.map((name) => ({ name, run: line.repeat(30_000 / line.length) }));
  const document = { ...recipe, provision: steps, publish: undefined };
  const input = { recipe: document };
  expect(JSON.stringify(JSON.stringify(input)).length).toBeGreaterThan(248 * 1024);
  const logged: Record<string, unknown>[] = [];
  const catalog = { recipes: { base: recipe }, scripts: {}, version: '1.0.0' };
  const onLog = (entry: Record<string, unknown>) => void logged.push(entry);
  const simulation = createSimulation({ catalog, triggers: true, notify: true, onLog });
  const arn = simulation.start(input);
  stopAt(simulation, arn, 'AwaitImage');
  expect((await simulation.finish(arn)).status).toBe('ABORTED');
  await simulation.pass(hour);
  expect(leftIn(simulation)).toEqual(nothing);
  expect(onlyManifest(simulation)).toMatchObject({ status: 'failed', failure: { state: 'AwaitImage', left: [] } });
  expect(simulation.mails.map(({ subject }) => subject)).toEqual([expect.stringMatching(/: base was stopped$/)]);
  const about = { recipe: 'base', build: launched(simulation, 'builder')[0]?.tags.get('golden:build') };
  expect(logged).toContainEqual(expect.objectContaining({ state: 'RecordFailure', level: 'INFO', ...about }));
});

test('a build that failed and undid itself keeps its record when it is looked at from outside', async () => {
  const simulation = pipeline({ scenario: { commands: [{ step: 'patch', exitCode: 1 }] } });
  await build(simulation);
  const before = onlyManifest(simulation);
  await simulation.pass(hour);
  expect(onlyManifest(simulation)).toEqual(before);
});

test('every function that dies after its work and before its answer is run again and makes no twin', async () => {
  const died = new Set<string>();
  const invoke: Interference['invoke'] = async (stage, _attempt, run) => {
    const answer = await run();
    if (died.has(stage)) return answer;
    died.add(stage);
    throw crash();
  };
  const simulation = pipeline({ interfere: { invoke } });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'SUCCEEDED' });
  expect(died).toEqual(new Set([...statesEntered(execution).filter((state) => stages.has(state)), 'Wake']));
  expect(died.size).toBe(20);
  expect(leftIn(simulation)).toMatchObject({ instances: [], volumes: [] });
  expect(leftIn(simulation).images).toEqual(oneImageEach);
  expect([launched(simulation, 'builder').length, launched(simulation, 'candidate').length]).toEqual([1, 1]);
});

const { instanceProfile: _, ...builder } = recipe.builder;
const unsaid = { ...recipe, builder };
test.each([
  ['overrides', { recipe: 'base', overrides: { description: 'another', publish: null } }],
  ['a document', { recipe: { ...unsaid, description: 'another', publish: undefined } }],
])(
  'a start with %s of a recipe that leaves its profile to the deployment outlives a crash of Resolve',
  async (_, input) => {
    const invoke: Interference['invoke'] = async (stage, attempt, run) => {
      const answer = await run();
      if (stage === 'Resolve' && attempt === 1) throw crash();
      return answer;
    };
    const catalog = { recipes: { base: unsaid }, scripts: {}, version: '1.0.0' };
    const simulation = createSimulation({ catalog, interfere: { invoke } });
    expect(await build(simulation, input)).toMatchObject({ status: 'SUCCEEDED' });
  },
);

test.each(['Compensate', 'RecordFailure'])('a clean-up that dies after its work (%s) is run again', async (name) => {
  const invoke: Interference['invoke'] = async (stage, attempt, run) => {
    const answer = await run();
    if (stage === name && attempt === 1) throw crash();
    return answer;
  };
  const simulation = pipeline({ interfere: { invoke }, scenario: { commands: [{ step: 'boots', exitCode: 1 }] } });
  expect(await build(simulation)).toMatchObject({ error: 'CheckFailed' });
  expect(leftIn(simulation)).toEqual(nothing);
  expect(onlyManifest(simulation)?.failure).toMatchObject({ state: 'AwaitCheck', left: [] });
});
