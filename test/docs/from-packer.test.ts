// Both pages for people who come from another tool. This file is called after one of them.
import { expect, test } from '@jest/globals';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examine, problemText } from '../../cli/recipes/recipe-folder.ts';

const pages = ['from-packer', 'from-image-builder'].map((name) => ({
  name,
  text: readFileSync(`docs/${name}.md`, 'utf8'),
}));
const component = `schemaVersion: 1.0
parameters:
  - Port: { type: string, default: '80' }
phases:
  - name: build
    steps: [{ name: Install, action: ExecuteBash, inputs: { commands: ['echo {{ Port }}'] } }]
  - name: test
    steps: [{ name: Answers, action: ExecuteBash, inputs: { commands: ['true'] } }]
`;

test.each(pages)('the recipe of docs/$name.md is valid with the files that it names', async ({ text }) => {
  const [, recipe = ''] = /```yaml\n(name: web\n[^`]+)```/.exec(text) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'golden-'));
  for (const name of ['files/nginx', 'scripts', 'components']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'web.yaml'), recipe);
  cpSync('examples/cookbook/files/child/nginx', join(folder, 'files/nginx'), { recursive: true });
  writeFileSync(join(folder, 'scripts/install.sh'), 'echo "$RELEASE"\n');
  writeFileSync(join(folder, 'components/nginx.yml'), component);
  const [finding] = await examine([join(folder, 'web.yaml')], { home: 'us-east-1' });
  expect(finding && problemText(finding)).toBe('');
  expect(finding?.recipes).toHaveLength(1);
});

test.each(pages)('docs/$name.md names only keys that recipes have', ({ text }) => {
  const keys = new Set([...readFileSync('docs/recipe.md', 'utf8').matchAll(/^\| `(\w+)` \|/gm)].map(([, key]) => key));
  const named = [...text.matchAll(/`((?:source|builder|image|publish|triggers|retire|copyTo)(?:\.\w+)+)[`:]/g)].map(
    ([, path = '']) => path,
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((path) => !path.split('.').every((key) => keys.has(key)))).toEqual([]);
});
