import { expect, test } from '@jest/globals';
import { done, entered, fail, named, output, setUp, states, task, tokenTask, types, pause } from './fixture.ts';

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
        ItemsPath: '$.items',
        Catch: [{ ErrorEquals: ['Broken'], Next: 'Rest' }],
        End: true,
      }),
      Rest: pause('End'),
      End: done,
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
  const execution = await bench.run({ items: [2, 3, 4], seconds: 100 });
  expect(output(execution)).toMatchObject({ Error: 'Broken' });
  expect(after).toEqual([]);
  expect(types(execution).slice(-12)).toEqual(
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
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ].slice(-12),
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
        Branches: [states({ One: { Type: 'Pass', End: true } }), states({ Two: second, Three: done })],
        Next: 'End',
      },
      End: done,
    });
  expect(output(await setUp(both(pause('Three'))).run({ seconds: 2 }))).toEqual([{ seconds: 2 }, { seconds: 2 }]);
  expect(
    await setUp(both({ ...task('no'), Next: 'Three', End: undefined }), {
      no: () => Promise.reject(named('No')),
    }).run(),
  ).toMatchObject({
    error: 'No',
  });
});

test('the end of a Parallel follows the last event of a branch, as AWS chains it', async () => {
  const waiting = (name: string) => states({ [name]: pause(`${name}End`, name), [`${name}End`]: done });
  const { history } = await setUp(
    states({ Both: { Type: 'Parallel', Branches: [waiting('late'), waiting('soon')], Next: 'End' }, End: done }),
  ).run({ late: 2, soon: 1 });
  const of = (type: string) => history.filter((event) => event.type === type);
  const [started] = of('ParallelStateStarted');
  expect(of('WaitStateEntered').map(({ previousEventId }) => previousEventId)).toEqual([started?.id, started?.id]);
  const last = of('SucceedStateExited').at(-2)?.id;
  expect(of('ParallelStateSucceeded').map(({ previousEventId }) => previousEventId)).toEqual([last]);
  expect(of('ParallelStateExited').map(({ previousEventId }) => previousEventId)).toEqual([last]);
});

test('a branch that fails stops the iterations of a Map in the other branch, from the inside out', async () => {
  const waiting = map(states({ Hold: pause('Held', 'long'), Held: done }), { ItemsPath: '$.items', End: true });
  const failing = states({
    Hesitate: pause('No', 'short'),
    No: fail,
  });
  const bench = setUp(
    states({
      Both: {
        Type: 'Parallel',
        Branches: [states({ Each: waiting }), failing],
        Catch: [{ ErrorEquals: ['No'], Next: 'Caught' }],
        Next: 'Caught',
      },
      Caught: { Type: 'Succeed' },
    }),
  );
  const execution = await bench.run({ items: [1, 2], short: 1, long: 60 });
  expect(output(execution)).toEqual({ Error: 'No', Cause: 'tested' });
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

test('Wait waits for as many seconds as its path says', async () => {
  const bench = setUp(states({ A: pause('B', 'more'), B: pause('C', 'none'), C: done }));
  expect((await bench.run({ more: 20, none: 0 })).status).toBe('SUCCEEDED');
  expect(bench.seconds()).toBe(20);
});

test.each([
  [
    'no number',
    'soon',
    'The SecondsPath parameter cannot be parsed as a long value: $$.Execution.Input.seconds == "soon"',
  ],
  ['a number below 0', -1, 'The SecondsPath parameter references a negative value: $$.Execution.Input.seconds == -1'],
])('a Wait for %s is States.Runtime', async (_what, seconds, cause) => {
  const { error, cause: told } = await setUp(states({ A: pause('B'), B: done })).run({ seconds });
  expect([error, told]).toEqual(['States.Runtime', expect.stringContaining(cause)]);
});

test('Fail takes its error and cause from paths', async () => {
  const failed = (more: object) => setUp(states({ F: { Type: 'Fail', ...more } })).run({ e: 'E1', n: 3 });
  expect(await failed({ ErrorPath: '$.e', CausePath: '$$.State.Name' })).toMatchObject({ error: 'E1', cause: 'F' });
  expect((await failed({ ErrorPath: '$.n' })).cause).toContain("The ErrorPath '$.n' does not reference a string.");
  const bare = await failed({});
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
    B: { Type: 'Choice', Choices: [{ Variable: '$$.State.Name', IsPresent: false, Next: 'C' }], Default: 'A' },
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
