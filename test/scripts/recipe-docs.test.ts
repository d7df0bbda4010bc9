import { expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import { examine, readRecipeFolder } from '../../cli/recipes/recipe-folder.ts';
import { validateFiles } from '../../cli/recipes/validate.ts';
import { parseRecipe } from '../../core/recipe/recipe.ts';
import { recipeFileSchema } from '../../core/recipe/bases/base-key.ts';
import { knownRegions } from '../../core/recipe/regions.ts';
import { partJsonSchema, recipeJsonSchema, strictSchema } from '../../scripts/editor-schema.ts';
import { recipeExamples, withExamples } from '../../scripts/recipe-examples.ts';
import { minimalRecipe, recipeMarkdown, sharedRecipe, writeRecipeDocs } from '../../scripts/recipe-docs.ts';

test.each([
  ['recipes/recipe.schema.json', recipeJsonSchema],
  ['recipes/part.schema.json', partJsonSchema],
  ['docs/recipe.md', recipeMarkdown],
])('%s is current; if not: npm run docs', async (path, generate) => {
  expect(await readFile(path, 'utf8')).toBe(generate());
});

test('no code span has an entity, which Markdown would not decode there', () => {
  const spans = recipeMarkdown().match(/`[^`\n]*`/g) ?? [];
  expect(spans.filter((span) => /&\w+;/.test(span))).toEqual([]);
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

/** The schema of a value, by its path as in the table of examples. */
function schemaAt(path: string): z.core.$ZodType {
  let schema: z.core.$ZodType = recipeFileSchema;
  const inner = (one: z.core.$ZodType): z.core.$ZodType => {
    const { innerType, in: input } = one._zod.def as { innerType?: z.core.$ZodType; in?: z.core.$ZodType };
    const same = innerType ?? input;
    return same ? inner(same) : one;
  };
  for (const part of path.match(/\w+|\[\]|\*/g) ?? []) {
    const { shape, element, valueType } = inner(schema)._zod.def as {
      shape?: Record<string, z.core.$ZodType>;
      valueType?: z.core.$ZodType;
      element?: z.core.$ZodType;
    };
    schema = (part === '[]' ? element : part === '*' ? valueType : shape?.[part]) ?? schema;
  }
  return schema;
}

test('every key has examples that are right, or some words to choose from', () => {
  const problems: string[] = [];
  const used = new Set<unknown>();
  const visit = (node: unknown, path: string) => {
    const {
      properties = {},
      items,
      additionalProperties: others,
    } = (node ?? {}) as {
      properties?: Record<string, { examples?: unknown[]; enum?: unknown; const?: unknown; type?: string }>;
      items?: unknown;
      additionalProperties?: unknown;
    };
    for (const [key, value] of Object.entries(properties)) {
      const at = path ? `${path}.${key}` : key;
      used.add(at).add(key);
      if (!value.examples && !value.enum && value.const === undefined && value.type !== 'boolean')
        problems.push(`${at} has no examples: add a row to scripts/recipe-examples.ts`);
      for (const example of value.examples ?? []) {
        const { error } = z.safeParse(schemaAt(at), example);
        if (error) problems.push(`${at}: ${JSON.stringify(example)}: ${JSON.stringify(error.issues)}`);
      }
      visit(value, at);
    }
    if (items !== undefined) visit(items, `${path}[]`);
    if (typeof others === 'object') visit(others, `${path}.*`);
  };
  visit(withExamples(strictSchema()), '');
  expect(problems).toEqual([]);
  expect(Object.keys(recipeExamples).filter((key) => !used.has(key))).toEqual([]);
});

test('the page has every key of the schema', () => {
  for (const key of Object.keys(recipeFileSchema.def.shape)) expect(recipeMarkdown()).toContain(`| \`${key}\` |`);
});

test('every recipe of ours is right, and says where its schema is', async () => {
  const [recipes, examples] = ['recipes', 'examples'];
  const yamlIn = async (folder: string) =>
    (await readdir(folder)).filter((name) => name.endsWith('.yaml')).map((name) => join(folder, name));
  const distributions = await yamlIn('examples/distribution');
  const files = [...(await yamlIn(recipes)), ...(await yamlIn(examples)), ...distributions];
  expect(files.length).toBeGreaterThanOrEqual(5);
  expect(await validateFiles(files)).toEqual({ ok: true, text: files.map((file) => `${file}: ok`).join('\n') });
  for (const folder of [recipes, examples]) expect((await readRecipeFolder(folder)).problems).toEqual([]);
  for (const file of files) {
    const [, schema = ''] = /^# yaml-language-server: \$schema=(.*)\n/.exec(await readFile(file, 'utf8')) ?? [];
    expect(join(dirname(file), schema)).toBe(join(recipes, 'recipe.schema.json'));
  }
});

test('what is deployed as it is works in any region of an account that has nothing yet', async () => {
  for (const home of knownRegions) {
    const [finding] = await examine(['recipes/al2023-patched.yaml'], { home });
    expect(finding?.problems).toEqual([]);
    expect(finding?.recipes[0]?.distribute).toEqual([
      { region: home, accounts: [], organizations: [], organizationalUnits: [], timeout: '48h', required: true },
    ]);
    expect(JSON.stringify(finding?.recipes)).not.toMatch(/kmsKey|subnet-|sg-|channel":"[^"]*\/|\d{12}/);
  }
});
