import { expect, test } from '@jest/globals';
import aslValidator from 'asl-validator';
import { readFileSync } from 'node:fs';
import { failureNames } from '../core/failure-names.ts';
import { executionSeconds, patience } from '../core/build/limits.ts';
import { heartbeatOf } from '../core/build/looks/look-times.ts';
import { looksWithin, quickRhythms, slowRhythms, slowing } from '../core/build/looks/rhythm.ts';
import { stages } from '../simulator/pipeline/handlers.ts';
import { allMachines } from './support/machines.ts';

interface State {
  Type: string;
  Comment?: string;
  Resource?: string;
  Next?: string;
  End?: boolean;
  Default?: string;
  Choices?: { Next: string }[];
  Catch?: { ErrorEquals: string[]; Next: string; ResultPath?: string }[];
  Retry?: {
    ErrorEquals: string[];
    IntervalSeconds?: number;
    BackoffRate?: number;
    MaxAttempts?: number;
    MaxDelaySeconds?: number;
  }[];
  Parameters?: { FunctionName: string };
  TimeoutSeconds?: number;
  HeartbeatSeconds?: number;
  HeartbeatSecondsPath?: string;
  ItemProcessor?: Machine;
  Branches?: Machine[];
}
interface Machine {
  Comment?: string;
  StartAt: string;
  TimeoutSeconds?: number;
  States: Record<string, State>;
}

/** The deployed text. asl-validator refuses a placeholder where an ARN must be, so the partition is filled in. */
const read = (name: string) => readFileSync(`statemachines/${name}.asl.json`, 'utf8').replaceAll('${Partition}', 'aws');
const text = read('build-image');
const machine = JSON.parse(text) as Machine;
const small = allMachines
  .filter((name) => name !== 'build-image')
  .map((name) => [name, JSON.parse(read(name)) as Machine] as const);

/** Every value in the tree with its path. */
function* walk(value: unknown, path = '$'): Generator<[string, unknown]> {
  yield [path, value];
  if (value && typeof value === 'object')
    for (const [key, member] of Object.entries(value)) yield* walk(member, `${path}.${key}`);
}

const scopes = (scope: Machine): Machine[] => [
  scope,
  ...Object.values(scope.States).flatMap(({ ItemProcessor, Branches = [] }) =>
    [...(ItemProcessor ? [ItemProcessor] : []), ...Branches].flatMap(scopes),
  ),
];
const states = scopes(machine).flatMap((scope) => Object.entries(scope.States));
const tasks = states.filter(([, { Type }]) => Type === 'Task');
const nextOf = ({ Next, Default, Choices = [], Catch = [] }: State) =>
  [Next, Default, ...Choices.map((choice) => choice.Next), ...Catch.map((rule) => rule.Next)].filter(
    (name) => name !== undefined,
  );

/** A machine as a branch of another one, where no two states may have the same name. */
const asBranch = (name: string): Machine => {
  const called = (state: string) => `${name} ${state}`;
  const { TimeoutSeconds: _, ...branch } = JSON.parse(read(name), (key, value) => {
    if (['StartAt', 'Next', 'Default'].includes(key)) return called(value);
    if (key !== 'States') return value;
    return Object.fromEntries(Object.entries(value).map(([state, one]) => [called(state), one]));
  }) as Machine;
  return branch;
};

// asl-validator compiles its schemas anew for each machine that it is asked about, which takes half a second.
test('asl-validator accepts the machine and the small ones', () => {
  const Branches = ['build-image', ...small.map(([name]) => name)].map(asBranch);
  const { isValid, errorsText } = aslValidator({
    StartAt: 'All',
    TimeoutSeconds: machine.TimeoutSeconds,
    States: { All: { Type: 'Parallel', Branches, End: true } },
  });
  expect(isValid ? '' : errorsText()).toBe('');
});

test.each(['build-image', ...small.map(([name]) => name)])('%s has the keys of a machine, and no other', (name) => {
  expect(Object.keys(JSON.parse(read(name))).toSorted()).toEqual(['Comment', 'StartAt', 'States', 'TimeoutSeconds']);
});

test('it holds no null, which the packaging would drop without a word', () => {
  expect([...walk(machine)].filter(([, value]) => value === null)).toEqual([]);
});

// 1,000 and some: an image is made in four ways, and those of snapshots have six states. Two states wait for variants, one for attempts.
test('it can be read: at most 1040 lines, none of them longer than 160 characters', () => {
  expect(text.split('\n').length).toBeLessThanOrEqual(1040);
  const all = [text, ...small.map(([name]) => read(name))].flatMap((one) => one.split('\n'));
  expect(all.filter((line) => line.length > 160)).toEqual([]);
});

test('every state says in one line what it is for', () => {
  expect(states.filter(([, { Comment = '' }]) => Comment.length < 20 || Comment.includes('\n'))).toEqual([]);
});

