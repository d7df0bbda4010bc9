import { describe, expect, test } from '@jest/globals';
import { inputsOf } from '../../../../core/recipe/parameters/inputs.ts';
import { formatPath, formatProblems, parseRecipe } from '../../../../core/recipe/recipe.ts';
import { document } from '../../../support/plan.ts';

const valueOf = (definition: object, given?: unknown, triggers?: object) =>
  inputsOf(
    { parameters: { x: definition }, ...(triggers && { triggers }) },
    given === undefined ? undefined : { x: given },
  ).values['x'];
const wrong = (definition: object, given?: unknown, triggers?: object) => {
  const changes = { parameters: { x: definition }, ...(triggers && { triggers }) };
  const start = given === undefined ? {} : { given: { parameters: { x: given } } };
  return (parseRecipe({ ...document, ...changes }, {}, start).problems ?? []).map(
    ({ path, message }) => `${formatPath(path)}: ${message}`,
  );
};

describe('the value of a parameter', () => {
  test.each<[string, object, unknown, unknown]>([
    ['a text', {}, '1.10', '1.10'],
    ['a number', { type: 'number' }, 7.5, 7.5],
    ['a number, as the command line gives it', { type: 'number' }, '7.5', 7.5],
    ['a boolean', { type: 'boolean' }, true, true],
    ['a boolean, as the command line gives it', { type: 'boolean' }, 'false', false],
    ['a list', { type: 'list' }, ['a', 'b'], ['a', 'b']],
    ['a list, as the command line gives it', { type: 'list' }, 'a, b', ['a', 'b']],
    ['an empty list', { type: 'list' }, '', []],
    ['what a pattern lets through', { pattern: '[a-z ]+' }, 'a b', 'a b'],
    ['what is allowed', { allowed: ['a b', 'c'] }, 'a b', 'a b'],
    ['a number that is allowed', { type: 'number', allowed: [1, 2] }, '2', 2],
  ])('may be %s', (_what, definition, given, value) => {
    expect(valueOf(definition, given)).toEqual(value);
  });

  test('of a start goes before the default, and without a start that of the triggers does', () => {
    const triggers = { parameters: { x: 'nightly' } };
    expect(valueOf({ default: 'usual' }, 'mine', triggers)).toBe('mine');
    expect(valueOf({ default: 'usual' }, undefined, triggers)).toBe('nightly');
    expect(inputsOf({ parameters: { x: { default: 'usual' } }, triggers }, {}).values).toEqual({ x: 'usual' });
  });

  test('without a default is missing in a start, and an example stands in where a recipe is judged', () => {
    const { values, missing, problems } = inputsOf(
      { parameters: { x: { example: '1.2' }, y: { allowed: ['a'] } } },
      {},
    );
    expect(values).toEqual({ x: '1.2', y: 'a' });
    expect(missing.map(({ path }) => path.join('.'))).toEqual(['parameters.x', 'parameters.y']);
    expect(problems).toEqual([]);
  });
});

test.each<[string, object, unknown, string]>([
  ['a number for a text', { default: 'x' }, 1.1, 'parameters.x: must be text, got 1.1; put it in quotes'],
  ['a list for a text', { default: 'x' }, ['a'], 'parameters.x: must be text, got ["a"]'],
  ['nothing for a text', { default: 'x' }, null, 'parameters.x: must be text, got null'],
  ['a word for a number', { type: 'number', default: 1 }, 'one', 'parameters.x: must be a number, got "one"'],
  ['hexadecimal digits', { type: 'number', default: 1 }, '0x10', 'parameters.x: must be a number, got "0x10"'],
  ['infinity', { type: 'number', default: 1 }, Infinity, 'parameters.x: must be a number, got null'],
  ['a word for a boolean', { type: 'boolean' }, 'yes', 'parameters.x: must be true or false, got "yes"'],
  ['a map for a list', { type: 'list', default: [] }, {}, 'parameters.x: must be a list of texts, got {}'],
  ['numbers in a list', { type: 'list', default: [] }, [1], 'parameters.x: must be a list of texts, got [1]'],
  [
    'what a pattern does not match as a whole',
    { default: '1', pattern: '\\d|x' },
    '12',
    'parameters.x: must match \\d|x, got "12"',
  ],
  [
    'what a pattern does not match in a list',
    { type: 'list', default: [], pattern: '\\d' },
    'a',
    'parameters.x: must match \\d',
  ],
  [
    'what is not allowed',
    { default: 'small', allowed: ['small', 'large'] },
    'larg',
    'parameters.x: must be one of small, large, got "larg"; did you mean large?',
  ],
  [
    'a number that is not allowed',
    { type: 'number', default: 1, allowed: [1] },
    2,
    'parameters.x: must be one of 1, got 2',
  ],
  [
    'a long text',
    { default: 'x', pattern: '.*' },
    'a'.repeat(1001),
    'parameters.x: must have at most 1000 characters, got 1001',
  ],
  ['a secret', { default: 'x' }, 'AKIAIOSFODNN7EXAMPLE', 'parameters.x: contains an AWS access key id'],
])('%s is refused', (_what, definition, given, message) => {
  expect(wrong(definition, given).join('\n')).toContain(message);
});

