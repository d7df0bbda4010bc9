import { expect, test } from '@jest/globals';
import { output, setUp, states, task, tokenTask } from '../fixture.ts';

const pass = { Type: 'Pass', End: true };

test.each<[string, object, string]>([
  ['a state type', states({ A: { Type: 'Loop' } }), 'A: Type Loop is not supported'],
  ['a field', states({ A: { ...pass, Arguments: {} } }), 'A: Arguments is not supported'],
  ['a field of another type', states({ A: { ...pass, Retry: [] } }), 'A: Retry is not supported'],
  ['a top field', states({ A: pass }, { Foo: 1 }), 'the state machine: Foo is not supported'],
  ['JSONata', states({ A: pass }, { QueryLanguage: 'JSONata' }), 'the state machine: QueryLanguage JSONata'],
  ['JSONata in a state', states({ A: { ...pass, QueryLanguage: 'JSONata' } }), 'A: QueryLanguage JSONata'],
  [
    'a resource',
    states({ A: task('f', { Resource: 'arn:aws:states:::sqs:sendMessage', End: true }) }),
    'A: Resource arn:aws:states:::sqs:sendMessage',
  ],
  [
    'an invoke parameter',
    states({ A: task('f', { Parameters: { FunctionName: 'f', Qualifier: '1' }, End: true }) }),
    'A: Parameters.Qualifier',
  ],
  [
    'a missing function',
    states({ A: task('f', { Parameters: {}, End: true }) }),
    'A: Parameters.FunctionName is missing',
  ],
  [
    'a comparison',
    states({ A: { Type: 'Choice', Choices: [{ Variable: '$.x', StringContains: 'x', Next: 'B' }] }, B: pass }),
    'A.Choices[0]: no supported comparison in {Variable, StringContains, Next}',
  ],
  [
    'an inner comparison',
    states({ A: { Type: 'Choice', Choices: [{ Not: { Variable: '$.x', Foo: 1 }, Next: 'B' }] }, B: pass }),
    'A.Choices[0][0]: no supported comparison',
  ],
  [
    'an intrinsic function',
    states({ A: { ...pass, Parameters: { deep: [{ 'x.$': "States.Upper('x')" }] } } }),
    'A: Parameters.deep.0.x.$ States.Upper is not an intrinsic function',
  ],
  [
    'a call with too few arguments',
    states({ A: { ...pass, Parameters: { 'x.$': 'States.MathAdd(1)' } } }),
    'States.MathAdd takes 2 arguments, not 1',
  ],
  [
    'a call that does not parse',
    states({ A: { ...pass, Parameters: { 'x.$': 'States.Array(1' } } }),
    'A: Parameters.x.$ cannot be read',
  ],
  ['a path', states({ A: { ...pass, InputPath: '$.a.length()' } }), 'A: InputPath $.a.length() is not JSONPath'],
  [
    'a ResultPath that is no reference',
    states({ A: { ...pass, ResultPath: '$.a[*]' } }),
    'A: ResultPath must be a reference path',
  ],
  ['a variable nobody assigns', states({ A: { ...pass, InputPath: '$nobody.x' } }), 'A: InputPath reads $nobody'],
  ['a next state that is not there', states({ A: { Type: 'Pass', Next: 'Z' } }), 'A: Next names no state: Z'],
  ['a state without a way on', states({ A: { Type: 'Pass' } }), 'A: needs either Next or End: true'],
  ['a state nothing leads to', states({ A: pass, B: pass }), 'B: the state is not reachable'],
  [
    'a machine without an end',
    states({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } }),
    'there is no terminal state',
  ],
  [
    'a distributed Map',
    states({
      A: {
        Type: 'Map',
        ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...states({ B: pass }) },
        End: true,
      },
    }),
    'A.ItemProcessor.ProcessorConfig: ExecutionType is not supported',
  ],
  [
    'an inner state',
    states({ A: { Type: 'Map', ItemProcessor: states({ B: { ...pass, Output: 1 } }), End: true } }),
    'B: Output is not supported',
  ],
  [
    'a name used twice',
    states({ A: { Type: 'Map', ItemProcessor: states({ A: pass }), End: true } }),
    'A: this name is used twice',
  ],
  [
    'an inner variable with an outer name',
    states({
      A: { Type: 'Map', ItemProcessor: states({ B: { ...pass, Assign: { v: 1 } } }), Assign: { v: 2 }, End: true },
    }),
    'A.ItemProcessor: Assign must not reuse the outer variable $v',
  ],
  [
    'States.ALL in company',
    states({ A: task('f', { Retry: [{ ErrorEquals: ['States.ALL', 'X'] }], End: true }) }),
    'A.Retry[0]: States.ALL must stand alone and last',
  ],
  [
    'a retry field',
    states({ A: task('f', { Retry: [{ ErrorEquals: ['X'], Backoff: 2 }], End: true }) }),
    'A.Retry[0]: Backoff is not supported',
  ],
  [
    'a retry value',
    states({ A: task('f', { Retry: [{ ErrorEquals: ['X'], BackoffRate: 0.5 }], End: true }) }),
    'A.Retry[0]: a value is out of range',
  ],
  [
    'a heartbeat over the time-out',
    states({ A: tokenTask('f', { HeartbeatSeconds: 9, TimeoutSeconds: 9, End: true }) }),
    'A: HeartbeatSeconds must be smaller',
  ],
  [
    'two kinds of waiting',
    states({ A: { Type: 'Wait', Seconds: 1, SecondsPath: '$.x', End: true } }),
    'A: needs exactly one of Seconds',
  ],
])('%s outside the subset is refused by name', (_what, machine, message) => {
  expect(() => setUp(machine)).toThrow(message);
});

test('all refusals come at once', () => {
  const machine = states({ A: { ...pass, Arguments: {}, Output: 1 }, B: { Type: 'Loop' } });
  expect(() => setUp(machine)).toThrow(/A: Arguments[^]*A: Output[^]*B: Type Loop/);
});

test('substitutions are filled in before parsing, and one without a value is refused', async () => {
  const text = JSON.stringify(states({ A: { Type: 'Pass', Result: '${Who} and ${Who}', End: true } }));
  expect(output(await setUp(text, {}, { substitutions: { Who: 'me' } }).run())).toBe('me and me');
  expect(() => setUp(text.replace('and', '${Missing}'), {}, { substitutions: { Who: 'me' } })).toThrow('${Missing}');
});