test('States.ALL stands alone and last', () => {
  const wrong = states.flatMap(([name, { Retry = [], Catch = [] }]) =>
    [Retry, Catch].flatMap((rules) =>
      rules
        .filter(
          ({ ErrorEquals }, index) =>
            ErrorEquals.includes('States.ALL') && (ErrorEquals.length > 1 || index < rules.length - 1),
        )
        .map(() => name),
    ),
  );
  expect(wrong).toEqual([]);
});

test('every state can be reached, and from every state the end can be reached', () => {
  for (const { StartAt, States } of scopes(machine)) {
    const follow = (from: string, seen = new Set<string>()): Set<string> => {
      if (seen.has(from)) return seen;
      seen.add(from);
      for (const next of nextOf(States[from] as State)) follow(next, seen);
      return seen;
    };
    expect([...follow(StartAt)].toSorted()).toEqual(Object.keys(States).toSorted());
    const ends = (name: string) => /^(Succeed|Fail)$/.test(States[name]?.Type ?? '') || States[name]?.End === true;
    expect(Object.keys(States).filter((name) => ![...follow(name)].some(ends))).toEqual([]);
  }
});

test('a name stands for one state of the machine, as Step Functions demands', () => {
  expect(states.map(([name]) => name).toSorted()).toEqual([...new Set(states.map(([name]) => name))].toSorted());
});

test('until the checks have passed nothing is shared: GrantPermissions is outside of CheckAndCopy, which leads to it', () => {
  const branches = (machine.States['CheckAndCopy']?.Branches ?? []).flatMap(scopes);
  const inside = branches.flatMap(({ States }) => Object.keys(States));
  expect(inside).toEqual(expect.arrayContaining(['Check', 'CopyImage']));
  expect(inside).not.toContain('GrantPermissions');
  expect(Object.keys(machine.States['Grant']?.ItemProcessor?.States ?? {})).toContain('GrantPermissions');
  const into = Object.entries(machine.States).filter(([, state]) => nextOf(state).includes('Grant'));
  expect(into.map(([name]) => name)).toEqual(['IsCopied']);
  expect(
    Object.entries(machine.States)
      .filter(([, { Next }]) => Next === 'IsCopied')
      .map(([name]) => name),
  ).toEqual(['CheckAndCopy']);
});

test('every name in ErrorEquals is one that somebody can throw', () => {
  const named = states.flatMap(([, { Retry = [], Catch = [] }]) =>
    [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals),
  );
  const known = new Set<string>(failureNames);
  expect(named.filter((name) => !known.has(name) && !/^(States|Lambda|Runtime|Sandbox)\.\w+$/.test(name))).toEqual([]);
});

const tasksOf = ({ States }: Machine) => Object.entries(States).filter(([, { Type }]) => Type === 'Task');
const everyTask = [...tasks, ...small.flatMap(([, one]) => scopes(one).flatMap(tasksOf))];

test('a Task state is a stage of the same name, and the other way round', () => {
  expect(everyTask.map(([name, { Parameters }]) => [name, Parameters?.FunctionName])).toEqual(
    everyTask.map(([name]) => [name, `\${${name}Arn}`]),
  );
  expect([...new Set(everyTask.map(([name]) => name))].toSorted()).toEqual([...stages.keys()].toSorted());
});

test.each(small)('%s is bounded and holds no null', (_, one) => {
  expect(one.TimeoutSeconds).toBeGreaterThan(0);
  expect([...walk(one)].filter(([, value]) => value === null)).toEqual([]);
});

test('every Task is bounded, is tried again when AWS is busy, and a bounded number of times', () => {
  for (const [name, { TimeoutSeconds, Retry = [] }] of everyTask) {
    expect([name, TimeoutSeconds]).toEqual([name, expect.any(Number)]);
    expect([name, Retry.flatMap(({ ErrorEquals }) => ErrorEquals)]).toEqual([
      name,
      expect.arrayContaining(['AwsTransient', 'Lambda.Unknown']),
    ]);
    for (const rule of Retry)
      expect(rule).toMatchObject({ MaxAttempts: expect.any(Number), MaxDelaySeconds: expect.any(Number) });
  }
});

test('a wait is a task token with a heartbeat, looked at again at every heartbeat that is missed', () => {
  const waits = everyTask.filter(([, { Resource }]) => Resource?.endsWith('.waitForTaskToken'));
  expect([...new Set(waits.map(([name]) => name))].toSorted()).toEqual(
    [...stages.values()]
      .filter(({ permissions }) => permissions.includes('states:SendTaskSuccess'))
      .map(({ name }) => name)
      .toSorted(),
  );
  for (const [name, state] of waits) {
    const { HeartbeatSeconds, HeartbeatSecondsPath, TimeoutSeconds = 0, Retry = [] } = state;
    const longest = HeartbeatSecondsPath === undefined ? (HeartbeatSeconds ?? 0) : heartbeatOf(1e6);
    expect([name, longest > 0 && longest < TimeoutSeconds]).toEqual([name, true]);
    expect(Retry[0]?.ErrorEquals).toContain('States.HeartbeatTimeout');
  }
});

