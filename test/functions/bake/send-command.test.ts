// Steps that are tried again while they fail, and steps that may fail.
import { expect, test } from '@jest/globals';
import { move } from '../../../simulator/aws/ec2/instances/instances.ts';
import { crash, type Interference } from '../../../simulator/pipeline/interference.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import {
  build,
  launched,
  leftIn,
  manifestIn,
  nothing,
  onlyManifest,
  pipeline,
  statesEntered,
  stoppedAt,
  unheard,
} from '../../support/pipeline.ts';

const provision = [
  { name: 'packages', run: 'npm ci', retry: { attempts: 3, delay: '2m' } },
  { name: 'lint', run: 'npm run lint', onFailure: 'continue' },
];
const changes = { provision };
const stumbles = { step: 'packages', exitCode: 7, stderr: 'the registry is busy', times: 2 };
const lintFails = { step: 'lint', exitCode: 3, stderr: 'no tabs' };

const commandsIn = ({ cloud }: Simulation) => [...cloud.world.region('us-east-1').commands.values()];
const sentIn = (simulation: Simulation) => commandsIn(simulation).map(({ comment }) => comment.replace(/^[^/]*\//, ''));
const tried = ['provision/0 packages', 'provision/0/2 packages', 'provision/0/3 packages'];
const after = ['provision/1 lint', 'provision/2 sanitize', 'check/0 boots'];

test('a step that fails is tried again after its delay, each time by a command of its own', async () => {
  const simulation = pipeline({ changes, scenario: { commands: [stumbles] } });
  const execution = await build(simulation);
  expect(execution.status).toBe('SUCCEEDED');
  expect(sentIn(simulation)).toEqual([...tried, ...after]);
  const [first, second] = commandsIn(simulation);
  const pause = ((second?.sentAt ?? 0) - (first?.invocations[0]?.endedAt ?? 0)) / 1000;
  expect(pause).toBeGreaterThanOrEqual(120);
  expect(pause).toBeLessThan(200);
  expect(manifestIn(simulation, execution)).not.toHaveProperty('failedSteps');
});

test('a step that fails in all its attempts ends the build, which says how often it was tried', async () => {
  const simulation = pipeline({ changes, scenario: { commands: [{ ...stumbles, times: 3 }] } });
  expect(await build(simulation)).toMatchObject({
    error: 'ProvisionFailed',
    cause: expect.stringMatching(/"packages" \(attempt 3 of 3, command .*exit code 7[^]*the registry is busy/),
  });
  expect(sentIn(simulation)).toEqual(tried);
  expect(leftIn(simulation)).toEqual(nothing);
});

test('an attempt that runs out of time is an attempt that failed', async () => {
  const simulation = pipeline({
    changes,
    scenario: { commands: [{ step: 'packages', status: 'TimedOut', times: 1 }] },
  });
  expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  expect(sentIn(simulation)).toEqual([...tried.slice(0, 2), ...after]);
});

test('after a step that may fail the build goes on, and the manifest tells what failed and how', async () => {
  const simulation = pipeline({ changes, scenario: { commands: [lintFails] } });
  const execution = await build(simulation);
  expect(execution.status).toBe('SUCCEEDED');
  expect(sentIn(simulation)).toEqual([tried[0], ...after]);
  const manifest = manifestIn(simulation, execution);
  expect(manifest.failedSteps).toEqual([
    expect.objectContaining({ name: 'lint', attempts: 1, exitCode: 3, output: expect.stringContaining('no tabs') }),
  ]);
  expect(manifest.notes).toEqual([
    'the step "lint" failed (exit code 3), and the build went on, as its onFailure says',
  ]);
});

test('a build that fails later tells of the step that it went on after', async () => {
  const commands = [lintFails, { step: 'boots', exitCode: 1 }];
  const simulation = pipeline({ changes, scenario: { commands } });
  expect(await build(simulation)).toMatchObject({ error: 'CheckFailed' });
  expect(onlyManifest(simulation)?.failedSteps).toMatchObject([{ name: 'lint', exitCode: 3 }]);
});

test('a builder that is lost ends the build, whatever the step may do', async () => {
  const lost: string[] = [];
  const onLog = ({ state }: Record<string, unknown>) => {
    const sent = commandsIn(simulation).find(({ step }) => step === 'lint');
    if (state !== 'AwaitCommand' || !sent || lost.length > 0) return;
    const [instance] = launched(simulation, 'builder');
    lost.push(instance!.id);
    move(simulation.cloud.world, instance!, 'shutting-down', 'instanceTerminate', 'terminated');
  };
  const simulation = pipeline({ changes, scenario: { commands: [{ ...lintFails, seconds: 600 }] }, onLog });
  expect(await build(simulation)).toMatchObject({ error: 'BuilderFailed' });
  expect(leftIn(simulation)).toEqual(nothing);
});

const settings = { changes, scenario: { ...unheard.scenario, commands: [stumbles, lintFails] } };

test.each(['SendCommand', 'AwaitCommand', 'WaitForAttempt'])(
  'a build that is stopped at its second %s and redriven runs each attempt once',
  async (state) => {
    const enter: Interference['enter'] = (entered, visit) => (entered === state && visit === 2 ? 'ABORTED' : undefined);
    const simulation = pipeline({ ...settings, interfere: { enter } });
    const arn = simulation.start({ recipe: 'base' });
    expect((await simulation.finish(arn)).status).toBe('ABORTED');
    await simulation.pass(60); // a person takes longer than SSM to list a command that was just sent
    simulation.redrive(arn);
    expect((await simulation.finish(arn)).status).toBe('SUCCEEDED');
    expect(sentIn(simulation)).toEqual([...tried, ...after]);
    expect(onlyManifest(simulation)?.failedSteps).toHaveLength(1);
  },
);

test('a build that was stopped between two attempts and is started again by its id runs each attempt once', async () => {
  const simulation = pipeline(settings);
  const id = await stoppedAt(simulation, 'WaitForAttempt');
  const execution = await build(simulation, { recipe: 'base', build: id });
  expect(execution.status).toBe('SUCCEEDED');
  expect(sentIn(simulation)).toEqual([...tried, ...after]);
  expect(manifestIn(simulation, execution).failedSteps).toHaveLength(1);
});

test('a build that was stopped after its image was made tells of a step that failed before', async () => {
  const simulation = pipeline(settings);
  const id = await stoppedAt(simulation, 'AwaitImage');
  const execution = await build(simulation, { recipe: 'base', build: id });
  expect(statesEntered(execution)).not.toContain('Provision');
  expect(manifestIn(simulation, execution).failedSteps).toMatchObject([{ name: 'lint' }]);
});

test('a SendCommand whose process ends after its work repeats no attempt', async () => {
  const invoke: Interference['invoke'] = async (stage, _attempt, run) => {
    const result = await run();
    if (stage === 'SendCommand' && crashes.add(JSON.stringify(result)).size % 2 === 1) throw crash();
    return result;
  };
  const crashes = new Set<string>();
  const simulation = pipeline({ ...settings, interfere: { invoke } });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  expect(sentIn(simulation)).toEqual([...tried, ...after]);
  expect(crashes.size).toBeGreaterThan(4);
});
