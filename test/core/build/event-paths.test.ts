import { expect, test } from '@jest/globals';
import { eventPaths, type PlacedEvent } from '../../../core/build/event-paths.ts';
import type { EventPath } from '../../../simulator/states/history.ts';
import { pipeline } from '../../support/pipeline.ts';

/** What the history of a build says of where its events happened, beside what the interpreter knows. */
async function placed(scenario: unknown, stopAt?: string) {
  let stopped = false;
  const enter = (state: string) => (state === stopAt && !stopped ? ((stopped = true), 'ABORTED' as const) : undefined);
  const simulation = pipeline({ scenario, interfere: { enter } });
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
    .filter(({ event: { type }, path }) => path !== undefined && type !== 'TaskStateAborted');
}

test.each([
  ['is published', {}],
  [
    'fails in one of several targets',
    { images: [{ region: 'eu-west-1', name: 'base-*', fail: 'the key is disabled' }] },
  ],
  ['fails in a step, which ends its Map', { commands: [{ step: 'patch', exitCode: 1 }] }],
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
