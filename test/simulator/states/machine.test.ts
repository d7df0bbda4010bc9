import { expect, test } from '@jest/globals';
import { entered, named, output, setUp, states, task, tokenTask, types } from './fixture.ts';

const map = (processor: object, more: object = { End: true }) => ({
  Type: 'Map',
  ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...processor },
  ...more,
});

test('a Map gives its iterations selected input and returns their outputs in order', async () => {
  const bench = setUp(
    states({
      Each: map(states({ Work: task('work', { OutputPath: '$.Payload', End: true }) }), {
        ItemsPath: '$.regions',
        ItemSelector: { 'region.$': '$$.Map.Item.Value', 'index.$': '$$.Map.Item.Index', 'build.$': '$.build' },
        ResultPath: '$.copies',
        MaxConcurrency: 2,
        End: true,
      }),
    }),
    {
      work: async ({ region, index, build }, { clock }) => {
        await clock.sleep(1000 * (3 - index));
        return `${build} in ${region}`;
      },
    },
  );
  const execution = await bench.run({ build: 'b1', regions: ['x', 'y', 'z'] });
  expect(output(execution)).toEqual({
    build: 'b1',
    regions: ['x', 'y', 'z'],
    copies: ['b1 in x', 'b1 in y', 'b1 in z'],
  });
  expect(bench.seconds()).toBe(3);
  const indexes = execution.history.flatMap(({ mapIterationSucceededEventDetails: details }) =>
    details ? [details.index] : [],
  );
  expect(indexes).toEqual([1, 0, 2]);
});

test('at most MaxConcurrency iterations run at once, and forty where it is 0', async () => {
  const busiest = async (MaxConcurrency: number) => {
    let now = 0;
    let most = 0;
    const bench = setUp(states({ Each: map(states({ Work: task('work') }), { MaxConcurrency, End: true }) }), {
      work: async (_item, { clock }) => {
        most = Math.max(most, ++now);
        await clock.sleep(10);
        now--;
      },
    });
    await bench.run(Array.from({ length: 50 }, (_, i) => i));
    return most;
  };
  expect([await busiest(3), await busiest(0)]).toEqual([3, 40]);
});

test('an iteration that fails stops its siblings and fails the Map with its own error', async () => {
  const after: number[] = [];
  const bench = setUp(
    states({
      Each: map(states({ Work: task('work', { Next: 'More' }), More: task('more') }), {
        Catch: [{ ErrorEquals: ['Broken'], Next: 'Rest' }],
        End: true,
      }),
      Rest: { Type: 'Wait', Seconds: 100, End: true },
    }),
    {
      work: async (item, { clock }) => {
        await clock.sleep(item * 1000);
        if (item === 2) throw named('Broken', 'item 2');
      },
      more: async (item, { clock }) => {
        await clock.sleep(5000);
        after.push(item);
      },
    },
  );
  const execution = await bench.run([2, 3, 4]);
  expect(output(execution)).toMatchObject({ Error: 'Broken' });
  expect(after).toEqual([]);
  expect(types(execution).slice(-10)).toEqual(
    [
      'TaskFailed',
      'MapIterationFailed',
      'TaskStateAborted',
      'MapIterationAborted',
      'TaskStateAborted',
      'MapIterationAborted',
      'MapStateFailed',
      'MapStateExited',
      'WaitStateEntered',
      'WaitStateExited',
      'ExecutionSucceeded',
    ].slice(-10),
  );
});

test('an iteration that catches its own failure does not disturb the others', async () => {
  const work = task('work', {
    OutputPath: '$.Payload',
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Failed' }],
    End: true,
  });
  const failed = { Type: 'Pass', Parameters: { 'failed.$': '$.Error' }, End: true };
  const bench = setUp(states({ Each: map(states({ Work: work, Failed: failed })) }), {
    work: (item) => {
      if (item === 1) throw named('Bad');
      return item;
    },
  });
  expect(output(await bench.run([0, 1, 2]))).toEqual([0, { failed: 'Bad' }, 2]);
});

test('a Map is retried as a whole', async () => {
  let calls = 0;
  const bench = setUp(
    states({
      Each: map(states({ Work: task('work') }), { Retry: [{ ErrorEquals: ['Bad'], IntervalSeconds: 4 }], End: true }),
    }),
    {
      work: () => {
        if (++calls === 2) throw named('Bad');
      },
    },
  );
  expect((await bench.run([1, 2])).status).toBe('SUCCEEDED');
  expect([calls, bench.seconds()]).toEqual([4, 4]);
});

test('events say in which iterations they happened', async () => {
  const bench = setUp(states({ Outer: map(states({ Inner: map(states({ Leaf: { Type: 'Pass', End: true } })) })) }));
  const leaves: unknown[] = [];
  bench.stepFunctions.onEvent((_execution, event, path) => {
    if (event.type === 'PassStateEntered') leaves.push(path);
  });
  await bench.run([['a'], ['b', 'c']]);
  const at = (outer: number, inner: number) => ({
    map: [
      { state: 'Outer', index: outer },
      { state: 'Inner', index: inner },
    ],
    state: 'Leaf',
  });
  expect(leaves).toEqual(expect.arrayContaining([at(0, 0), at(1, 0), at(1, 1)]));
});

