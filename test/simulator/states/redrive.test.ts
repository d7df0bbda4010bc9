import { expect, test } from '@jest/globals';
import { entered, named, output, setUp, START, states, task, tokenTask, types, done, fail, pause } from './fixture.ts';

const code = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    const { code: name, message } = error as { code: string; message: string };
    return `${name}: ${message}`;
  }
  return undefined;
};

/** A bench whose function `flaky` fails until it is mended, and what has been called with which payload. */
function flaky(definition: object, error = named('Broken')) {
  const calls: [string, unknown][] = [];
  let broken = true;
  const note = (name: string) => (payload: unknown) => {
    calls.push([name, payload]);
    if (name === 'flaky' && broken) throw error;
    return { name };
  };
  const bench = setUp(definition, { flaky: note('flaky'), fine: note('fine') });
  const again = async (executionArn: string) => {
    bench.call('RedriveExecution', { executionArn });
    await bench.clock.run(() => bench.stepFunctions.execution(executionArn).status !== 'RUNNING');
    return bench.stepFunctions.execution(executionArn);
  };
  return { ...bench, calls, again, mend: () => void (broken = false) };
}

const chain = states({
  First: task('fine', { ResultPath: '$.first', Next: 'Second' }),
  Second: task('flaky', { ResultPath: '$.second', Retry: [{ ErrorEquals: ['Broken'], MaxAttempts: 1 }], Next: 'Done' }),
  Done: { Type: 'Succeed' },
});

test('a redriven execution goes on from the state that failed, with the input it had and all its retries', async () => {
  const bench = flaky(chain);
  const failed = await bench.run({ a: 1 });
  expect(failed).toMatchObject({ status: 'FAILED', error: 'Broken' });
  expect((await bench.again(failed.arn)).status).toBe('FAILED');
  bench.mend();
  const again = await bench.again(failed.arn);
  expect(again).toMatchObject({ status: 'SUCCEEDED', redriveCount: 2 });
  expect(again.error).toBeUndefined();
  expect(Object.keys(output(again))).toEqual(['a', 'first', 'second']);
  expect(bench.calls.map(([name]) => name)).toEqual(['fine', 'flaky', 'flaky', 'flaky', 'flaky', 'flaky']);
  expect(new Set(bench.calls.slice(1).map(([, payload]) => JSON.stringify(payload))).size).toBe(1);
});

test('the history of a redrive is appended: the state is scheduled again without being entered again', async () => {
  const bench = flaky(chain);
  const failed = await bench.run();
  bench.mend();
  const before = types(failed).length;
  expect(types(failed).at(-1)).toBe('ExecutionFailed');
  const again = await bench.again(failed.arn);
  expect(types(again).slice(before)).toEqual([
    'ExecutionRedriven',
    'TaskScheduled',
    'TaskStarted',
    'TaskSucceeded',
    'TaskStateExited',
    'SucceedStateEntered',
    'SucceedStateExited',
    'ExecutionSucceeded',
  ]);
  expect(again.history[before]).toMatchObject({ id: before + 1, executionRedrivenEventDetails: { redriveCount: 1 } });
  expect(entered(again)).toEqual(['First', 'Second', 'Done']);
  // First, Second and its retry, the redrive, Done
  expect(bench.stepFunctions.stateTransitions(failed.arn)).toBe(5);
});

