import { expect, test } from '@jest/globals';
import { claimedIdentity } from '../../../core/build/identity-from-input.ts';
import { requestedBuild } from '../../../core/start/execution-input.ts';
import { document, execution } from '../../support/plan.ts';

const catalog = { recipes: { base: document }, scripts: {}, version: '1.0.0' };
const request = (input: unknown) => requestedBuild(input, execution, catalog);
const problems = (input: unknown) => {
  const result = request(input);
  return 'problems' in result ? result.problems.map(({ path, message }) => `${path.join('.')}: ${message}`) : [];
};

test('a name is enough', () => {
  expect(request({ recipe: 'base' })).toMatchObject({ identity: { recipe: 'base' }, recipe: { name: 'base' } });
});

test('a whole document does as well', () => {
  expect(request({ recipe: { ...document, name: 'other' } })).toMatchObject({ identity: { recipe: 'other' } });
});

test('overrides are merged in and validated like the recipe', () => {
  expect(request({ recipe: 'base', overrides: { publish: { channel: 'beta' } } })).toMatchObject({
    recipe: { publish: { channel: 'beta' } },
  });
  expect(problems({ recipe: 'base', overrides: { publish: { chanel: 'beta' } } }).join()).toContain('chanel');
});

test('a build can be named to be completed', () => {
  expect(request({ recipe: 'base', build: '20261122-030000-abcd' })).toMatchObject({
    identity: { recipe: 'base', build: '20261122-030000-abcd' },
  });
});

test('a start says why it starts by itself, and a start by hand says nothing', () => {
  const trigger = { by: 'source', reason: 'x'.repeat(500) };
  expect(request({ recipe: 'base', trigger })).toMatchObject({ trigger, regardless: false });
  expect(request({ recipe: 'base' })).toMatchObject({ trigger: undefined, regardless: false });
});

const build = '20261122-030000-abcd';

test.each([{ force: true }, { build: '20261122-030000-abcd' }])('%j is built whatever is published', (more) => {
  expect(request({ recipe: 'base', ...more })).toMatchObject({ regardless: true });
});

test('force may be said to be false', () => {
  expect(request({ recipe: 'base', force: false })).toMatchObject({ regardless: false });
});

test.each([
  [{ recipe: 'bass' }, 'recipe: there is no recipe "bass"; there are base; did you mean base?'],
  [{ recipe: 'constructor' }, 'recipe: there is no recipe "constructor"; there are base'],
  [{ recipe: 7 }, 'recipe: must be the name of a recipe or a recipe document'],
  [{}, 'recipe: must be the name of a recipe or a recipe document'],
  [{ recipe: 'base', build: '../..' }, 'build: is no build id (YYYYMMDD-HHMMSS-hhhh)'],
  [{ recipe: 'base', overrides: 'x' }, 'overrides: must be an object of recipe keys'],
  [
    { recipe: 'base', forced: true },
    ': unknown key forced; known are recipe, overrides, parameters, build, from, replan, force, trigger, distribute',
  ],
  [{ recipe: 'base', force: 'yes' }, 'force: must be true or false'],
  [{ recipe: 'base', trigger: 'schedule' }, 'trigger: must be an object of by and reason'],
  [{ recipe: 'base', trigger: { by: 'hand', reason: 'x' } }, 'trigger.by: must be schedule, source or parent'],
  [
    { recipe: 'base', trigger: { by: 'parent', reason: '' } },
    'trigger.reason: must be one line of 1 to 500 characters',
  ],
  [
    { recipe: 'base', trigger: { by: 'parent', reason: 'x'.repeat(501) } },
    'trigger.reason: must be one line of 1 to 500 characters',
  ],
  [
    { recipe: 'base', trigger: { by: 'parent', reason: 'x', at: 'now' } },
    'trigger: unknown key at; known are by, reason',
  ],
  [
    { recipe: 'base', distribute: {} },
    'build: is missing: distribute names the published build whose image goes further',
  ],
  [
    { recipe: { name: 'base' }, build, distribute: {} },
    'recipe: must be the name of a deployed recipe, whose targets the image gets',
  ],
  [{ recipe: 'base', build, distribute: {}, force: true }, 'force: does not go with distribute, which builds nothing'],
  [
    { recipe: 'base', build, distribute: {}, overrides: {} },
    'overrides: does not go with distribute, which builds nothing',
  ],
  [{ recipe: 'base', build, distribute: true }, 'distribute: must be an object, such as {}'],
  [{ recipe: 'base', build, distribute: { to: 'x' } }, 'distribute: unknown key to; known are channel, plan, why, who'],
  [
    { recipe: 'base', build, distribute: { channel: 'No Channel' } },
    'distribute.channel: must be the name of a channel',
  ],
  [{ recipe: 'base', build, distribute: { plan: 'yes' } }, 'distribute.plan: must be true or false'],
  [{ recipe: 'base', build, distribute: { why: 'a\nb' } }, 'distribute.why: must be one line of 1 to 500 characters'],
  [{ recipe: 'base', build, distribute: { who: '' } }, 'distribute.who: must be one line of 1 to 500 characters'],
  [{ recipe: 'base', overrides: { name: 'other' } }, 'overrides.name: overrides cannot rename the recipe base'],
  ['base', ': the execution input must be an object like {"recipe": "al2023-base"}'],
])('%j is refused', (input, problem) => {
  expect(problems(input)).toContain(problem);
});

test('clearing up finds the build of any input that names a recipe', () => {
  const fromPlan = request({ recipe: 'base' });
  expect(claimedIdentity({ recipe: 'base' }, execution)).toEqual('identity' in fromPlan && fromPlan.identity);
  expect(claimedIdentity({ recipe: { ...document, name: 'other' } }, execution)?.recipe).toBe('other');
  expect(claimedIdentity({ recipe: 'base', build: '20261122-030000-abcd' }, execution)?.build).toBe(
    '20261122-030000-abcd',
  );
});

test.each([[undefined], [null], ['x'], [{}], [{ recipe: 7 }], [{ recipe: '../etc' }], [{ recipe: null }]])(
  'clearing up after %j has nothing to find',
  (input) => {
    expect(claimedIdentity(input, execution)).toBeUndefined();
  },
);
