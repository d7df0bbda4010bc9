import { expect, test } from '@jest/globals';
import { requestedBuild } from '../../core/start/execution-input.ts';
import { formatProblems } from '../../core/recipe/recipe.ts';
import { execution } from '../support/plan.ts';
import { full, scripts } from './full-recipe.ts';
import { hostileTexts, huge, values } from './mutations.ts';
import { expectReadable } from './saying.ts';

const catalog = { recipes: { base: full }, scripts, version: '1.0.0' };
const nested = (depth: number): unknown => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);

/** What is wrong with an input, in readable lines. */
function problemsOf(input: unknown): string[] {
  const result = requestedBuild(input, execution, catalog);
  const text = 'problems' in result ? formatProblems(result.problems, () => undefined) : '';
  expectReadable(text);
  return text.split('\n').filter(Boolean);
}

const wild = [...values, ...hostileTexts];

test.each(wild)('%s is no execution input', (_called, value) => {
  expect(problemsOf(value)).not.toEqual([]);
});

test.each(wild)('%s is no recipe to build', (_called, value) => {
  expect(problemsOf({ recipe: value })).not.toEqual([]);
});

test.each(wild.filter(([, value]) => JSON.stringify(value) !== '{}'))('%s are no overrides', (_called, value) => {
  expect(problemsOf({ recipe: 'base', overrides: value })).not.toEqual([]);
});

test.each([
  ...wild,
  ['a date that is too short', '2026112-030000-9f2c'],
  ['capitals', '20261123-030000-9F2C'],
  ['a line break behind', '20261123-030000-9f2c\n'],
  ['a blank before', ' 20261123-030000-9f2c'],
  ['a path behind', '20261123-030000-9f2c/../x'],
  ['digits of another script', '٢٠٢٦١١٢٣-030000-9f2c'],
])('%s is no build id', (_called, value) => {
  expect(problemsOf({ recipe: 'base', build: value })).toEqual([expect.stringMatching(/^build: is no build id/)]);
});

test.each(wild.filter(([, value]) => typeof value !== 'boolean'))('%s is no way to force a build', (_called, value) => {
  expect(problemsOf({ recipe: 'base', force: value })).toEqual(['force: must be true or false']);
});

test.each(wild)('%s is no trigger, and starts no build by itself', (_called, value) => {
  expect(problemsOf({ recipe: 'base', trigger: value }).join('\n')).toMatch(/^trigger/m);
  expect(problemsOf({ recipe: 'base', trigger: { by: value, reason: 'x' } })).toEqual([
    'trigger.by: must be schedule, source or parent',
  ]);
});

test.each(wild.filter(([, value]) => JSON.stringify(value) !== '{}'))(
  '%s is no way to distribute an image further',
  (_called, value) => {
    const problems = problemsOf({ recipe: 'base', build: '20261123-030000-9f2c', distribute: value });
    expect(problems.join('\n')).toMatch(/^distribute/m);
  },
);

test.each(wild.filter(([, value]) => JSON.stringify(value) !== '{}'))(
  '%s gives no values for parameters',
  (_called, value) => {
    expect(problemsOf({ recipe: 'base', parameters: value }).join('\n')).toMatch(/^parameters/m);
    expect(problemsOf({ recipe: 'base', parameters: { kind: value } })).toEqual([
      expect.stringMatching(/^parameters\.kind: must /),
    ]);
  },
);

test.each([
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'Base',
  'base ',
  'base\n',
  '../base',
  'base.yaml',
  '*',
])('the recipe %j is not found by accident', (recipe) => {
  expect(problemsOf({ recipe })).toEqual([expect.stringMatching(/^recipe: there is no recipe/)]);
});

test.each(['__proto__', 'constructor', 'toString', 'Build', 'region', 'a\nb', huge])(
  'an unknown key is refused',
  (key) => {
    const input = Object.defineProperty({ recipe: 'base' }, key, { value: 1, enumerable: true });
    expect(problemsOf(input).join()).toContain('unknown key');
  },
);

test.each(['__proto__', 'constructor', 'toString'])('the override %s is refused, wherever it is', (key) => {
  const map = () => JSON.parse(`{"${key}": {"name": "x"}}`) as object;
  expect(problemsOf({ recipe: 'base', overrides: map() }).join()).toContain(`${key}: is not a key here`);
  expect(problemsOf({ recipe: 'base', overrides: { builder: map() } }).join()).toContain(`${key}: is not a key here`);
  expect(problemsOf({ recipe: map() }).join()).toContain(`${key}: is not a key here`);
  expect(({} as Record<string, unknown>)['name']).toBeUndefined();
});

test.each(['source', 'builder', 'distribute', 'name'])('an override that removes %s is refused', (key) => {
  expect(problemsOf({ recipe: 'base', overrides: { [key]: null } }).join('\n')).toMatch(
    new RegExp(`^${key}: is required`, 'm'),
  );
});

test('overrides or recipes nested 5,000 deep are refused', () => {
  expect(problemsOf({ recipe: 'base', overrides: nested(5_000) }).join()).toContain('nested more than 32 deep');
  expect(problemsOf({ recipe: nested(5_000) }).join()).toContain('nested more than 32 deep');
});

test('an input as big as Step Functions takes is refused in few words', () => {
  const keys = Object.fromEntries(Array.from({ length: 40_000 }, (_, index) => [`k${index}`, 1]));
  expect(problemsOf({ recipe: { ...full, ...keys } })).toHaveLength(101);
  expect(problemsOf({ recipe: 'base', overrides: keys })).toHaveLength(101);
});