test('no wait counts from when its state was entered: AWS does not say whether a retry enters it anew', () => {
  const counted = [...states, ...small.flatMap(([, one]) => Object.entries(one.States))];
  const moving = counted.filter(([, state]) => state.Retry && JSON.stringify(state).includes('$$.State.EnteredTime'));
  expect(moving.map(([name]) => name)).toEqual([]);
});

test('whatever fails before the image is published is compensated, and what is published is never undone', () => {
  const unprotected = Object.entries(machine.States).filter(
    ([name, { Type, Catch = [] }]) =>
      /^(Task|Map|Parallel)$/.test(Type) &&
      !/^(CleanUp|Compensate|RecordFailure)$/.test(name) &&
      !Catch.some(
        ({ ErrorEquals, Next, ResultPath }) =>
          ErrorEquals[0] === 'States.ALL' && Next === 'Undo' && ResultPath === '$.failure',
      ),
  );
  expect(unprotected).toEqual([]);
  expect(machine.States['Undo']?.Next).toBe('Compensate');
  expect(machine.States['CleanUp']?.Catch?.map(({ Next }) => Next)).toEqual(['RecordFailure']);
});

const hour = 3600;
const longestOf = {
  AwaitBuilder: patience.agent,
  AwaitCommand: patience.command(48 * hour),
  Seal: patience.stop,
  AwaitSnapshots: 7 * 24 * hour,
  AwaitImport: 7 * 24 * hour,
  AwaitImage: 7 * 24 * hour,
  AwaitCandidate: patience.agent,
  AwaitCheck: patience.command(48 * hour),
  AwaitCopy: 7 * 24 * hour,
  AwaitAccountCopy: 7 * 24 * hour,
  Verify: 2 * patience.verify,
  AwaitOthers: patience.others,
  AwaitVariants: patience.variants,
  Publish: Math.max(2 * patience.publish, patience.publishTogether),
  CleanUp: 2 * patience.cleanUp,
  Compensate: patience.compensate,
  AwaitUsage: 2 * patience.usage,
  VerifyMove: 2 * patience.verify,
  MoveChannel: 2 * patience.publish,
  UndoMove: 2 * patience.undoMove,
  VerifyShare: 2 * patience.verify,
  VerifyRetirement: 2 * patience.verify,
  AwaitStoredImage: patience.archive,
  AwaitRestoredImage: patience.archive,
};
const everyWait = everyTask.filter(([, { Resource }]) => Resource?.endsWith('.waitForTaskToken'));

test('a wait looks in the rhythm that the estimate of its history counts with, and MaxAttempts does not end it early', () => {
  expect(new Set(everyWait.map(([name]) => name))).toEqual(new Set(Object.keys(quickRhythms)));
  for (const [name, state] of everyWait as [keyof typeof quickRhythms, State][]) {
    const { HeartbeatSeconds, HeartbeatSecondsPath, Retry = [] } = state;
    // The heartbeat of a wait that events wake is in its input, and never shorter.
    const shortest = HeartbeatSecondsPath === undefined ? HeartbeatSeconds : heartbeatOf(0);
    expect([name, shortest]).toEqual([name, quickRhythms[name].heartbeat]);
    const looks = Retry.filter(({ ErrorEquals }) => /^(States.HeartbeatTimeout|NotYet)$/.test(ErrorEquals[0] ?? ''));
    expect(looks).toHaveLength(2);
    const slow = name in slowing ? slowing[name as keyof typeof slowing] : slowRhythms.commands;
    for (const [at, rhythm] of [quickRhythms[name], slow].entries()) {
      const { interval: IntervalSeconds, growth: BackoffRate, longest: MaxDelaySeconds } = rhythm;
      expect([name, looks[at]]).toEqual([
        name,
        expect.objectContaining({ IntervalSeconds, BackoffRate, MaxDelaySeconds }),
      ]);
      const bound = name in slowing && rhythm !== slow ? 6 * hour : longestOf[name];
      expect(looks[at]?.MaxAttempts).toBeGreaterThan(looksWithin(bound, rhythm));
    }
  }
});

test('a Retry is one of five kinds, letter for letter: a call, a launch that limits can delay, a command that is sent, a wait, a long wait', () => {
  const kinds = new Map<string, string[]>();
  for (const [name, { Retry }] of everyTask.filter(([name]) => name !== 'Sweep')) {
    const kind = JSON.stringify(Retry);
    kinds.set(kind, [...(kinds.get(kind) ?? []), name]);
  }
  expect([...kinds.values()].map((names) => names.length > 1)).toEqual([true, true, true, true, true]);
});

test('bounds that the machine states are those that the functions and the estimate count with', () => {
  expect(machine.TimeoutSeconds).toBe(executionSeconds);
  expect(text).toContain(`"patienceSeconds": ${patience.verify}`);
});
