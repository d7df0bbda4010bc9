import { expect, test } from '@jest/globals';
import type { Recipe } from '../../../core/recipe/types.ts';
import { parseRecipe } from '../../../core/recipe/recipe.ts';
import { emptyRecord, type RecipeRecord } from '../../../core/build/record.ts';
import { sourceUpdate, updateEvents } from '../../../core/start/source-update.ts';
import { recipe as document } from '../../support/pipeline.ts';

const published = (source: string) => ({
  ...emptyRecord(),
  published: { build: '20261123-030000-9f2c', digest: 'd', source, at: '2026-11-23T03:20:00Z' },
});
const recipe = parseRecipe({ ...document, triggers: { onSourceUpdate: true, rebuildAfter: '7d' } }, {})
  .recipe as Recipe;
const update = (ami: string, record: RecipeRecord, now = '2026-11-30T03:20:00Z') =>
  sourceUpdate(recipe, ami, record, new Date(now));

test('a recipe is updated where its published image is from another source, or where there is none', () => {
  expect(update('ami-2', published('ami-2'))).toBeUndefined();
  expect(update('ami-2', published('ami-1'))).toEqual({ recipe: 'base', ami: 'ami-2', was: 'ami-1' });
  expect(update('ami-2', emptyRecord())).toEqual({ recipe: 'base', ami: 'ami-2' });
});

test('a recipe whose published image is older than rebuildAfter is due from the same source; a newer source says more', () => {
  const later = '2026-11-30T03:20:01Z';
  const aged = '20261123-030000-9f2c was published 7d 1s ago, and rebuildAfter is 7d';
  const due = { recipe: 'base', ami: 'ami-2', was: 'ami-2', aged };
  expect(update('ami-2', published('ami-2'), later)).toEqual(due);
  expect(update('ami-2', published('ami-1'), later)).not.toHaveProperty('aged');
  const events = updateEvents([due, { ...due, recipe: 'same' }, { ...due, recipe: 'other', aged: 'older' }]);
  expect(events).toEqual([
    { recipes: ['base', 'same'], source: { ami: 'ami-2', was: 'ami-2' }, reason: aged },
    { recipes: ['other'], source: { ami: 'ami-2', was: 'ami-2' }, reason: 'older' },
  ]);
});

test('recipes that go from the same image to the same image share an event', () => {
  const events = updateEvents([
    { recipe: 'a', ami: 'ami-2', was: 'ami-1' },
    { recipe: 'b', ami: 'ami-2', was: 'ami-1' },
    { recipe: 'c', ami: 'ami-2' },
    { recipe: 'd', ami: 'ami-4', was: 'ami-3' },
  ]);
  expect(events.map(({ recipes, source }) => ({ recipes, source }))).toEqual([
    { recipes: ['a', 'b'], source: { ami: 'ami-2', was: 'ami-1' } },
    { recipes: ['c'], source: { ami: 'ami-2' } },
    { recipes: ['d'], source: { ami: 'ami-4', was: 'ami-3' } },
  ]);
  expect(events.map(({ reason }) => reason)[0]).toMatch(/ami-2.*ami-1/);
});