test('of a Map only the iterations that did not succeed run again, each from its own state', async () => {
  const definition = states({
    Each: {
      Type: 'Map',
      MaxConcurrency: 2,
      ItemProcessor: {
        StartAt: 'Before',
        States: {
          Before: task('fine', { ResultPath: '$.before', Next: 'Which' }),
          Which: {
            Type: 'Choice',
            Choices: [{ Variable: '$.bad', BooleanEquals: true, Next: 'Flaky' }],
            Default: 'Wait',
          },
          Flaky: task('flaky', { ResultPath: '$.flaky', Next: 'Last' }),
          Wait: { Type: 'Wait', SecondsPath: '$.seconds', Next: 'Last' },
          Last: { Type: 'Pass', End: true },
        },
      },
      End: true,
    },
  });
  const bench = flaky(definition, named('Broken'));
  const item = (id: number, seconds: number, bad = false) => ({ id, seconds, bad });
  const items = [item(0, 0), item(1, 50), item(2, 0, true), item(3, 0)];
  const failed = await bench.run(items);
  expect(failed.status).toBe('FAILED');
  bench.mend();
  const before = failed.history.length;
  const again = await bench.again(failed.arn);
  expect(output(again).map(({ id }: { id: number }) => id)).toEqual([0, 1, 2, 3]);
  const started = again.history.slice(before).filter(({ type }) => type === 'MapIterationStarted');
  expect(started.map((event) => event['mapIterationStartedEventDetails']?.['index'])).toEqual([3]);
  const befores = bench.calls.filter(([name]) => name === 'fine').map(([, { id }]: any) => id as number);
  expect(befores.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
  expect(bench.seconds()).toBe(50);
  expect(types(again).filter((type) => /^Map(State|Run)/.test(type))).toEqual([
    'MapStateEntered',
    'MapStateStarted',
    'MapStateFailed',
    'MapStateSucceeded',
    'MapStateExited',
  ]);
});

test('branches of a Parallel that succeeded keep what they came to', async () => {
  const definition = states({
    Both: {
      Type: 'Parallel',
      Branches: [
        states({ Good: task('fine', { ResultPath: '$.good', End: true }) }),
        states({
          Keep: { Type: 'Pass', Parameters: { 'kept.$': '$.a' }, Next: 'Pause' },
          Pause: pause('Bad'),
          Bad: task('flaky', { ResultPath: '$.bad', Next: 'Tell' }),
          Tell: { Type: 'Pass', Parameters: { 'kept.$': '$.kept' }, End: true },
        }),
      ],
      Next: 'End',
    },
    End: done,
  });
  const bench = flaky(definition);
  const failed = await bench.run({ a: 7, seconds: 1 });
  bench.mend();
  const again = await bench.again(failed.arn);
  expect(output(again)).toMatchObject([{ a: 7 }, { kept: 7 }]);
  expect(bench.calls.map(([name]) => name)).toEqual(['fine', 'flaky', 'flaky']);
});

test('a Map whose result was too large is run again as a whole', async () => {
  const text = 'x'.repeat(200_000);
  let size = text;
  let calls = 0;
  const bench = setUp(states({ Each: { Type: 'Map', ItemProcessor: states({ Big: task('big') }), End: true } }), {
    big: () => (calls++, size),
  });
  const failed = await bench.run([1, 2]);
  expect(failed.error).toBe('States.DataLimitExceeded');
  size = '';
  bench.call('RedriveExecution', { executionArn: failed.arn });
  await bench.clock.run(() => failed.status !== 'RUNNING');
  expect([failed.status, calls]).toEqual(['SUCCEEDED', 4]);
});

test('a Fail state is entered again and fails again', async () => {
  const bench = flaky(
    states({
      Try: task('flaky', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Failed' }], End: true }),
      Failed: fail,
    }),
  );
  const failed = await bench.run();
  bench.mend();
  expect(await bench.again(failed.arn)).toMatchObject({ status: 'FAILED', error: 'Failed', redriveCount: 1 });
  expect(bench.calls).toHaveLength(1);
});

test('a stopped execution waits for a token of its own when it is redriven; time and timeout begin anew', async () => {
  const tokens: string[] = [];
  const context: unknown[] = [];
  const definition = states(
    {
      Ask: tokenTask('ask', {
        Parameters: {
          FunctionName: 'ask',
          Payload: { 'token.$': '$$.Task.Token', 'execution.$': '$$.Execution', 'state.$': '$$.State' },
        },
        HeartbeatSeconds: 60,
        Retry: [{ ErrorEquals: ['States.HeartbeatTimeout'], MaxAttempts: 100, BackoffRate: 1 }],
        End: true,
      }),
    },
    { TimeoutSeconds: 1000 },
  );
  const bench = setUp(definition, {
    ask({ token, execution, state }) {
      tokens.push(token as string);
      context.push([execution.RedriveCount, execution.RedriveTime, state.RetryCount, state.EnteredTime]);
    },
  });
  const executionArn = bench.start();
  const execution = bench.stepFunctions.execution(executionArn);
  const pass = async (seconds: number) => {
    const until = bench.clock.now() + seconds * 1000;
    bench.clock.at(until, () => undefined);
    await bench.clock.run(() => bench.clock.now() >= until);
  };
  await pass(900);
  bench.call('StopExecution', { executionArn, error: 'enough' });
  await pass(100);
  bench.call('RedriveExecution', { executionArn });
  await pass(1);
  const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();
  expect([context[0], context.at(-1)]).toEqual([
    [0, undefined, 0, at(0)],
    [1, at(1000), 0, at(0)],
  ]);
  expect(code(() => bench.call('SendTaskSuccess', { taskToken: tokens[0], output: '1' }))).toMatch(/^TaskTimedOut/);
  await pass(800);
  expect(execution.status).toBe('RUNNING');
  bench.call('SendTaskSuccess', { taskToken: tokens.at(-1), output: '1' });
  await pass(1);
  expect(execution).toMatchObject({ status: 'SUCCEEDED', output: '1' });
});

test('what cannot be redriven is refused with the reason that DescribeExecution gives', async () => {
  const bench = flaky(chain);
  const statuses: string[] = [];
  bench.stepFunctions.onStatusChange(({ status, redriveCount }) => statuses.push(`${status} ${redriveCount}`));
  const refused = (executionArn: string) => code(() => bench.call('RedriveExecution', { executionArn }));
  const described = (executionArn: string) => bench.call('DescribeExecution', { executionArn });

  const executionArn = bench.start();
  expect(refused(executionArn)).toBe('ExecutionNotRedrivable: Execution is RUNNING and cannot be redriven');
  await bench.clock.run(() => statuses.length === 2);
  expect(described(executionArn)).toMatchObject({ status: 'FAILED', redriveStatus: 'REDRIVABLE', redriveCount: 0 });
  const first = bench.call('RedriveExecution', { executionArn, clientToken: 'a' });
  expect(bench.call('RedriveExecution', { executionArn, clientToken: 'a' })).toEqual(first);
  await bench.clock.run(() => statuses.length === 4);
  const later = bench.clock.now() + 15 * 24 * 3600 * 1000;
  bench.clock.at(later, () => undefined);
  await bench.clock.run(() => bench.clock.now() >= later);
  expect(refused(executionArn)).toBe('ExecutionNotRedrivable: Execution redrivable period exceeded');
  expect(described(executionArn)).toMatchObject({
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: 'Execution redrivable period exceeded',
    redriveDate: first.redriveDate,
  });
  bench.mend();
  const done = bench.start({}, 'another');
  await bench.clock.run(() => bench.stepFunctions.execution(done).status !== 'RUNNING');
  expect(refused(done)).toBe('ExecutionNotRedrivable: Execution is SUCCEEDED and cannot be redriven');
  expect(refused('arn:none')).toMatch(/^ExecutionDoesNotExist/);
  expect(statuses.slice(0, 4)).toEqual(['RUNNING 0', 'FAILED 0', 'RUNNING 1', 'FAILED 1']);
});
