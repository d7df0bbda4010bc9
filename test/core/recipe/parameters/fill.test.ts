import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isMap } from '../../../../core/is-map.ts';
import { fillIn } from '../../../../core/recipe/parameters/fill.ts';
import { formatProblems, parseRecipe } from '../../../../core/recipe/recipe.ts';
import { document } from '../../../support/plan.ts';

const parameters = {
  version: { default: '1.2' },
  size: { type: 'number', default: 20 },
  agent: { type: 'boolean', default: true },
  types: { type: 'list', default: ['t3.small', 't3a.small'] },
};
const read = (changes: object, given?: Record<string, unknown>) =>
  parseRecipe({ ...document, parameters, ...changes }, {}, { given: { parameters: given } });
const problems = (changes: object, given?: Record<string, unknown>) =>
  formatProblems(read(changes, given).problems ?? [], () => undefined).split('\n');
const run = (text: string) => ({ provision: [{ run: text }] });
const runOf = (text: string, given?: Record<string, unknown>) => read(run(text), given).recipe?.provision[0]?.run;

describe('an expression', () => {
  test('becomes part of a text, whatever the type of its value', () => {
    expect(runOf('a=${{ parameters.version }} b=${{parameters.size}} c=${{  parameters.agent  }}')).toBe(
      'a=1.2 b=20 c=true',
    );
    expect(runOf('${{ parameters.version }}${{ parameters.version }}', { version: '3' })).toBe('33');
  });

  test('that is a whole value keeps its type', () => {
    const { recipe } = read({
      builder: {
        instanceTypes: '${{ parameters.types }}',
        installAgent: '${{ parameters.agent }}',
        rootVolume: { sizeGiB: '${{ parameters.size }}' },
      },
    });
    expect(recipe?.builder).toMatchObject({
      instanceTypes: ['t3.small', 't3a.small'],
      installAgent: true,
      rootVolume: { sizeGiB: 20 },
    });
  });

  test('is not read again in a value, which stays the text it is', () => {
    const definitions = { ...parameters, any: { default: 'x', pattern: '.*' } };
    const { recipe } = read(
      { parameters: definitions, ...run('echo ${{ parameters.any }}') },
      { any: '${{ parameters.version }} $${{' },
    );
    expect(recipe?.provision[0]?.run).toBe('echo ${{ parameters.version }} $${{');
  });

  test.each([
    ['echo $${{ github.sha }}', 'echo ${{ github.sha }}'],
    ['$$${{ x }}', '$${{ x }}'],
    ['$${{ x }} ${{ parameters.version }}', '${{ x }} 1.2'],
    ['${{ parameters.version }}$${{', '1.2${{'],
    ['${ x } {{ y }} $x }}', '${ x } {{ y }} $x }}'],
  ])('%j arrives as %j', (text, arrives) => {
    expect(runOf(text)).toBe(arrives);
  });

  test('knows the name of the recipe, and samples of what is known only when a build starts', () => {
    expect(runOf('${{ recipe }} ${{ build }} ${{ date }} ${{ source.ami }}')).toBe(
      'base 20260101-000000-0000 2026-01-01 ami-00000000000000000',
    );
    expect(read(run('${{ recipe }}'))).toMatchObject({ needsFacts: false });
    expect(read(run('${{ date }}'))).toMatchObject({ needsFacts: true });
  });
});

