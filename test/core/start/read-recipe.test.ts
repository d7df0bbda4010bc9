import { describe, expect, test } from '@jest/globals';
import { asBuilt } from '../../../core/addition/as-built.ts';
import { contentDigest, recipeDigest } from '../../../core/build/content-digest.ts';
import { planBuild } from '../../../core/build/plan.ts';
import { defaultSettings } from '../../../core/deployment/deployment-settings.ts';
import { startProblems } from '../../../core/deployment/start-bounds.ts';
import { recipeOf } from '../../../core/recipe/catalog.ts';
import { requestedBuild } from '../../../core/start/execution-input.ts';
import { document, execution, linux } from '../../support/plan.ts';

const parametric = {
  ...document,
  parameters: { version: { default: '1.2' }, more: { default: 'x' } },
  provision: [{ name: 'install', run: 'dnf -y install app-${{ parameters.version }}' }],
};
const demanding = { ...parametric, parameters: { version: { example: '1.2' } } };
const dated = {
  ...document,
  description: 'made on ${{ date }} of ${{ source.ami }}',
  provision: [{ name: 'stamp', run: 'echo ${{ build }} > /etc/image' }],
  image: { tags: { made: '${{ date }}' } },
};
const catalog = {
  recipes: { parametric, demanding: { ...demanding, name: 'demanding' }, dated },
  scripts: {},
  version: '1',
};
for (const [name, one] of Object.entries(catalog.recipes)) one.name = name;

