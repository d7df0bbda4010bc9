import { expect, test } from '@jest/globals';
import { failedState, timingsOf, type StateEvent } from '../../core/timings.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 23, 3) + seconds * 1000);
const event = (id: number, previousEventId: number, type: string, seconds: number, state?: string): StateEvent => ({
  id,
  previousEventId,
  type,
  timestamp: at(seconds),
  state,
});

test('a visit is timed from entering to leaving, retries included', () => {
  const events = [
    event(1, 0, 'ExecutionStarted', 0),
    event(2, 0, 'TaskStateEntered', 1, 'AwaitImage'),
    event(3, 2, 'TaskScheduled', 1),
    event(4, 3, 'TaskTimedOut', 6),
    event(5, 4, 'TaskScheduled', 7),
    event(6, 5, 'TaskStateExited', 98.25, 'AwaitImage'),
  ];
  expect(timingsOf(events)).toEqual([{ state: 'AwaitImage', startedAt: '2026-11-23T03:00:01.000Z', seconds: 97.25 }]);
});

test('iterations side by side are told apart', () => {
  const events = [
    event(1, 0, 'TaskStateEntered', 0, 'CopyImage'),
    event(2, 0, 'TaskStateEntered', 0, 'CopyImage'),
    event(3, 2, 'TaskStateExited', 5, 'CopyImage'),
    event(4, 1, 'TaskStateExited', 9, 'CopyImage'),
  ];
  expect(timingsOf(events).map(({ seconds }) => seconds)).toEqual([9, 5]);
});

test('a visit that was redriven began with the redrive: the state is not entered again', () => {
  const events = [
    event(1, 0, 'TaskStateEntered', 0, 'AwaitCopy'),
    event(2, 1, 'TaskScheduled', 0),
    event(3, 0, 'ExecutionAborted', 50),
    event(4, 3, 'ExecutionRedriven', 100),
    event(5, 4, 'TaskScheduled', 100),
    event(6, 5, 'TaskStateExited', 107, 'AwaitCopy'),
    event(7, 4, 'MapIterationFailed', 108),
  ];
  expect(timingsOf(events)).toEqual([{ state: 'AwaitCopy', startedAt: '2026-11-23T03:01:40.000Z', seconds: 7 }]);
});

test('a visit that has not ended is left out', () => {
  expect(timingsOf([event(1, 0, 'TaskStateEntered', 0, 'CleanUp')])).toEqual([]);
});

test('the state that failed is the one that was left for the clean-up', () => {
  const events = [
    event(1, 0, 'TaskStateEntered', 0, 'Launch'),
    event(2, 1, 'TaskStateExited', 1, 'Launch'),
    event(3, 2, 'MapStateEntered', 1, 'Provision'),
    event(4, 3, 'TaskStateEntered', 1, 'SendCommand'),
    event(5, 4, 'MapStateFailed', 2),
    event(6, 5, 'MapStateExited', 2, 'Provision'),
    event(7, 6, 'TaskStateEntered', 2, 'Compensate'),
    event(8, 7, 'TaskStateExited', 9, 'Compensate'),
    event(9, 8, 'TaskStateEntered', 9, 'RecordFailure'),
  ];
  expect(failedState(events, ['Compensate', 'RecordFailure'])).toBe('Provision');
  expect(failedState([], ['Compensate'])).toBe('unknown');
});

test('a task that ends its iteration is timed until the iteration failed', () => {
  const events = [
    event(1, 0, 'MapStateEntered', 0, 'Provision'),
    event(2, 1, 'TaskStateEntered', 0, 'SendCommand'),
    event(3, 2, 'TaskStateExited', 1, 'SendCommand'),
    event(4, 3, 'TaskStateEntered', 1, 'AwaitCommand'),
    event(5, 4, 'TaskFailed', 31),
    event(6, 5, 'MapIterationFailed', 31),
    event(7, 6, 'MapStateFailed', 31),
  ];
  expect(timingsOf(events).map(({ state, seconds }) => [state, seconds])).toEqual([
    ['SendCommand', 1],
    ['AwaitCommand', 30],
  ]);
});
