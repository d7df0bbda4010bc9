import { describe, expect, test } from '@jest/globals';
import { ending, failedPlace, timingsOf, type StateEvent } from '../../../core/build/timings.ts';

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
    event(3, 2, 'TaskStateEntered', 1, 'AwaitBuilder'),
    event(4, 3, 'TaskFailed', 2),
    event(5, 4, 'TaskStateExited', 2, 'AwaitBuilder'),
    event(6, 5, 'TaskStateEntered', 2, 'Compensate'),
    event(7, 6, 'TaskStateExited', 9, 'Compensate'),
    event(8, 7, 'TaskStateEntered', 9, 'RecordFailure'),
  ];
  expect(failedPlace(events)).toEqual({ state: 'AwaitBuilder' });
  expect(failedPlace([])).toEqual({ state: 'unknown' });
});

const inMap = [
  event(1, 0, 'MapStateEntered', 1, 'Provision'),
  event(2, 1, 'MapStateStarted', 1),
  { ...event(3, 2, 'MapIterationStarted', 1), map: 'Provision', index: 0 },
  event(4, 3, 'TaskStateEntered', 1, 'SendCommand'),
  event(5, 4, 'TaskStateExited', 2, 'SendCommand'),
  event(6, 5, 'MapIterationSucceeded', 2),
  { ...event(7, 2, 'MapIterationStarted', 2), map: 'Provision', index: 1 },
  event(8, 7, 'TaskStateEntered', 2, 'SendCommand'),
];

test('a failure inside a Map is told of the state of its iteration, and which one that was', () => {
  const events = [
    ...inMap,
    event(9, 8, 'TaskFailed', 3),
    event(10, 9, 'MapIterationFailed', 3),
    event(11, 10, 'MapStateFailed', 3),
    event(12, 11, 'MapStateExited', 3, 'Provision'),
    event(13, 12, 'TaskStateEntered', 3, 'Compensate'),
  ];
  expect(failedPlace(events)).toEqual({ state: 'SendCommand', map: 'Provision', index: 1 });
});

test('a failure inside a Map that was redriven is told of the state of its iteration, too', () => {
  const events = [
    ...inMap,
    event(9, 0, 'ExecutionAborted', 3),
    event(10, 9, 'ExecutionRedriven', 4),
    event(11, 10, 'TaskScheduled', 4),
    event(12, 11, 'TaskFailed', 5),
    event(13, 12, 'MapIterationFailed', 5),
    event(14, 13, 'MapStateFailed', 5),
    event(15, 14, 'MapStateExited', 5, 'Provision'),
    event(16, 15, 'TaskStateEntered', 5, 'Compensate'),
  ];
  expect(failedPlace(events)).toEqual({ state: 'SendCommand', map: 'Provision', index: 1 });
});

test('an execution that died did so in the state it entered last, inside a Map or after it', () => {
  expect(failedPlace(inMap)).toEqual({ state: 'SendCommand', map: 'Provision', index: 1 });
  const after = [...inMap, event(9, 8, 'MapStateExited', 3, 'Provision'), event(10, 9, 'TaskStateEntered', 3, 'Seal')];
  expect(failedPlace(after)).toEqual({ state: 'Seal' });
});

test('an execution that died did so in the task that was under way, although another branch went on', () => {
  const branches = [
    event(1, 0, 'ParallelStateEntered', 0, 'CheckAndCopy'),
    event(2, 1, 'ParallelStateStarted', 0),
    event(3, 2, 'TaskStateEntered', 0, 'LaunchCandidate'),
    event(4, 2, 'TaskStateEntered', 0, 'CopyImage'),
    event(5, 4, 'TaskStateExited', 9, 'CopyImage'),
    event(6, 5, 'PassStateEntered', 9, 'CopiesLater'),
    event(7, 6, 'PassStateExited', 9, 'CopiesLater'),
    event(8, 3, 'ExecutionTimedOut', 10),
  ];
  expect(failedPlace(branches)).toEqual({ state: 'LaunchCandidate' });
  const later = [...branches.slice(0, 7), event(8, 3, 'TaskStateExited', 10, 'LaunchCandidate')];
  expect(failedPlace([...later, event(9, 8, 'WaitStateEntered', 10, 'WaitForRoom')])).toEqual({ state: 'CopyImage' });
});

