import { expect, test } from '@jest/globals';
import type { Json } from '../../../../simulator/states/definition.ts';
import { pathSteps, place, selectPath } from '../../../../simulator/states/values/paths.ts';
import { machineAccount, output, machineRegion, setUp, states, task } from '../fixture.ts';

const store: Json = { a: { b: 1, 'c-d': 2 }, list: [{ n: 1 }, { n: 2 }], nothing: null };

test.each<[string, Json | undefined]>([
  ['$', store],
  ['$.a.b', 1],
  ['$.a.c-d', 2],
  ['$.list[1].n', 2],
  ['$.nothing', null],
  ['$.missing', undefined],
  ['$.a.b.c', undefined],
  ['$.list[9]', undefined],
])('the path %s selects what AWS selects', (path, expected) => {
  expect(pathSteps(path)).toBeDefined();
  expect(selectPath(path, store)).toEqual(expected);
});

test.each([
  'a.b',
  "$['a']",
  '$.list[*].n',
  '$..n',
  '$.list[0:2]',
  '$.list[-1]',
  "$.list[?(@.k=='x')]",
  '$.list.length()',
  '$name',
])('the path %s is refused', (path) => {
  expect(pathSteps(path)).toBeUndefined();
});

test('ResultPath puts the result into a copy of the input', () => {
  const input: Json = { a: { b: 1 }, list: [1, 2] };
  expect(place('$', input, 9)).toBe(9);
  expect(place('$.a.c', input, 9)).toEqual({ a: { b: 1, c: 9 }, list: [1, 2] });
  expect(place('$.x.y', input, 9)).toEqual({ ...(input as object), x: { y: 9 } });
  expect(input).toEqual({ a: { b: 1 }, list: [1, 2] });
  expect(() => place('$.a.b.c', input, 9)).toThrow('Unable to apply');
  expect(() => place('$.list.c', input, 9)).toThrow('Unable to apply');
});

test('States.ArrayLength counts a list, and fails for anything else', async () => {
  const count = (list: Json) =>
    setUp(states({ P: { Type: 'Pass', Parameters: { 'n.$': 'States.ArrayLength($.list)' }, End: true } })).run({
      list,
    });
  expect(output(await count([1, 2, 3]))).toEqual({ n: 3 });
  expect(await count('text')).toMatchObject({
    error: 'States.Runtime',
    cause: expect.stringContaining('"text" is not an array'),
  });
});

test('a state takes its input and output through its paths, in order', async () => {
  const T = task('t', {
    Parameters: {
      FunctionName: 't',
      Payload: { 'x.$': '$.in.x', literal: '$.x', nested: [{ 'y.$': '$$.Execution.Input.out' }] },
    },
    ResultSelector: { 'echo.$': '$.Payload', 'code.$': '$.StatusCode' },
    ResultPath: '$.result',
    OutputPath: '$.result.echo',
    End: true,
  });
  const bench = setUp(states({ T }), { t: (payload: Json) => payload });
  expect(output(await bench.run({ in: { x: 5 }, out: 6 }))).toEqual({ x: 5, literal: '$.x', nested: [{ y: 6 }] });
});

test('a path that finds nothing is States.Runtime, says where, and is never caught', async () => {
  const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'No' }];
  const T = task('t', { Parameters: { FunctionName: 't', Payload: { 'x.$': '$.gone' } }, Catch, End: true });
  const execution = await setUp(states({ T, No: { Type: 'Succeed' } }), { t: () => null }).run({ a: 1 });
  expect(execution).toMatchObject({
    status: 'FAILED',
    error: 'States.Runtime',
    cause: `An error occurred while executing the state 'T' (entered at the event id #2). The JSONPath '$.gone' specified for the field 'x.$' could not be found in the input '{"a":1}'`,
  });
  const input = await setUp(states({ P: { Type: 'Pass', InputPath: '$.b', End: true } })).run({ a: 1 });
  expect(input.cause).toContain("Invalid path '$.b' : No results for path: $['b']");
});

test('a result that cannot be put into the input is States.ResultPathMatchFailure', async () => {
  expect(
    await setUp(states({ P: { Type: 'Pass', Result: 1, ResultPath: '$.a.b', End: true } })).run({ a: 'text' }),
  ).toMatchObject({
    error: 'States.ResultPathMatchFailure',
  });
});

test('the context object holds the execution, the state and the machine', async () => {
  const bench = setUp(states({ P: { Type: 'Pass', InputPath: '$$', End: true } }));
  const arn = bench.start({ i: 1 }, 'run-1');
  const execution = bench.stepFunctions.execution(arn);
  await bench.clock.run(() => execution.status !== 'RUNNING');
  expect(output(execution)).toEqual({
    Execution: {
      Id: `arn:aws:states:${machineRegion}:${machineAccount}:execution:tested:run-1`,
      Input: { i: 1 },
      Name: 'run-1',
      RoleArn: `arn:aws:iam::${machineAccount}:role/tested`,
      StartTime: '2026-01-01T00:00:00.000Z',
      RedriveCount: 0,
    },
    StateMachine: { Id: `arn:aws:states:${machineRegion}:${machineAccount}:stateMachine:tested`, Name: 'tested' },
    State: { Name: 'P', EnteredTime: '2026-01-01T00:00:00.000Z' },
  });
});