test.each([
  'a b',
  '$(reboot)',
  '`x`',
  'a;b',
  'a|b',
  'a&b',
  "a'b",
  'a"b',
  'a\nb',
  '-rf',
  'a>b',
  '~',
  '*',
  '\\x',
  '${{',
  'ü',
])('without a pattern %j is refused, which a shell would not take for a word', (text) => {
  expect(wrong({ default: 'x' }, text).join()).toContain('may have letters, digits and ._:/@+=,- only');
  expect(wrong({ type: 'list', default: [] }, [text]).join()).toContain('may have letters, digits');
});

test.each<[string, object, string[]]>([
  [
    'a default of another type',
    { type: 'number', default: 'big' },
    ['parameters.x.default: must be a number, got "big"'],
  ],
  [
    'an example of another type',
    { type: 'number', default: 1, example: [] },
    ['parameters.x.example: must be a number, got []'],
  ],
  [
    'an allowed value of another type',
    { allowed: [1] },
    ['parameters.x.allowed[0]: must be text, got 1; put it in quotes'],
  ],
  ['a pattern with allowed', { allowed: ['a'], pattern: 'a' }, ['parameters.x.pattern: does not go with allowed']],
  [
    'a pattern of a number',
    { type: 'number', default: 1, pattern: '1' },
    ['parameters.x.pattern: goes with texts only'],
  ],
  [
    'a boolean with allowed',
    { type: 'boolean', allowed: ['true'] },
    ['parameters.x.allowed: does not go with a boolean'],
  ],
  [
    'a pattern that is none',
    { default: 'a', pattern: '(' },
    ['parameters.x.pattern: must be a regular expression of JavaScript, got "("'],
  ],
  [
    'an unknown type',
    { type: 'text', default: 'a' },
    ['parameters.x.type: must be one of string, number, boolean, list, got "text"'],
  ],
  [
    'an unknown key',
    { defualt: 'a', example: 'b' },
    ['parameters.x.defualt: is not a key here; did you mean default?'],
  ],
  [
    'no value to judge it with',
    {},
    ['parameters.x: needs a default, an example or allowed, with which the recipe can be judged'],
  ],
  [
    'a map as default',
    { default: {} },
    ['parameters.x.default: must be text, a number, true or false, or a list of texts'],
  ],
])('a definition with %s is refused', (_what, definition, messages) => {
  expect(wrong(definition)).toEqual(messages);
});

test('a parameter that triggers give no value is refused where the recipe has triggers', () => {
  const triggers = { onSourceUpdate: true };
  expect(wrong({ example: 'a' }, undefined, triggers)).toEqual([
    'parameters.x: has no default, and builds that triggers start have no value for it; give one in triggers.parameters',
  ]);
  expect(wrong({ example: 'a' }, undefined, { ...triggers, parameters: { x: 'b' } })).toEqual([]);
  expect(wrong({ example: 'a' }, undefined, { ...triggers, parameters: { x: 'b c', other: 1 } })).toEqual([
    'triggers.parameters.other: is no parameter of the recipe; there are x',
    expect.stringMatching(/^triggers.parameters.x: may have letters/),
  ]);
});

test.each(['__proto__', 'constructor', 'toString'])('%s is no parameter by accident', (name) => {
  const given = JSON.parse(`{"${name}": "x"}`) as Record<string, unknown>;
  const { problems = [] } = parseRecipe(
    { ...document, parameters: { x: { default: 'a' } } },
    {},
    { given: { parameters: given } },
  );
  expect(formatProblems(problems, () => undefined)).toBe(
    `parameters.${name}: is no parameter of the recipe; there are x`,
  );
  const plain = parseRecipe(document, {}, { given: { parameters: given } });
  expect(formatProblems(plain.problems ?? [], () => undefined)).toBe(
    `parameters.${name}: the recipe has no parameters`,
  );
});
