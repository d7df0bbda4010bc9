import { expect, test } from '@jest/globals';
import {
  al2023,
  childOf,
  day,
  follower,
  hour,
  recordOf,
  resting,
  skipped,
  started,
  triggered,
} from '../../support/triggered.ts';

const at = (time: string) => ({ start: new Date(time) });

test('a schedule fires at the time its clocks show, within its window, also when they are changed', async () => {
  const triggers = { schedule: 'cron(0 3 ? * SUN *)', timezone: 'Europe/Berlin', flexibleWindow: '20m' };
  const simulation = triggered([follower('base', { triggers })], at('2026-10-17T00:00:00Z'));
  await simulation.pass(16 * day);
  const named = simulation.starts.map(({ reason }) => /\S+Z$/.exec(reason)?.[0] ?? '');
  // Summer time ends on the 25th, at 03:00.
  expect(named).toEqual(['2026-10-18T01:00:00Z', '2026-10-25T02:00:00Z', '2026-11-01T02:00:00Z']);
  for (const [index, start] of simulation.starts.entries()) {
    const late = (Date.parse(start.at) - Date.parse(named[index] ?? '')) / 60_000;
    expect(late).toBeGreaterThan(0);
    expect(late).toBeLessThan(21);
  }
  expect(simulation.executions().map(({ name }) => name)).toEqual([
    'base-20261018T010000Z',
    'base-20261025T020000Z',
    'base-20261101T020000Z',
  ]);
  // The first one builds; the others find its image up to date.
  const statuses = simulation
    .executions()
    .map(({ output }) => (JSON.parse(output ?? '{}') as { status: string }).status);
  expect(statuses).toEqual(['published', 'up-to-date', 'up-to-date']);
});

test('a rate begins at once and fires in its own time; a recipe without schedule is left alone', async () => {
  const simulation = triggered([
    follower('often', { triggers: { schedule: 'rate(2 days)', flexibleWindow: '1m' } }),
    resting('never'),
  ]);
  await simulation.pass(5 * day);
  expect(started(simulation)).toEqual(Array(3).fill('often by schedule'));
  const days = simulation.starts.map((start) =>
    Math.floor((Date.parse(start.at) - Date.parse('2026-11-23T03:00Z')) / 86_400_000),
  );
  expect(days).toEqual([0, 2, 4]);
  expect(simulation.queue('TriggerFailures')).toEqual([]);
});

test('with automatic builds off days pass and nothing starts, whatever happens', async () => {
  const asks = { triggers: { schedule: 'rate(1 day)', onSourceUpdate: true, rebuildAfter: '1d' } };
  const settings = { automaticBuilds: false };
  const simulation = triggered([follower('base', asks), follower('child', childOf('base'))], { settings });
  await simulation.pass(2 * day);
  simulation.sourceUpdated(al2023);
  await simulation.pass(day);
  expect({ starts: simulation.starts, executions: simulation.executions() }).toEqual({ starts: [], executions: [] });
  // A build that somebody starts is published, and its children do not follow.
  await simulation.finish(simulation.start({ recipe: 'base' }));
  await simulation.pass(3 * day);
  expect(simulation.executions()).toHaveLength(1);
  expect(recordOf(simulation, 'base').published).toBeDefined();
  expect(simulation.queue('TriggerFailures')).toEqual([]);
});

test('an event that was under way when automatic builds were turned off starts nothing, and the log says why', async () => {
  const simulation = triggered([follower('base')], { triggers: false, settings: { automaticBuilds: false } });
  const { cloud, stepFunctions } = simulation;
  const Parameters = {
    FunctionName: 'arn:aws:lambda:us-east-1:222233334444:function:golden-image-dev-StartBuild',
    Payload: { recipe: 'base', scheduled: '2026-11-23T03:00:00Z' },
  };
  const call = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Parameters, End: true };
  const definition = JSON.stringify({ StartAt: 'Call', States: { Call: call } });
  const stateMachineArn = stepFunctions.createStateMachine({ name: 'caller', region: 'us-east-1', definition });
  const at = { account: '222233334444', region: 'us-east-1' };
  const started = cloud.services['sfn']?.['StartExecution']?.({ stateMachineArn, name: 'late', input: '{}' }, at);
  await simulation.finish((started as { executionArn: string }).executionArn);
  expect(skipped(simulation)).toEqual(['base: automatic builds are off']);
  expect(simulation.executions()).toEqual([]);
});

test('without triggers nothing starts by itself', async () => {
  const simulation = triggered([follower('base')], { triggers: false });
  await simulation.pass(3 * hour);
  expect(simulation.executions()).toEqual([]);
});
