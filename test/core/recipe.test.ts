import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod/mini';
import { recipeSchema } from '../../core/recipe/recipe.ts';

type Def = Partial<Record<'innerType' | 'in' | 'element' | 'valueType', z.core.$ZodType>> & {
  shape?: Record<string, z.core.$ZodType>;
  options?: z.core.$ZodType[];
};

/** Every key of a recipe as a path, such as `builder.rootVolume.sizeGiB`. */
function keysOf(schema: z.core.$ZodType, path: string[] = []): string[] {
  const { innerType, in: input, element, shape, options = [] } = schema._zod.def as Def;
  const inside = [innerType ?? input, element, ...options].flatMap((one) => (one ? keysOf(one, path) : []));
  const own = Object.entries(shape ?? {}).flatMap(([key, value]) => [
    [...path, key].join('.'),
    ...keysOf(value, [...path, key]),
  ]);
  return [...new Set([...inside, ...own])];
}

/** What says how a recipe is written, but does nothing with it. */
const form =
  /^core\/recipe\/(rules\/.*|builder|distribution|explain|overrides|parts|problems|provision|recipe|scalars|schema|shape|source|upkeep)\.ts$/;

const actors = ['core', 'aws', 'functions']
  .flatMap((room) => readdirSync(room, { recursive: true, encoding: 'utf8' }).map((file) => join(room, file)))
  .filter((file) => file.endsWith('.ts') && !form.test(file))
  .map((file) => readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''));

test.each(keysOf(recipeSchema))('%s is read by something that acts on it', (path) => {
  const key = path.split('.').at(-1) ?? '';
  const read = new RegExp(`[.{,]\\s*${key}\\b|'${key}'`);
  expect(actors.some((source) => read.test(source))).toBe(true);
});