test('a redriven execution that died did so in the task that was under way then', () => {
  const events = [
    event(1, 0, 'TaskStateEntered', 0, 'Launch'),
    event(2, 1, 'TaskStateExited', 1, 'Launch'),
    event(3, 2, 'TaskStateEntered', 1, 'AwaitBuilder'),
    event(4, 3, 'ExecutionAborted', 2),
    event(5, 4, 'ExecutionRedriven', 3),
    event(6, 5, 'TaskStateExited', 4, 'AwaitBuilder'),
    event(7, 6, 'PassStateEntered', 4, 'Ready'),
  ];
  expect(failedPlace([...events, event(8, 7, 'TaskStateEntered', 4, 'SendCommand')])).toEqual({ state: 'SendCommand' });
  expect(failedPlace(events.slice(0, 5))).toEqual({ state: 'AwaitBuilder' });
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

test('an execution that is over tells itself why: what it failed with, or what somebody stopped it for', () => {
  const told = (Error: string) => ({ Error, Cause: 'it ended' });
  const failed = { ...event(9, 8, 'ExecutionFailed', 3), error: 'CheckFailed', cause: 'no' };
  const stopped = { ...event(9, 8, 'ExecutionAborted', 3), error: 'Mine', cause: 'not today' };
  expect(ending([failed], told('FAILED'))).toEqual({ Error: 'CheckFailed', Cause: 'no' });
  expect(ending([stopped], told('ABORTED'))).toEqual({ Error: 'ABORTED', Cause: 'not today' });
  expect(ending([event(9, 8, 'ExecutionTimedOut', 3)], told('TIMED_OUT'))).toEqual(told('TIMED_OUT'));
});

test('an execution that was redriven has ended more than once, and each end keeps its own reason', () => {
  const stopped = { ...event(9, 8, 'ExecutionAborted', 3), cause: 'not today' };
  const failed = { ...event(11, 10, 'ExecutionFailed', 5), error: 'RecipeBusy', cause: 'no' };
  const told = { Error: 'ABORTED', Cause: 'it ended' };
  expect(ending([stopped, failed], told)).toEqual({ Error: 'ABORTED', Cause: 'not today' });
  const caught = { Error: 'CheckFailed', Cause: 'it does not listen' };
  expect(ending([stopped], caught)).toEqual(caught);
});

describe('a failure in a branch of a Parallel', () => {
  const entered = [
    event(1, 0, 'ParallelStateEntered', 0, 'CheckAndCopy'),
    event(2, 1, 'ParallelStateStarted', 0),
    event(3, 2, 'TaskStateEntered', 0, 'AwaitCandidate'),
    event(4, 2, 'MapStateEntered', 0, 'Copy'),
    event(5, 4, 'MapStateStarted', 0),
    { ...event(6, 5, 'MapIterationStarted', 0), map: 'Copy', index: 0 },
    event(7, 6, 'TaskStateEntered', 0, 'AwaitCopy'),
  ];
  const undone = (id: number, previousEventId: number) => [
    event(id, previousEventId, 'ParallelStateExited', 30, 'CheckAndCopy'),
    event(id + 1, id, 'PassStateEntered', 30, 'Undo'),
  ];

  test('is told of the task that failed, wherever the end of the Parallel is chained to', () => {
    const failed = [
      ...entered,
      event(8, 3, 'TaskFailed', 30),
      event(9, 8, 'TaskStateAborted', 30),
      event(10, 8, 'MapIterationAborted', 30),
      event(11, 8, 'ParallelStateFailed', 30),
    ];
    for (const chained of [8, 11])
      expect(failedPlace([...failed, ...undone(12, chained)])).toEqual({ state: 'AwaitCandidate' });
    expect(timingsOf(failed)).toEqual([
      { state: 'AwaitCandidate', startedAt: '2026-11-23T03:00:00.000Z', seconds: 30 },
      { state: 'AwaitCopy', index: 0, startedAt: '2026-11-23T03:00:00.000Z', seconds: 30 },
    ]);
  });

  test('is told of the check of its Map', () => {
    const events = [
      event(1, 0, 'ParallelStateEntered', 0, 'CheckAndCopy'),
      event(2, 1, 'ParallelStateStarted', 0),
      event(3, 2, 'MapStateEntered', 0, 'Copy'),
      event(4, 2, 'MapStateEntered', 0, 'Check'),
      event(5, 4, 'MapStateStarted', 0),
      { ...event(6, 5, 'MapIterationStarted', 0), map: 'Check', index: 1 },
      event(7, 6, 'TaskStateEntered', 0, 'AwaitCheck'),
      event(8, 7, 'TaskFailed', 9),
      event(9, 8, 'MapIterationFailed', 9),
      event(10, 8, 'MapStateFailed', 9),
      event(11, 10, 'ParallelStateFailed', 9),
      ...undone(12, 11),
    ];
    expect(failedPlace(events)).toEqual({ state: 'AwaitCheck', map: 'Check', index: 1 });
  });

  test('is told of the state whose Catch led to KeepUnjudged, not of the branch that hands its error on', () => {
    const events = [
      event(1, 0, 'ParallelStateEntered', 0, 'CheckAndCopy'),
      event(2, 1, 'ParallelStateStarted', 0),
      event(3, 2, 'TaskStateEntered', 0, 'LaunchCandidate'),
      event(4, 3, 'TaskFailed', 1),
      event(5, 4, 'TaskStateExited', 1, 'LaunchCandidate'),
      event(6, 5, 'TaskStateEntered', 1, 'KeepUnjudged'),
      event(7, 6, 'TaskStateExited', 2, 'KeepUnjudged'),
      event(8, 7, 'FailStateEntered', 2, 'Unchecked'),
      event(9, 8, 'ParallelStateFailed', 2),
      ...undone(10, 9),
    ];
    expect(failedPlace(events)).toEqual({ state: 'LaunchCandidate' });
  });
});
