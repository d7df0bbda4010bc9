import { expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { readRecipeFolder } from '../../cli/recipe-folder.ts';
import { validateFiles } from '../../cli/validate.ts';
import { parseRecipe, recipeSchema } from '../../core/recipe.ts';
import {
  minimalRecipe,
  recipeJsonSchema,
  recipeMarkdown,
  sharedRecipe,
  writeRecipeDocs,
} from '../../scripts/recipe-docs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test.each([
  ['recipes/recipe.schema.json', recipeJsonSchema],
  ['docs/recipe.md', recipeMarkdown],
])('%s is current; if not: npm run docs', async (path, generate) => {
  expect(await readFile(join(root, path), 'utf8')).toBe(generate());
});

test('both are written where they belong', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'golden-docs-'));
  await Promise.all(['recipes', 'docs'].map((name) => mkdir(join(folder, name))));
  await writeRecipeDocs(folder);
  expect(await readFile(join(folder, 'recipes/recipe.schema.json'), 'utf8')).toBe(recipeJsonSchema());
  expect(await readFile(join(folder, 'docs/recipe.md'), 'utf8')).toBe(recipeMarkdown());
  await rm(folder, { recursive: true });
});

test.each([
  ['smallest', minimalRecipe],
  ['shared', sharedRecipe],
])('the %s recipe of the page is right', (_which, yaml) => {
  expect(parseRecipe(parse(yaml), {})).toHaveProperty('recipe');
});

test('every key has a description', () => {
  const missing: string[] = [];
  const visit = (node: unknown, path: string) => {
    if (typeof node !== 'object' || node === null) return;
    const { properties, items } = node as { properties?: Record<string, { description?: string }>; items?: unknown };
    for (const [key, value] of Object.entries(properties ?? {})) {
      if (!value.description) missing.push(`${path}.${key}`);
      visit(value, `${path}.${key}`);
    }
    visit(items, `${path}[]`);
  };
  visit(JSON.parse(recipeJsonSchema()), 'recipe');
  expect(missing).toEqual([]);
});

test('the page has every key of the schema', () => {
  for (const key of Object.keys(recipeSchema.def.shape)) expect(recipeMarkdown()).toContain(`| \`${key}\` |`);
});

test('every recipe of ours is right, and says where its schema is', async () => {
  const folder = join(root, 'recipes');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).map((name) => join(folder, name));
  expect(files.length).toBeGreaterThanOrEqual(4);
  expect(await validateFiles(files)).toEqual({ ok: true, text: files.map((file) => `${file}: ok`).join('\n') });
  expect((await readRecipeFolder(folder)).problems).toEqual([]);
  for (const file of files) {
    expect((await readFile(file, 'utf8')).split('\n')[0]).toBe('# yaml-language-server: $schema=recipe.schema.json');
  }
});
