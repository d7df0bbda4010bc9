import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { carriedAt } from '../../core/recipe/steps/carried.ts';
import type { Catalog } from '../../core/recipe/types.ts';
import { deployedCloud } from '../../functions/cloud.ts';
import { compileRecipes } from '../../scripts/deployment-files.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'golden-deployed-'));
  await mkdir(join(root, 'recipes/files/site'), { recursive: true });
  await writeFile(join(root, 'recipes/files/site/index.html'), 'hello');
  const recipe = `name: web
source: { ami: ami-0123456789abcdef0, owner: self }
builder: { instanceTypes: [t3.small] }
provision:
  - files: { from: files/site, to: /srv/site }
distribute:
  - region: us-east-1
`;
  await writeFile(join(root, 'recipes/web.yaml'), recipe);
});
afterAll(() => rm(root, { recursive: true }));
const before = process.env['GOLDEN_CATALOG'];
afterEach(() => {
  if (before === undefined) delete process.env['GOLDEN_CATALOG'];
  else process.env['GOLDEN_CATALOG'] = before;
});

test('archives of files lie beside Resolve alone, which finds them by their digest', async () => {
  const dist = join(root, 'dist');
  await compileRecipes(dist, join(root, 'recipes'));
  const text = await readFile(join(dist, 'resolve/recipes.json'), 'utf8');
  const { scripts, archives } = JSON.parse(text) as Catalog;
  const { sha256 = '' } = carriedAt('files/site', scripts) ?? {};
  expect(archives).toBeUndefined();
  const folders = await readdir(dist, { recursive: true });
  expect(folders.filter((path) => path.includes('archives/'))).toEqual([`resolve/archives/${sha256}`]);
  process.env['GOLDEN_CATALOG'] = join(dist, 'resolve/recipes.json');
  const { archive } = deployedCloud();
  expect(Buffer.from((await archive(sha256)) ?? []).toString()).toContain('hello');
  expect(await archive('0'.repeat(64))).toBeUndefined();
});