test.each<[string, object, string]>([
  [
    'an unknown parameter',
    run('${{ parameters.versoin }}'),
    'provision[0].run: there is no parameter "versoin"; did you mean version?',
  ],
  [
    'an unknown parameter that is like none',
    run('${{ parameters.x }}'),
    'provision[0].run: there is no parameter "x"; there are version, size, agent, types',
  ],
  [
    'any other name',
    run('${{ github.sha }}'),
    'provision[0].run: there is nothing called "github.sha"; known are parameters.<name>, recipe, source.ami, build, date; for the text itself write $${{',
  ],
  ['an inherited name', run('${{ toString }}'), 'there is nothing called "toString"'],
  ['no name', run('${{ }}'), 'there is nothing called ""'],
  [
    'no end',
    run('${{ parameters.version'),
    'provision[0].run: has ${{ without }} behind it; for the text itself write $${{',
  ],
  [
    'a list within a text',
    run('x ${{ parameters.types }}'),
    'provision[0].run: has a list within a text; a list is the whole value of a key',
  ],
  ['the name', { name: '${{ parameters.version }}' }, 'name: takes no ${{ }}: a recipe has one name'],
  [
    'the owner of the source',
    { source: { ami: 'ami-0123456789abcdef0', owner: '${{ parameters.version }}' } },
    'source.owner: takes no ${{ }}',
  ],
  ['the channel', { publish: { channel: 'v${{ parameters.size }}' } }, 'publish.channel: takes no ${{ }}'],
  ['a region', { distribute: [{ region: '${{ parameters.version }}' }] }, 'distribute[0].region: takes no ${{ }}'],
  [
    'a script',
    { provision: [{ script: '${{ parameters.version }}.sh' }] },
    'provision[0].script: takes no ${{ }}: the files of a recipe are packed',
  ],
  [
    'another default',
    { parameters: { ...parameters, more: { default: '${{ parameters.version }}' } } },
    'parameters.more.default: takes no ${{ }}',
  ],
  ['a trigger', { triggers: { schedule: 'rate(${{ parameters.size }} days)' } }, 'triggers.schedule: takes no ${{ }}'],
  [
    'a fact where everything is decided before the build',
    { builder: { ...document.builder, instanceProfile: 'x-${{ build }}' } },
    'builder.instanceProfile: build is known only when a build starts',
  ],
  [
    'a key',
    { image: { tags: { '${{ recipe }}': 'x' } } },
    'image.tags.${{ recipe }}: has ${{ in its key; only values are filled in',
  ],
])('%s is refused in an expression, at its place', (_what, changes, message) => {
  expect(problems(changes).join('\n')).toContain(message);
});

test('a value that does not fit its key is a problem of the key, which tells the expression', () => {
  expect(problems({ builder: { ...document.builder, rootVolume: { sizeGiB: '${{ parameters.version }}' } } })).toEqual([
    'builder.rootVolume.sizeGiB: must be a number, got "1.2" (from ${{ parameters.version }})',
  ]);
});

test('an expression without a value is one problem, not two', () => {
  expect(problems({ builder: { ...document.builder, rootVolume: { sizeGiB: '${{ parameters.x }}' } } })).toHaveLength(
    1,
  );
});

test('everything that is wrong is told at once', () => {
  const wrong = {
    parameters: { ...parameters, size: { type: 'number', default: 'big' } },
    description: '${{ nothing }}',
    provision: [{ run: 'a ${{ parameters.types }}' }, { ran: 'x' }],
  };
  expect(problems(wrong, { vresion: '1' }).map((line) => line.split(' ')[0])).toEqual([
    'parameters.vresion:',
    'parameters.size.default:',
    'description:',
    'provision[0].run:',
    'provision[1].ran:',
    'provision[1]:',
  ]);
});

test('a recipe without expressions stays the object that it is', () => {
  expect(fillIn(document).document).toBe(document);
  const around: unknown[] = ['${{ recipe }}'];
  around.push(around);
  expect(() => fillIn({ name: 'x', around })).not.toThrow();
});

test('parameters that no expression uses are told', () => {
  expect(read(run('${{ parameters.version }}'))).toMatchObject({ unused: ['size', 'agent', 'types'] });
});

/** The keys and lists of a value, and which of its leaves are texts. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (isMap(value)) return Object.entries(value).map(([key, entry]) => [key, shapeOf(entry)]);
  return typeof value === 'string' ? 'text' : value;
}

test('no value changes the structure of a document', () => {
  const pieces = fc.oneof(fc.string(), fc.constantFrom('${{', '}}', '$', '${{ recipe }}', '${{ parameters.any }}'));
  const text = fc.array(pieces, { maxLength: 5 }).map((all) => all.join(''));
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.integer(),
      fc.constant(null),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie('tree'), { maxKeys: 4 }),
    ),
  }));
  const any = { default: 'x', pattern: '[^]*' };
  const isKept = fc.property(tree, fc.string(), (provision, value) => {
    const whole = { name: 'base', parameters: { any }, provision };
    const { document: filled } = fillIn(whole, { parameters: { any: value } });
    expect(shapeOf(filled)).toEqual(shapeOf(whole));
  });
  expect(() => fc.assert(isKept)).not.toThrow();
});
