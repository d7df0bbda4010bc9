import { expect, test } from '@jest/globals';
import { emptyRecord } from '../../core/record.ts';
import { sourceUpdate, updateEvents } from '../../core/source-update.ts';

const published = (source: string) => ({
  ...emptyRecord(),
  published: { build: '20261123-030000-9f2c', digest: 'd', source, at: '2026-11-23T03:20:00Z' },
});

test('a recipe is updated where its published image is from another source, or where there is none', () => {
  expect(sourceUpdate('base', 'ami-2', published('ami-2'))).toBeUndefined();
  expect(sourceUpdate('base', 'ami-2', published('ami-1'))).toEqual({ recipe: 'base', ami: 'ami-2', was: 'ami-1' });
  expect(sourceUpdate('base', 'ami-2', emptyRecord())).toEqual({ recipe: 'base', ami: 'ami-2' });
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
