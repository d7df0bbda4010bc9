// What is uploaded to Lambda: does it start, is it small? What it says to AWS: test/wire.test.ts.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bundleFunctions, functionFiles, type BundleSize } from '../scripts/bundle.mjs';

const outdir = mkdtempSync(join(tmpdir(), 'golden-bundle-'));
const node = (...args: string[]) => execFileSync(process.execPath, args, { encoding: 'utf8' });
let sizes: BundleSize[];

beforeAll(async () => {
  sizes = await bundleFunctions({ outdir });
}, 60_000);
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

test('every function is bundled', () => {
  expect(sizes.map(({ name }) => name)).toEqual(Object.keys(functionFiles()));
});

test('every entry is at most 100 kB', () => {
  expect(sizes.filter(({ entry }) => entry > 100_000)).toEqual([]);
});

test('every bundle starts and exports a handler', () => {
  const urls = sizes.map(({ name }) => `file://${join(outdir, name, 'index.mjs')}`);
  const program = `
    const kinds = await Promise.all(${JSON.stringify(urls)}.map(async (url) => typeof (await import(url)).handler));
    console.log(JSON.stringify(kinds));`;
  expect(JSON.parse(node('--input-type=module', '-e', program))).toEqual(sizes.map(() => 'function'));
});

test('the recipes lie beside the function that resolves them', () => {
  const { recipes, scripts } = JSON.parse(readFileSync(join(outdir, 'resolve/recipes.json'), 'utf8'));
  expect(Object.keys(recipes)).toContain('al2023-base');
  expect(Object.values(scripts)).toContainEqual(expect.any(String));
});
