import { expect, test } from '@jest/globals';
import { output, setUp, states, task, tokenTask } from '../fixture.ts';

const pass = { Type: 'Pass', End: true };

test.each<[string, object, string]>([
  ['a state type', states({ A: { Type: 'Loop' } }), 'A: Type Loop is not supported'],
  ['a field', states({ A: { ...pass, Arguments: {} } }), 'A: Arguments is not supported'],
  ['a field of another type', states({ A: { ...pass, Retry: [] } }), 'A: Retry is not supported'],
  ['a top field', states({ A: pass }, { Foo: 1 }), 'the state machine: Foo is not supported'],
  ['JSONata', states({ A: pass }, { QueryLanguage: 'JSONata' }), 'the state machine: QueryLanguage is not supported'],
  ['JSONata in a state', states({ A: { ...pass, QueryLanguage: 'JSONata' } }), 'A: QueryLanguage is not supported'],
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
    'A.Choices[0]: StringContains is not supported',
  ],
  [
    'a rule of rules',
    states({ A: { Type: 'Choice', Choices: [{ Not: { Variable: '$.x', IsPresent: true }, Next: 'B' }] }, B: pass }),
    'A.Choices[0]: Not is not supported',
  ],
  [
    'a rule of two comparisons',
    states({
      A: { Type: 'Choice', Choices: [{ Variable: '$.x', IsPresent: true, BooleanEquals: true, Next: 'B' }] },
      B: pass,
    }),
    'A.Choices[0]: needs either IsPresent or BooleanEquals',
  ],
  [
    'an intrinsic function',
    states({ A: { ...pass, Parameters: { deep: [{ 'x.$': "States.Upper('x')" }] } } }),
    "A: Parameters.deep.0.x.$ States.Upper('x'): the intrinsic function States.Upper is not supported",
  ],
  [
    'a call of a known function with a literal',
    states({ A: { ...pass, Parameters: { 'x.$': 'States.ArrayLength(1)' } } }),
    'A: Parameters.x.$ 1 is no path of names and indexes',
  ],
  [
    'a call that does not end',
    states({ A: { ...pass, Parameters: { 'x.$': 'States.ArrayLength($' } } }),
    'A: Parameters.x.$ States.ArrayLength($: the intrinsic function States.ArrayLength is not supported so',
  ],
  [
    'a path',
    states({ A: { ...pass, InputPath: '$.a.length()' } }),
    'A: InputPath $.a.length() is no path of names and indexes',
  ],
  [
    'a ResultPath that is no reference',
    states({ A: { ...pass, ResultPath: '$.a[*]' } }),
    'A: ResultPath must be a path of names into the input',
  ],
  ['a variable', states({ A: { ...pass, InputPath: '$nobody.x' } }), 'A: InputPath $nobody.x is no path'],
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
    'A.ItemProcessor: ProcessorConfig.Mode DISTRIBUTED is not supported',
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
    'an error of Step Functions that no machine names',
    states({ A: task('f', { Retry: [{ ErrorEquals: ['States.TaskFailed'] }], End: true }) }),
    'A.Retry[0]: the error States.TaskFailed is not supported',
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
    'seconds that are no path',
    states({ A: { Type: 'Wait', Seconds: 1, Next: 'B' }, B: pass }),
    'A: Seconds is not supported',
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
