import { expect, test } from '@jest/globals';
import {
  machineAccount,
  entered,
  named,
  output,
  machineRegion,
  setUp,
  START,
  states,
  task,
  tokenTask,
  types,
  done,
} from './fixture.ts';

test('a Lambda result arrives in its envelope and the history tells the attempt', async () => {
  const bench = setUp(states({ Ask: task('ask') }), { ask: ({ a }: { a: number }) => ({ b: a + 1 }) });
  const execution = await bench.run({ a: 1 });
  expect(execution.status).toBe('SUCCEEDED');
  expect(output(execution)).toEqual({ ExecutedVersion: '$LATEST', Payload: { b: 2 }, StatusCode: 200 });
  expect(types(execution)).toEqual(
    'ExecutionStarted TaskStateEntered TaskScheduled TaskStarted TaskSucceeded TaskStateExited ExecutionSucceeded'.split(
      ' ',
    ),
  );
  expect(execution.history.map(({ id, previousEventId }) => [id, previousEventId]).slice(0, 3)).toEqual([
    [1, 0],
    [2, 0],
    [3, 2],
  ]);
  expect(execution.history[2]!.taskScheduledEventDetails).toEqual({
    resource: 'invoke',
    resourceType: 'lambda',
    region: machineRegion,
    parameters: '{"FunctionName":"ask","Payload":{"a":1}}',
  });
});

test('a heartbeat that is missed and retried makes a poll, which the third look ends', async () => {
  const looks: number[] = [];
  const bench = setUp(
    states({
      Await: tokenTask('look', {
        HeartbeatSeconds: 5,
        Retry: [
          {
            ErrorEquals: ['States.HeartbeatTimeout'],
            IntervalSeconds: 10,
            BackoffRate: 3,
            MaxDelaySeconds: 20,
            MaxAttempts: 9,
          },
        ],
        ResultPath: '$.image',
        End: true,
      }),
    }),
    {
      look: async ({ token, input }, { clock, call, seconds }) => {
        looks.push(seconds());
        await clock.sleep(1000);
        if (looks.length === 3)
          call('SendTaskSuccess', { taskToken: token, output: JSON.stringify({ ...input, ready: true }) });
        return 'ignored';
      },
    },
  );
  const execution = await bench.run({ ami: 'ami-1' });
  expect(output(execution)).toEqual({ ami: 'ami-1', image: { ami: 'ami-1', ready: true } });
  expect(looks).toEqual([0, 15, 40]);
  const missed = 'TaskScheduled TaskStarted TaskSubmitted TaskTimedOut';
  expect(
    types(execution)
      .filter((type) => type.startsWith('Task'))
      .join(' '),
  ).toBe(`TaskStateEntered ${missed} ${missed} TaskScheduled TaskStarted TaskSucceeded TaskStateExited`);
  expect(execution.history[2]!.taskScheduledEventDetails).toMatchObject({
    heartbeatInSeconds: 5,
    resource: 'invoke.waitForTaskToken',
  });
  expect(bench.stepFunctions.stateTransitions(execution.arn)).toBe(3);
});

test('heartbeats keep a task alive, and TimeoutSeconds bounds it all the same', async () => {
  const bench = setUp(states({ Await: tokenTask('beat', { HeartbeatSeconds: 5, TimeoutSeconds: 12, End: true }) }), {
    beat: ({ token }, { clock, call }) => {
      for (const at of [4, 8, 11]) clock.at(START + at * 1000, () => call('SendTaskHeartbeat', { taskToken: token }));
    },
  });
  const execution = await bench.run();
  expect(bench.seconds()).toBe(12);
  expect([execution.status, execution.error, execution.cause]).toEqual(['FAILED', 'States.Timeout', undefined]);
});

test('a missed heartbeat shows as States.Timeout and is caught as either name', async () => {
  for (const name of ['States.HeartbeatTimeout', 'States.Timeout', 'States.ALL']) {
    const Catch = [{ ErrorEquals: [name], Next: 'Late' }];
    const machine = states({
      Await: tokenTask('idle', { HeartbeatSeconds: 5, Catch, End: true }),
      Late: { Type: 'Succeed' },
    });
    const execution = await setUp(machine, { idle: () => null }).run();
    expect(output(execution)).toEqual({ Error: 'States.Timeout', Cause: '' });
  }
});

test('an answer after the time out is refused, as is one to a token that never was', async () => {
  const codes: string[] = [];
  const bench = setUp(
    states({
      Await: tokenTask('late', {
        TimeoutSeconds: 5,
        Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Rest' }],
        End: true,
      }),
      Rest: { Type: 'Wait', SecondsPath: '$$.Execution.Input.seconds', Next: 'End' },
      End: done,
    }),
    {
      late: async ({ token }, { clock, call }) => {
        await clock.sleep(10_000);
        for (const taskToken of [token, 'made up'])
          try {
            call('SendTaskSuccess', { taskToken, output: '1' });
          } catch (error) {
            codes.push((error as { code: string }).code);
          }
        throw new Error('too late to matter');
      },
    },
  );
  const execution = await bench.run({ seconds: 60 });
  expect(codes).toEqual(['TaskTimedOut', 'InvalidToken']);
  expect([execution.status, types(execution).includes('TaskFailed'), bench.seconds()]).toEqual([
    'SUCCEEDED',
    false,
    65,
  ]);
});