function asked(input: object, at = execution) {
  const requested = requestedBuild(input, at, catalog);
  if ('problems' in requested)
    throw new Error(requested.problems.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'));
  return requested;
}
const digestOf = (input: object) =>
  contentDigest({ source: linux.ami, recipe: asked(input).recipe, scripts: {}, pipelineVersion: '1' });
const planOfInput = (input: object, at = execution) =>
  planBuild({
    ...asked(input, at),
    execution: at,
    source: linux,
    catalog,
    deployment: 'golden-image-dev',
    settings: defaultSettings,
  });

/** The commands of a recipe that has this text itself. */
const commandsOf = (name: string, run: string, at = execution) =>
  planOfInput({ recipe: { ...document, provision: [{ name, run }] } }, at).provision;

describe('a start gives values', () => {
  test('that are in the plan, and in the commands', () => {
    const plan = planOfInput({ recipe: 'parametric', parameters: { version: '2.0' } });
    expect(plan).toMatchObject({ parameters: { version: '2.0', more: 'x' } });
    expect(plan.document.provision[0]?.run).toBe('dnf -y install app-2.0');
    expect(plan.provision).toEqual(commandsOf('install', 'dnf -y install app-2.0'));
  });

  test('and needs to give those that have no default, unless it goes on with an earlier build', () => {
    const start = { recipe: 'demanding' };
    expect(() => asked(start)).toThrow('parameters.version: has no default, and this start gives no value for it');
    const again = asked({ ...start, build: '20261122-030000-abcd' });
    const at = { catalog, settings: defaultSettings, execution };
    expect(startProblems(again, undefined, at).map(({ path }) => path.join('.'))).toEqual(['parameters.version']);
    const plan = planOfInput({ ...start, parameters: { version: '1.3' } });
    expect(startProblems(again, plan, at)).toEqual([]);
  });

  test.each<[object, string]>([
    [{ parameters: { vresion: '1' } }, 'parameters.vresion: is no parameter of the recipe; did you mean version?'],
    [{ parameters: { version: '1; reboot' } }, 'parameters.version: may have letters, digits'],
    [{ parameters: '1' }, 'parameters: must be an object of values by name, such as {"version": "1.2"}'],
    [{ parameters: ['1'] }, 'parameters: must be an object of values by name'],
  ])('%j is refused', (more, message) => {
    expect(() => asked({ recipe: 'parametric', ...more })).toThrow(message);
  });

  test('and the image still is that of the deployed recipe', () => {
    expect(asked({ recipe: 'parametric', parameters: { version: '2.0' } }).origin).toBe('catalog');
    const copy = {
      ...parametric,
      provision: [{ name: 'install', run: 'dnf -y install app-${{ parameters.version }}' }],
    };
    expect(asked({ recipe: copy, parameters: { version: '2.0' } }).origin).toBe('catalog');
    const other = { ...parametric, provision: [{ name: 'install', run: 'curl ${{ parameters.version }}' }] };
    expect(asked({ recipe: other, parameters: { version: '2.0' } }).origin).toBe('start');
    const own = { ...parametric, parameters: { ...parametric.parameters, own: { default: 'y' } } };
    expect(asked({ recipe: own, parameters: { own: 'z' } }).origin).toBe('start');
  });
});

test('a deployed recipe is what its triggers start, so that their failures count together', () => {
  const triggers = { onSourceUpdate: true, parameters: { version: '1.3' } };
  const triggered = { ...catalog, recipes: { parametric: { ...parametric, triggers } } };
  const started = requestedBuild({ recipe: 'parametric', parameters: triggers.parameters }, execution, triggered);
  const deployed = recipeOf(triggered, 'parametric', 'us-east-1');
  expect('recipe' in started && recipeDigest(started.recipe, {}, '1')).toBe(recipeDigest(deployed, {}, '1'));
  const byHand = requestedBuild({ recipe: 'parametric' }, execution, triggered);
  expect('recipe' in byHand && recipeDigest(byHand.recipe, {}, '1')).not.toBe(recipeDigest(deployed, {}, '1'));
});

describe('an earlier build that gets further targets', () => {
  const target = (region: string) => ({ region, tags: { made: '${{ date }}', version: '${{ parameters.version }}' } });
  const one = { ...parametric, distribute: [target('us-east-1')] };
  const two = { ...parametric, distribute: [target('us-east-1'), target('eu-west-1')] };
  const catalogOf = (recipe: object) => ({ ...catalog, recipes: { parametric: recipe } });
  const planned = requestedBuild({ recipe: 'parametric', parameters: { version: '2.0' } }, execution, catalogOf(one));
  const asks = { recipe: 'parametric', build: '20261122-030000-abcd', distribute: {} };
  const today = requestedBuild(asks, { ...execution, startedAt: '2026-12-24T03:00:00.000Z' }, catalogOf(two));

  test('has its own values and its own day in them, and its content is the same', () => {
    if ('problems' in planned || 'problems' in today) throw new Error('is refused');
    const settings = defaultSettings;
    const plan = planBuild({ ...planned, execution, source: linux, catalog, deployment: 'golden-image-dev', settings });
    const { recipe, digestOf } = asBuilt(today, plan, catalog);
    expect(recipe.distribute[1]).toMatchObject({ region: 'eu-west-1', tags: { made: '2026-11-23', version: '2.0' } });
    expect(digestOf(plan.document.distribute)).toBe(plan.digest);
    expect(digestOf(recipe.distribute)).not.toBe(plan.digest);
  });
});

describe('the digest of an image', () => {
  test('counts a value that is used, and no other', () => {
    const usual = digestOf({ recipe: 'parametric' });
    expect(digestOf({ recipe: 'parametric', parameters: { version: '1.2', more: 'z' } })).toBe(usual);
    expect(digestOf({ recipe: 'parametric', parameters: { version: '1.3' } })).not.toBe(usual);
    const plain = { ...document, name: 'parametric', provision: [{ name: 'install', run: 'dnf -y install app-1.2' }] };
    expect(digestOf({ recipe: plain })).toBe(usual);
  });

  test('is the same for every day and build, although the image says when it was built', () => {
    const later = { ...execution, id: `${execution.id}-later`, startedAt: '2026-12-24T03:00:00.000Z' };
    const [first, second] = [planOfInput({ recipe: 'dated' }), planOfInput({ recipe: 'dated' }, later)];
    expect(first.document).toMatchObject({
      description: `made on 2026-11-23 of ${linux.ami}`,
      image: { tags: { made: '2026-11-23' } },
      provision: [{ run: `echo ${first.build} > /etc/image` }],
    });
    expect(second.document).toMatchObject({ image: { tags: { made: '2026-12-24' } } });
    expect(second.provision).toEqual(commandsOf('stamp', `echo ${second.build} > /etc/image`, later));
    expect(second.digest).toBe(first.digest);
    expect(second.recipeDigest).toBe(first.recipeDigest);
    expect(second.written).toBe(first.written);
  });
});
