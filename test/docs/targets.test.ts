import { expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { golden } from '../../cli/golden.ts';
import { recordingTerminal } from '../cli/recording-terminal.ts';

const page = readFileSync('docs/targets.md', 'utf8');
const examples = Object.fromEntries(
  [...page.matchAll(/```yaml\n(name: (\S+)\n[^`]+)```\n\n`npm start[^`]+`[^`]+ends with:\n\n```\n([^`]+)```/g)].map(
    ([, recipe = '', name = '', table = '']) => [name, { recipe, table }],
  ),
);

async function simulated(name: string, scenario?: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'golden-'));
  const [file, rules] = [`examples/distribution/${name}.yaml`, join(folder, 'scenario.yaml')];
  if (scenario !== undefined) writeFileSync(rules, scenario);
  const { terminal, out, err } = recordingTerminal();
  const more = scenario === undefined ? [] : ['--scenario', rules];
  expect([await golden(['simulate', file, '--out', folder, ...more], terminal), err()]).toEqual([0, '']);
  return out();
}

test('the examples of the pages on distribution are valid', async () => {
  const { terminal, err } = recordingTerminal();
  const files = ['app-base', 'org-base', 'hub-base'].map((name) => `examples/distribution/${name}.yaml`);
  expect([await golden(['validate', ...files], terminal), err()]).toEqual([0, '']);
});

test.each([
  ['app-base', 3],
  ['org-base', 4],
])('the example %s of the page on targets is built as the page says', async (name, lines) => {
  const file = readFileSync(`examples/distribution/${name}.yaml`, 'utf8');
  expect(file.replace(/^(#.*\n)+/, '')).toBe(examples[name]?.recipe);
  const rows = examples[name]?.table.trimEnd().split('\n') ?? [];
  expect(rows).toHaveLength(lines);
  const out = await simulated(name);
  for (const row of rows) expect(out).toContain(row.trimEnd());
});

test('with a slow copy, the example is published after the time that the page says', async () => {
  const out = await simulated('org-base', "images: [{ region: eu-west-1, name: 'org-base-*', afterSeconds: 10800 }]");
  for (const [, line = ''] of page.matchAll(/^ +(\d:\d\d:\d\d {2}✓ Copy eu-west-1 .*)$/gm)) expect(out).toContain(line);
});
