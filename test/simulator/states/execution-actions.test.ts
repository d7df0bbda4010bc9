import { expect, test } from '@jest/globals';
import { done, setUp, states, task, pause } from './fixture.ts';

const waiting = states({
  Add: { Type: 'Pass', Parameters: { seconds: 60, 'input.$': '$' }, Next: 'W' },
  W: { Type: 'Wait', SecondsPath: '$.seconds', Next: 'End' },
  End: { Type: 'Succeed', OutputPath: '$.input' },
});
const code = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return undefined;
};

test('starting the same execution again while it runs is no second one', async () => {
  const bench = setUp(waiting);
  const request = (input: string) => ({ stateMachineArn: bench.machine, name: 'once', input });
  const first = bench.call('StartExecution', request('{}'));
  expect(bench.call('StartExecution', request('{}'))).toEqual(first);
  expect(code(() => bench.call('StartExecution', request('{"a":1}')))).toBe('ExecutionAlreadyExists');
  await bench.clock.run(() => bench.stepFunctions.execution(first.executionArn).status !== 'RUNNING');
  expect(code(() => bench.call('StartExecution', request('{}')))).toBe('ExecutionAlreadyExists');
});

test('bad requests are refused with the errors of AWS', () => {
  const bench = setUp(waiting);
  const stateMachineArn = bench.machine;
  expect(code(() => bench.call('StartExecution', { stateMachineArn, name: 'a b' }))).toBe('InvalidName');
  expect(code(() => bench.call('StartExecution', { stateMachineArn, name: 'x'.repeat(81) }))).toBe('InvalidName');
  expect(code(() => bench.call('StartExecution', { stateMachineArn, input: '{' }))).toBe('InvalidExecutionInput');
  expect(code(() => bench.call('StartExecution', { stateMachineArn: `${stateMachineArn}x` }))).toBe(
    'StateMachineDoesNotExist',
  );
  expect(code(() => bench.call('StartExecution', { stateMachineArn, nonsense: 1 }))).toBe('ValidationException');
  expect(code(() => bench.call('StartExecution', {}))).toBe('ValidationException');
  expect(code(() => bench.call('DescribeExecution', { executionArn: 'arn:none' }))).toBe('ExecutionDoesNotExist');
  expect(code(() => bench.call('SendTaskHeartbeat', { taskToken: 'none' }))).toBe('InvalidToken');
});

test('an execution is described while it runs and after', async () => {
  const bench = setUp(waiting);
  const seen: string[] = [];
  bench.stepFunctions.onStatusChange(({ status }) => seen.push(status));
  const executionArn = bench.start({ a: 1 }, 'described');
  expect(bench.call('DescribeExecution', { executionArn })).toEqual({
    executionArn,
    stateMachineArn: bench.machine,
    name: 'described',
    status: 'RUNNING',
    startDate: new Date('2026-01-01T00:00:00Z'),
    input: '{"a":1}',
    inputDetails: { included: true },
    redriveCount: 0,
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: 'Execution is RUNNING and cannot be redriven',
  });
  await bench.clock.run(() => seen.length === 2);
  expect(bench.call('DescribeExecution', { executionArn })).toMatchObject({
    status: 'SUCCEEDED',
    stopDate: new Date('2026-01-01T00:01:00Z'),
    output: '{"a":1}',
    outputDetails: { included: true },
  });
  expect(seen).toEqual(['RUNNING', 'SUCCEEDED']);
});

test('history comes in pages, backwards if asked, and without payloads if asked', async () => {
  const bench = setUp(states({ T: task('t') }), { t: () => 'secret' });
  const { arn: executionArn, history } = await bench.run({ also: 'secret' });
  const ids: number[] = [];
  let nextToken: string | undefined;
  do {
    const page = bench.call('GetExecutionHistory', { executionArn, maxResults: 3, reverseOrder: true, nextToken });
    ids.push(...page.events.map(({ id }: { id: number }) => id));
    nextToken = page.nextToken;
  } while (nextToken);
  expect(ids).toEqual(history.map(({ id }) => id).toReversed());
  const bare = bench.call('GetExecutionHistory', { executionArn, includeExecutionData: false });
  expect(JSON.stringify(bare)).not.toContain('secret');
  expect(bare.events[1].stateEnteredEventDetails.name).toBe('T');
  expect(code(() => bench.call('GetExecutionHistory', { executionArn, maxResults: 1001 }))).toBe('ValidationException');
});

test('executions are listed newest first and by status', async () => {
  const bench = setUp(waiting);
  const [one, two] = [bench.start({}, 'one'), bench.start({}, 'two')];
  bench.call('StopExecution', { executionArn: one });
  const names = (more: object) =>
    bench
      .call('ListExecutions', { stateMachineArn: bench.machine, ...more })
      .executions.map(({ name }: { name: string }) => name);
  expect(names({})).toEqual(['two', 'one']);
  expect(names({ statusFilter: 'ABORTED' })).toEqual(['one']);
  expect(names({ maxResults: 1 })).toEqual(['two']);
  expect(bench.stepFunctions.execution(two).status).toBe('RUNNING');
});

test('an execution a function starts is not charged to the function', async () => {
  const child: string[] = [];
  const bench = setUp(
    states({
      C: { Type: 'Choice', Choices: [{ Variable: '$.leaf', IsPresent: true, Next: 'W' }], Default: 'T' },
      T: task('launch'),
      W: pause('End'),
      End: done,
    }),
    {
      launch: async (_payload, { start, clock }) => {
        child.push(start({ leaf: true, seconds: 100 }, 'child'));
        await clock.sleep(1000);
        return 'launched';
      },
    },
  );
  await bench.run({});
  expect(bench.seconds()).toBe(1);
  await bench.clock.run(() => bench.stepFunctions.execution(child[0]!).status === 'SUCCEEDED');
  expect(bench.seconds()).toBe(100);
});
