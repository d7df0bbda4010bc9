import { expect, test } from '@jest/globals';
import { output, setUp, states } from '../fixture.ts';

const input = {
  name: 'Ann',
  list: [1, 2, 3, 4, 5],
  dup: [1, { a: 1 }, 1, { a: 1 }],
  a: { x: 1, y: 1 },
  b: { y: 2 },
  json: '{"k":[1]}',
  template: '{} and {}',
  half: 2.5,
  text: 'a,b;c',
  none: null,
};
const compute = (expression: string) =>
  setUp(states({ P: { Type: 'Pass', Parameters: { 'r.$': expression }, End: true } })).run(input);

test.each<[string, unknown]>([
  ["States.Format('Hello {}, {} \\{\\} it\\'s', $.name, 3)", "Hello Ann, 3 {} it's"],
  ['States.Format($.template, true, $.none)', 'true and null'],
  ["States.Format('{}', $.a)", '{x=1, y=1}'],
  ['States.StringToJson($.json)', { k: [1] }],
  ['States.JsonToString($.a)', '{"x":1,"y":1}'],
  ["States.Array($.name, 'x', -1.5, true, null, States.Array())", ['Ann', 'x', -1.5, true, null, []]],
  ['States.ArrayPartition($.list, 2)', [[1, 2], [3, 4], [5]]],
  ['States.ArrayContains($.dup, $.dup[1])', true],
  ['States.ArrayContains($.list, 9)', false],
  ['States.ArrayRange(1, 9, 2)', [1, 3, 5, 7, 9]],
  ['States.ArrayGetItem($.list, 4)', 5],
  ['States.ArrayLength($.list[*])', 5],
  ['States.ArrayUnique($.dup)', [1, { a: 1 }]],
  ["States.Base64Encode('Data to encode')", 'RGF0YSB0byBlbmNvZGU='],
  ["States.Base64Decode('RGF0YSB0byBlbmNvZGU=')", 'Data to encode'],
  ["States.Hash('input data', 'SHA-1')", 'aaff4a450a104cd177d28d18d74485e8cae074b7'],
  ['States.JsonMerge($.a, $.b, false)', { x: 1, y: 2 }],
  ['States.MathRandom(10, 20)', 15],
  ['States.MathAdd($.half, -1)', 2],
  ["States.StringSplit($.text, ',;')", ['a', 'b', 'c']],
  ["States.ArrayLength(States.StringSplit('a-b', '-'))", 2],
  ['States.ArrayGetItem($.dup[?(@.a==1)], 0)', { a: 1 }],
  ["States.Format('{}', $$.Execution.Input['name'])", 'Ann'],
  ['States.UUID()', '88888888-8888-4888-a888-888888888888'],
])('%s', async (expression, expected) => {
  expect(output(await compute(expression))).toEqual({ r: expected });
});

test.each([
  'States.StringToJson($.name)',
  "States.Format('{}')",
  "States.Format('none', 1)",
  'States.ArrayGetItem($.list, 9)',
  'States.ArrayLength($.name)',
  'States.ArrayRange(1, 2000, 1)',
  "States.Hash('a', 'SHA-2')",
  'States.JsonMerge($.a, $.b, true)',
  "States.MathAdd('1', 1)",
  'States.ArrayPartition($.list, 0)',
])('%s fails as States.Runtime', async (expression) => {
  expect(await compute(expression)).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
});
