import { expect, test } from '@jest/globals';
import { eventPaths, type EventPath, type PlacedEvent } from '../../../core/build/event-paths.ts';
import { pipeline } from '../../support/pipeline.ts';

/** What the history of a build says of where its events happened, beside what the interpreter knows. */
async function placed(scenario: object | undefined, stopAt?: string) {
  let stopped = false;
  const enter = (state: string) => (state === stopAt && !stopped ? ((stopped = true), 'ABORTED' as const) : undefined);
  const simulation = pipeline({ ...(scenario && { scenario }), interfere: { enter } });
  const known: EventPath[] = [];
  const arn = simulation.start({ recipe: 'base' });
  simulation.stepFunctions.onEvent((execution, event, path) => {
    if (execution.arn === arn) known[event.id] = path;
  });
  await simulation.finish(arn);
  if (stopAt) simulation.redrive(arn);
  const { history } = await simulation.finish(arn);
  const pathOf = eventPaths();
  return history
    .map((event) => ({ event, found: pathOf(event), path: known[event.id] }))
    .filter(({ event: { type }, path }) => path !== undefined && !type.endsWith('StateAborted'));
}

test.each([
  ['is published', {}],
  [
    'fails in one of several targets',
    { images: [{ region: 'eu-west-1', name: 'base-*', fail: 'the key is disabled' }] },
  ],
  ['fails in a step, which ends its Map', { commands: [{ step: 'patch', exitCode: 1 }] }],
  ['fails in a check, which stops its copies', { commands: [{ step: 'boots', exitCode: 1 }] }],
])('the history of a build that %s tells where each event happened', async (_what, scenario) => {
  const events = await placed(scenario);
  expect(events.length).toBeGreaterThan(40);
  expect(events.filter(({ found, path }) => JSON.stringify(found) !== JSON.stringify(path))).toEqual([]);
});

test.each(['AwaitCommand', 'AwaitImage', 'AwaitCopy'])(
  'so does that of a build that was stopped at %s and redriven',
  async (state) => {
    const events = await placed({}, state);
    expect(events.map(({ event: { type } }) => type)).toContain('ExecutionRedriven');
    expect(events.filter(({ found, path }) => JSON.stringify(found) !== JSON.stringify(path))).toEqual([]);
  },
);

test('an iteration that follows another one, as AWS chains them where one runs at a time, is no part of it', () => {
  const pathOf = eventPaths();
  const iteration = (
    id: number,
    kind: 'Started' | 'Succeeded' | 'Aborted',
    index: number,
    previousEventId = id - 1,
  ) => {
    const details = { [`mapIteration${kind}EventDetails` as const]: { name: 'Provision', index } };
    return pathOf({ ...details, id, previousEventId, type: `MapIteration${kind}` } as PlacedEvent);
  };
  pathOf({ id: 1, previousEventId: 0, type: 'MapStateEntered', stateEnteredEventDetails: { name: 'Provision' } });
  pathOf({ id: 2, previousEventId: 1, type: 'MapStateStarted', mapStateStartedEventDetails: { length: 2 } });
  iteration(3, 'Started', 0);
  pathOf({ id: 4, previousEventId: 3, type: 'TaskStateEntered', stateEnteredEventDetails: { name: 'SendCommand' } });
  expect(iteration(5, 'Succeeded', 0)).toEqual({ map: [{ state: 'Provision', index: 0 }] });
  expect(iteration(6, 'Started', 1)).toEqual({ map: [{ state: 'Provision', index: 1 }] });
  expect(iteration(7, 'Aborted', 0, 6)).toEqual({ map: [{ state: 'Provision', index: 0 }] });
  expect(pathOf({ id: 8, previousEventId: 7, type: 'MapStateSucceeded' })).toEqual({ state: 'Provision' });
});

test('what follows a Parallel or a Map is outside of it, although AWS chains its end to the last event inside', () => {
  const pathOf = eventPaths();
  const named = (id: number, previousEventId: number, type: string, name: string) => {
    const details = type.endsWith('Entered') ? 'stateEnteredEventDetails' : 'stateExitedEventDetails';
    return pathOf({ id, previousEventId, type, [details]: { name } } as PlacedEvent);
  };
  named(1, 0, 'ParallelStateEntered', 'CheckAndCopy');
  expect(pathOf({ id: 2, previousEventId: 1, type: 'ParallelStateStarted' })).toEqual({ state: 'CheckAndCopy' });
  named(3, 2, 'PassStateEntered', 'ChecksPassed');
  named(4, 2, 'MapStateEntered', 'Copy');
  const details = { mapIterationStartedEventDetails: { name: 'Copy', index: 0 } };
  pathOf({ id: 5, previousEventId: 4, type: 'MapIterationStarted', ...details });
  expect(named(6, 5, 'PassStateEntered', 'TargetFailed')).toEqual({
    map: [{ state: 'Copy', index: 0 }],
    state: 'TargetFailed',
  });
  expect(pathOf({ id: 7, previousEventId: 6, type: 'MapStateSucceeded' })).toEqual({ state: 'Copy' });
  expect(named(8, 6, 'MapStateExited', 'Copy')).toEqual({ state: 'Copy' });
  expect(pathOf({ id: 9, previousEventId: 8, type: 'ParallelStateSucceeded' })).toEqual({ state: 'CheckAndCopy' });
  expect(named(10, 8, 'ParallelStateExited', 'CheckAndCopy')).toEqual({ state: 'CheckAndCopy' });
  expect(named(11, 10, 'ChoiceStateEntered', 'IsCopied')).toEqual({ state: 'IsCopied' });
});