test('a Parallel gives each branch the input and fails with the first failure', async () => {
  const both = (second: object) =>
    states({
      Both: {
        Type: 'Parallel',
        Branches: [states({ One: { Type: 'Pass', End: true } }), states({ Two: second })],
        End: true,
      },
    });
  expect(output(await setUp(both({ Type: 'Wait', Seconds: 2, End: true })).run({ a: 1 }))).toEqual([
    { a: 1 },
    { a: 1 },
  ]);
  expect(await setUp(both({ Type: 'Fail', Error: 'No', Cause: 'because' })).run()).toMatchObject({
    error: 'No',
    cause: 'because',
  });
});

test('the end of a Parallel follows the last event of a branch, as AWS chains it', async () => {
  const wait = (Seconds: number) => states({ [`Wait${Seconds}`]: { Type: 'Wait', Seconds, End: true } });
  const { history } = await setUp(
    states({ Both: { Type: 'Parallel', Branches: [wait(2), wait(1)], End: true } }),
  ).run();
  const of = (type: string) => history.filter((event) => event.type === type);
  const [started] = of('ParallelStateStarted');
  expect(of('WaitStateEntered').map(({ previousEventId }) => previousEventId)).toEqual([started?.id, started?.id]);
  const last = of('WaitStateExited').at(-1)?.id;
  expect(of('ParallelStateSucceeded').map(({ previousEventId }) => previousEventId)).toEqual([last]);
  expect(of('ParallelStateExited').map(({ previousEventId }) => previousEventId)).toEqual([last]);
});

test('a branch that fails stops the iterations of a Map in the other branch, from the inside out', async () => {
  const waiting = map(states({ Hold: { Type: 'Wait', Seconds: 60, End: true } }));
  const failing = states({
    Hesitate: { Type: 'Wait', Seconds: 1, Next: 'No' },
    No: { Type: 'Fail', Error: 'No', Cause: 'because' },
  });
  const bench = setUp(
    states({
      Both: {
        Type: 'Parallel',
        Branches: [states({ Each: waiting }), failing],
        Catch: [{ ErrorEquals: ['No'], Next: 'Caught' }],
        End: true,
      },
      Caught: { Type: 'Succeed' },
    }),
  );
  const execution = await bench.run([1, 2]);
  expect(output(execution)).toEqual({ Error: 'No', Cause: 'because' });
  expect(bench.seconds()).toBe(1);
  expect(types(execution).slice(-12)).toEqual([
    'WaitStateExited',
    'FailStateEntered',
    'WaitStateAborted',
    'MapIterationAborted',
    'WaitStateAborted',
    'MapIterationAborted',
    'MapStateAborted',
    'ParallelStateFailed',
    'ParallelStateExited',
    'SucceedStateEntered',
    'SucceedStateExited',
    'ExecutionSucceeded',
  ]);
});

test('variables reach inner scopes, and inner ones do not leak out', async () => {
  const bench = setUp(
    states({
      Set: { Type: 'Pass', Assign: { 'base.$': '$.n', fixed: [1] }, Next: 'Each' },
      Each: map(
        states({
          Add: { Type: 'Pass', Assign: { 'sum.$': 'States.MathAdd($base, $)' }, Next: 'Show' },
          Show: { Type: 'Pass', InputPath: '$sum', End: true },
        }),
        { ItemsPath: '$.items', Assign: { 'sums.$': '$' }, ResultPath: null, Next: 'Last' },
      ),
      Last: { Type: 'Pass', Parameters: { 'sums.$': '$sums', 'one.$': '$fixed[0]' }, End: true },
    }),
  );
  expect(output(await bench.run({ n: 10, items: [1, 2] }))).toEqual({ sums: [11, 12], one: 1 });
});

test('all values of an Assign are taken from the entry of the state', async () => {
  const bench = setUp(
    states({
      One: { Type: 'Pass', Assign: { a: 1, b: 2 }, Next: 'Swap' },
      Swap: { Type: 'Pass', Assign: { 'a.$': '$b', 'b.$': '$a' }, Next: 'Show' },
      Show: { Type: 'Pass', Parameters: { 'a.$': '$a', 'b.$': '$b' }, End: true },
    }),
  );
  const execution = await bench.run();
  expect(output(execution)).toEqual({ a: 2, b: 1 });
  expect(execution.history[4]!.stateExitedEventDetails).toMatchObject({ assignedVariables: { a: '2', b: '1' } });
});

test('Assign of a Task sees the result before ResultSelector', async () => {
  const more = {
    ResultSelector: { 'only.$': '$.Payload' },
    Assign: { 'status.$': '$.StatusCode' },
    ResultPath: '$.r',
    Next: 'Show',
  };
  const bench = setUp(
    states({
      T: task('t', more),
      Show: { Type: 'Pass', Parameters: { 'status.$': '$status', 'r.$': '$.r' }, End: true },
    }),
    { t: () => 7 },
  );
  expect(output(await bench.run())).toEqual({ status: 200, r: { only: 7 } });
});

