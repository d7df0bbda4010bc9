// What is uploaded to Lambda: does it start, is it small? What it says to AWS: test/wire.test.ts.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as z from 'zod/mini';
import { parseRecipe, recipeSchema } from '../../core/recipe/recipe.ts';
import { rules } from '../../core/recipe/rules/rules.ts';
import { takeRecipes } from '../../infrastructure/functions.ts';
import { bundleFunctions, type BundleSize } from '../../scripts/bundle.mjs';
import { compileRecipes, functionFiles } from '../../scripts/deployment-files.ts';

import { full, scripts } from '../bad-input/full-recipe.ts';
import { placesIn, removed, replaced } from '../bad-input/mutations.ts';

const outdir = mkdtempSync(join(tmpdir(), 'golden-bundle-'));
const node = (...args: string[]) => execFileSync(process.execPath, args, { encoding: 'utf8' });
let sizes: BundleSize[];
/** The function with the most clients. `npm run package`, which CI runs, holds all to their limits, and moto runs nearly all of them. */
const functions = ['resolve'];
/** Modules that tests here bundle, by the names of their bundles. */
const modules = { recipes: 'core/recipe/recipe.ts', late: relative('.', join(outdir, 'late.ts')) };

beforeAll(async () => {
  writeFileSync(join(outdir, 'default.ts'), `export default 'default'; export const named = 'named';`);
  writeFileSync(join(outdir, 'named.ts'), `import { times } from './late.ts'; export const seen = times;`);
  writeFileSync(
    join(outdir, 'late.ts'),
    `import { versions } from 'node:process';
     export const times = (globalThis.times = [...(globalThis.times ?? []), typeof versions.node]);
     export const all = async () => [{ ...(await import('./default.ts')) }, (await import('./named.ts')).seen];`,
  );
  const files = Object.fromEntries(functions.map((key) => [key, functionFiles[key] ?? '']));
  sizes = await bundleFunctions({ ...files, ...modules }, { outdir }); // at once, because most files are the same
  await compileRecipes(outdir);
}, 60_000);
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

test('what was asked for is bundled, and every function can be asked for', () => {
  expect(sizes.map(({ name }) => name)).toEqual([...functions, ...Object.keys(modules)].toSorted());
  const files = readdirSync('functions', { recursive: true, encoding: 'utf8' }).filter((path) =>
    /[\\/].+\.ts$/.test(path),
  );
  expect(Object.keys(functionFiles)).toHaveLength(files.length);
});

test('a function over the limit stops the bundling, by name', async () => {
  const files = { small: 'core/digest.ts', large: 'core/failure-names.ts' }; // a function would bring the SDK with it
  await expect(bundleFunctions(files, { outdir: join(outdir, 'limited'), limit: 1000 })).rejects.toThrow(
    /^functions that load too many bytes at their start: large \d+$/,
  );
});

test('a function reads two files at its start: index.mjs and all that it imports', () => {
  const importsOf = (name: string, file: string) => {
    const text = readFileSync(join(outdir, name, file), 'utf8');
    return [...text.matchAll(/(?:from|import) ?"([\w./:@-]+)"/g)].map(([, path = '']) => path.replace('./', ''));
  };
  for (const name of functions) {
    const [start = '', ...others] = importsOf(name, 'index.mjs');
    expect([name, others, importsOf(name, start)]).toEqual([name, [], []]);
  }
});

test('a module that a function loads late keeps its default export, and the function itself is loaded once', async () => {
  const url = `file://${join(outdir, 'late/index.mjs')}`;
  const output = node('--input-type=module', '-e', `console.log(JSON.stringify(await (await import('${url}')).all()))`);
  expect(JSON.parse(output)).toEqual([{ default: 'default', named: 'named' }, ['string']]);
});

test('a bundle that would need require() is refused', async () => {
  const source = join(outdir, 'requires.cjs');
  writeFileSync(source, `exports.hash = require('node:crypto').createHash;`);
  await expect(bundleFunctions({ requires: relative('.', source) }, { outdir })).rejects.toThrow(
    /loads node:crypto by require-call: only import works in a bundle/,
  );
});

test('every bundle starts and exports a handler', () => {
  const urls = functions.map((name) => `file://${join(outdir, name, 'index.mjs')}`);
  const program = `
    const kinds = await Promise.all(${JSON.stringify(urls)}.map(async (url) => typeof (await import(url)).handler));
    console.log(JSON.stringify(kinds));`;
  expect(JSON.parse(node('--input-type=module', '-e', program))).toEqual(functions.map(() => 'function'));
});

test('the scripts that recipes name go with them', async () => {
  const folder = join(outdir, 'examples');
  await compileRecipes(folder, 'examples');
  const { scripts } = JSON.parse(readFileSync(join(folder, 'resolve/recipes.json'), 'utf8'));
  expect(Object.keys(scripts).toSorted()).toEqual(readdirSync('examples/scripts').map((file) => `scripts/${file}`));
});

test.each(takeRecipes)('the recipes and their version lie beside %s, which takes them', (name) => {
  const { recipes, version } = JSON.parse(readFileSync(join(outdir, name, 'recipes.json'), 'utf8'));
  expect(Object.keys(recipes).map((recipe) => `${recipe}.yaml`)).toEqual(
    readdirSync('recipes').filter((file) => file.endsWith('.yaml')),
  );
  expect(version).toBe(JSON.parse(readFileSync('package.json', 'utf8')).version);
});

test('what only the documentation of recipes reads is in no bundle', () => {
  const told = new Set<string>(rules.map(({ says }) => says));
  JSON.stringify(z.toJSONSchema(recipeSchema, { io: 'input' }), (key, value: unknown) => {
    if (key === 'description' && typeof value === 'string') told.add(value);
    return value;
  });
  const bundle = readdirSync(join(outdir, 'resolve'))
    .filter((file) => file.endsWith('.mjs'))
    .map((file) => readFileSync(join(outdir, 'resolve', file), 'utf8'))
    .join('\n');
  expect(told.size).toBeGreaterThan(80);
  expect([...told].filter((text) => bundle.includes(text.slice(0, 20)) && bundle.includes(text.slice(-20)))).toEqual(
    [],
  );
});

test('a bundle takes and refuses the same recipes as the source, in the same words', async () => {
  const { parseRecipe: bundled } = (await import(
    join(outdir, 'recipes/index.mjs')
  )) as typeof import('../../core/recipe/recipe.ts');
  // One wrong value in each place suffices, because every description is in the place that it describes.
  const spoilt = placesIn(full).map((path, index) =>
    index % 3 === 0 ? removed(path) : replaced(path, index % 3 === 1 ? 7 : ['x']),
  );
  for (const document of [full, ...spoilt]) expect(bundled(document, scripts)).toEqual(parseRecipe(document, scripts));
});
