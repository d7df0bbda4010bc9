// What a deployment's settings bound, on the whole pipeline: a start that reaches beyond them makes nothing.
import { expect, test } from '@jest/globals';
import { createSimulation } from '../../../simulator/pipeline/simulation.ts';
import { account, build, launched, leftIn, manifestIn, nothing, recipe, targets } from '../../support/pipeline.ts';

const { home } = targets;
const base = { ...recipe, distribute: [home] };
const catalog = { recipes: { base }, scripts: {}, version: '1.0.0' };

test('a start that reaches beyond the settings is refused with all that does, and nothing is launched', async () => {
  const settings = { shareWith: ['300000000001'], inlineRecipes: false, documentationIds: 'refused' as const };
  const simulation = createSimulation({ catalog, settings });
  const overrides = { provision: [{ run: 'true' }], distribute: [{ region: 'us-east-1', accounts: ['300000000002'] }] };
  const refused = await build(simulation, { recipe: 'base', overrides });
  expect(refused.error).toBe('RecipeInvalid');
  for (const said of [
    'distribute[0].accounts[0]: 300000000002 is outside of what this deployment allows',
    'overrides.provision: this deployment builds only the recipes that it was deployed with (inlineRecipes is off)',
    'overrides.distribute: this deployment builds',
    'publish.channel: base/stable belongs to deployed recipes',
  ])
    expect(refused.cause).toContain(said);
  // The deployed recipe itself names an account of documentation, which only a simulated deployment lets pass.
  const deployed = await build(simulation, { recipe: 'base' });
  expect(deployed.cause).toContain('distribute[0].accounts[0]: 444455556666 is an example from documentation');
  expect(launched(simulation, 'builder')).toEqual([]);
  expect(leftIn(simulation)).toEqual(nothing);
});

test('an image that a start brought says so, and the channel of the deployed recipe stays where it is', async () => {
  const simulation = createSimulation({ catalog });
  const published = manifestIn(simulation, await build(simulation));
  expect(published).not.toHaveProperty('origin');
  const overrides = { checks: [], publish: { channel: 'trial' } };
  const tried = manifestIn(simulation, await build(simulation, { recipe: 'base', overrides }));
  expect(tried).toMatchObject({ status: 'published', origin: 'start' });
  const { images, parameters } = simulation.cloud.world.region('us-east-1');
  expect(images.get(tried.image?.ami ?? '')?.tags.get('golden:origin')).toBe('start');
  expect(images.get(published.image?.ami ?? '')?.tags.has('golden:origin')).toBe(false);
  expect(parameters.get(`${account} /golden/base/stable`)?.versions.at(-1)?.value).toBe(published.image?.ami);
});

test('a build that is started again is bounded by the settings of now', async () => {
  const stops = { enter: (state: string) => (state === 'AwaitImage' ? ('ABORTED' as const) : undefined) };
  const settings = { shareWith: ['444455556666'] };
  const scenario = { rates: { eventsLost: 1 } };
  const simulation = createSimulation({ catalog, settings, interfere: stops, scenario });
  await build(simulation);
  const [builder] = launched(simulation, 'builder');
  const id = builder?.tags.get('golden:build');
  settings.shareWith.pop();
  const again = await build(simulation, { recipe: 'base', build: id });
  expect(again.cause).toContain('distribute[0].accounts[0]: 444455556666 is outside of what this deployment allows');
});

test('a build that was begun with an override is not started again once inlineRecipes is off', async () => {
  const stops = { enter: (state: string) => (state === 'AwaitImage' ? ('ABORTED' as const) : undefined) };
  const settings = { inlineRecipes: true };
  const simulation = createSimulation({ catalog, settings, interfere: stops, scenario: { rates: { eventsLost: 1 } } });
  await build(simulation, { recipe: 'base', overrides: { checks: [], publish: { channel: 'trial' } } });
  const id = launched(simulation, 'builder')[0]?.tags.get('golden:build');
  settings.inlineRecipes = false;
  const again = await build(simulation, { recipe: 'base', build: id });
  expect(again.error).toBe('RecipeInvalid');
  expect(again.cause).toContain('build: was begun with a recipe that differs from the deployed one');
  settings.inlineRecipes = true;
  expect((await build(simulation, { recipe: 'base', build: id })).cause ?? '').not.toContain('was begun with another');
});