test('a token answered with a failure carries its error and cause; a function that throws fails its token task at once', async () => {
  const refused = setUp(states({ Await: tokenTask('refuse') }), {
    refuse: ({ token }, { call }) =>
      call('SendTaskFailure', { taskToken: token, error: 'CheckFailed', cause: 'port 22 is open' }),
  });
  expect(await refused.run()).toMatchObject({ status: 'FAILED', error: 'CheckFailed', cause: 'port 22 is open' });
  const broken = setUp(states({ Await: tokenTask('broken', { HeartbeatSeconds: 5, End: true }) }), {
    broken: () => {
      throw named('RecipeInvalid', 'no name');
    },
  });
  expect(await broken.run()).toMatchObject({
    error: 'RecipeInvalid',
    cause: '{"errorType":"RecipeInvalid","errorMessage":"no name","trace":[]}',
  });
  expect(broken.seconds()).toBe(0);
});

test('output that is not JSON is InvalidOutput and leaves the task waiting', async () => {
  const bench = setUp(states({ Await: tokenTask('speak') }), {
    speak: ({ token }, { call }) => {
      expect(() => call('SendTaskSuccess', { taskToken: token, output: 'words' })).toThrow('Invalid Output');
      call('SendTaskSuccess', { taskToken: token, output: '"words"' });
    },
  });
  expect(output(await bench.run())).toBe('words');
});

test('retriers count separately, wait longer each time, and leave the rest to Catch', async () => {
  const calls: number[] = [];
  const errors = ['ErrorA', 'ErrorB', 'ErrorC', 'ErrorB'];
  const bench = setUp(
    states({
      X: task('x', {
        Retry: [
          { ErrorEquals: ['ErrorA', 'ErrorB'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 2 },
          { ErrorEquals: ['ErrorC'], IntervalSeconds: 5 },
        ],
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Z' }],
        End: true,
      }),
      Z: { Type: 'Pass', Parameters: { 'why.$': '$.failure.Error', 'input.$': '$' }, End: true },
    }),
    {
      x: (_payload, { seconds }) => {
        calls.push(seconds());
        throw named(errors[calls.length - 1]!);
      },
    },
  );
  const execution = await bench.run({ kept: 1 });
  expect(calls).toEqual([0, 1, 3, 8]);
  expect(output(execution)).toMatchObject({ why: 'ErrorB', input: { kept: 1, failure: { Error: 'ErrorB' } } });
  expect(entered(execution)).toEqual(['X', 'Z']);
  expect(bench.stepFunctions.stateTransitions(execution.arn)).toBe(5);
});

test('full jitter draws the wait from the seeded chance, and RetryCount counts', async () => {
  const counts: number[] = [];
  const Retry = [{ ErrorEquals: ['TypeError'], IntervalSeconds: 8, JitterStrategy: 'FULL' }];
  const Parameters = { FunctionName: 'flaky', Payload: { 'count.$': '$$.State.RetryCount' } };
  const bench = setUp(states({ X: task('flaky', { Retry, Parameters, End: true }) }), {
    flaky: ({ count }) => {
      counts.push(count);
      if (count < 2) throw new TypeError('again');
    },
  });
  await bench.run();
  expect(counts).toEqual([0, 1, 2]);
  expect(bench.seconds()).toBe(4 + 8);
});

test('a function that runs past TimeoutSeconds is given up', async () => {
  const bench = setUp(states({ Slow: task('slow', { TimeoutSeconds: 3, End: true }) }), {
    slow: (_payload, { clock }) => clock.sleep(60_000),
  });
  const execution = await bench.run();
  expect([execution.error, bench.seconds(), types(execution).at(-2)]).toEqual(['States.Timeout', 3, 'TaskTimedOut']);
});

test('a heartbeat is read from the input too', async () => {
  const bench = setUp(
    states({ Await: tokenTask('idle', { TimeoutSeconds: 100, HeartbeatSecondsPath: '$.h', End: true }) }),
    {
      idle: () => null,
    },
  );
  const execution = await bench.run({ h: 7 });
  expect(execution.history[2]!.taskScheduledEventDetails).toMatchObject({
    timeoutInSeconds: 100,
    heartbeatInSeconds: 7,
  });
  expect(bench.seconds()).toBe(7);
});

test('a result over 256 KiB is States.DataLimitExceeded, which States.ALL does not catch', async () => {
  const big = () => 'x'.repeat(262_144);
  const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Small' }];
  const bench = setUp(states({ Big: task('big', { Catch, End: true }), Small: done }), { big });
  expect(await bench.run()).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
});

test('the function is called in the region of its ARN, else of the machine, and cannot change the execution through its payload', async () => {
  const regions: string[] = [];
  const arn = `arn:aws:lambda:us-east-1:${machineAccount}:function:far`;
  const bench = setUp(
    states({ A: task(arn, { ResultPath: '$.far', Next: 'B' }), B: task('near', { ResultPath: '$.near', End: true }) }),
    {},
    {
      invoke: async (_name, payload, where) => {
        regions.push(where);
        (payload as { a?: number }).a = 2;
        return undefined;
      },
    },
  );
  expect(output(await bench.run({ a: 1 }))).toMatchObject({ a: 1 });
  expect(regions).toEqual(['us-east-1', machineRegion]);
});

test('a Task of another partition ends the execution, and no Catch takes it', async () => {
  const Resource = 'arn:aws-us-gov:states:::lambda:invoke';
  const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
  const bench = setUp(states({ Ask: task('ask', { Resource, Catch, End: true }), Caught: { Type: 'Succeed' } }), {
    ask: () => 'never',
  });
  const execution = await bench.run({});
  expect([execution.status, execution.error]).toEqual(['FAILED', 'States.Runtime']);
  expect(execution.cause).toContain("Expected 'aws', was 'aws-us-gov'");
});