test('Wait waits for seconds or until a time', async () => {
  const machine = states({
    A: { Type: 'Wait', Seconds: 10, Next: 'B' },
    B: { Type: 'Wait', SecondsPath: '$.more', Next: 'C' },
    C: { Type: 'Wait', Timestamp: '2026-01-01T01:00:00Z', Next: 'D' },
    D: { Type: 'Wait', TimestampPath: '$.until', Next: 'E' },
    E: { Type: 'Wait', Timestamp: '2020-01-01T00:00:00Z', End: true },
  });
  const bench = setUp(machine);
  const execution = await bench.run({ more: 20, until: '2026-01-01T03:00:00+01:00' });
  expect(bench.seconds()).toBe(7200);
  const left = execution.history
    .filter(({ type }) => type === 'WaitStateExited')
    .map(({ timestamp }) => timestamp.toISOString());
  expect(left.slice(0, 3)).toEqual([
    '2026-01-01T00:00:10.000Z',
    '2026-01-01T00:00:30.000Z',
    '2026-01-01T01:00:00.000Z',
  ]);
});

test('Fail takes its error and cause from text, paths or functions', async () => {
  const fail = (more: object) => setUp(states({ F: { Type: 'Fail', ...more } })).run({ e: 'E1', n: 3 });
  expect(await fail({ Error: 'Plain', Cause: 'text' })).toMatchObject({ error: 'Plain', cause: 'text' });
  expect(await fail({ ErrorPath: '$.e', CausePath: "States.Format('{} of {}', $.n, $$.State.Name)" })).toMatchObject({
    error: 'E1',
    cause: '3 of F',
  });
  const bare = await fail({});
  expect([bare.status, bare.error, bare.cause, types(bare).at(-1)]).toEqual([
    'FAILED',
    undefined,
    undefined,
    'ExecutionFailed',
  ]);
});

test('a machine that takes longer than its TimeoutSeconds is TIMED_OUT and nothing of it runs on', async () => {
  let ended = false;
  const bench = setUp(states({ Slow: task('slow') }, { TimeoutSeconds: 5 }), {
    slow: async (_payload, { clock }) => {
      await clock.sleep(60_000);
      ended = true;
    },
  });
  const execution = await bench.run();
  expect([execution.status, execution.error, bench.seconds()]).toEqual(['TIMED_OUT', undefined, 5]);
  expect(execution.history.at(-1)).toMatchObject({
    type: 'ExecutionTimedOut',
    executionTimedOutEventDetails: { error: 'States.Timeout' },
  });
  const length = execution.history.length;
  await bench.clock.run(() => ended);
  expect(execution.history).toHaveLength(length);
});

test('StopExecution ends what is below it, and its tokens are closed', async () => {
  let taken = '';
  const bench = setUp(states({ Each: map(states({ Await: tokenTask('take') })) }), {
    take: ({ token }) => {
      taken = token;
    },
  });
  const arn = bench.start([1]);
  await bench.clock.run(() => taken !== '');
  bench.call('StopExecution', { executionArn: arn, error: 'Enough', cause: 'a person' });
  const execution = bench.stepFunctions.execution(arn);
  expect(execution).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'a person' });
  expect(() => bench.call('SendTaskSuccess', { taskToken: taken, output: '1' })).toThrow('Task Timed Out');
  await expect(bench.clock.run(() => false)).rejects.toThrow('stands still');
  expect(types(execution).at(-1)).toBe('ExecutionAborted');
});

test('an endless loop ends at 25,000 events', async () => {
  const execution = await setUp(
    states({
      A: { Type: 'Pass', Next: 'B' },
      B: { Type: 'Choice', Choices: [{ Variable: '$.x', IsPresent: true, Next: 'C' }], Default: 'A' },
      C: { Type: 'Succeed' },
    }),
  ).run();
  expect(execution).toMatchObject({
    status: 'FAILED',
    error: 'States.Runtime',
    cause: 'The execution reached the maximum number of history events (25000).',
  });
  expect(execution.history).toHaveLength(25_000);
});

test('an endless loop within a Map ends so as well', async () => {
  const loop = states({
    A: { Type: 'Pass', Next: 'B' },
    B: { Type: 'Choice', Choices: [{ Variable: '$$.State.Name', IsNull: true, Next: 'C' }], Default: 'A' },
    C: { Type: 'Succeed' },
  });
  const execution = await setUp(states({ Each: map(loop) })).run([1, 2, 3]);
  expect([execution.status, execution.history.length]).toEqual(['FAILED', 25_000]);
});

test('transitions and functions can be given a latency', async () => {
  const bench = setUp(
    states({ A: { Type: 'Pass', Next: 'B' }, B: task('b') }),
    { b: () => null },
    { latency: { transition: 50, invoke: 400 } },
  );
  const execution = await bench.run();
  expect(bench.seconds()).toBe(0.5);
  expect(entered(execution)).toEqual(['A', 'B']);
});
