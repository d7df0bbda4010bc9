import { expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { golden } from '../../cli/golden.ts';
import { recordingTerminal } from '../cli/recording-terminal.ts';

const page = readFileSync('docs/targets.md', 'utf8');
const [, recipe = ''] = /```yaml\n([^`]+)```/.exec(page) ?? [];
const [, table = ''] = /ends with:\n\n```\n([^`]+)```/.exec(page) ?? [];

async function simulated(scenario?: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'golden-'));
  const [file, rules] = [join(folder, 'org-base.yaml'), join(folder, 'scenario.yaml')];
  writeFileSync(file, recipe);
  if (scenario !== undefined) writeFileSync(rules, scenario);
  const { terminal, out, err } = recordingTerminal();
  const more = scenario === undefined ? [] : ['--scenario', rules];
  expect([await golden(['simulate', file, '--out', folder, ...more], terminal), err()]).toEqual([0, '']);
  return out();
}

test('the example of the page on targets is built as the page says', async () => {
  const rows = table.trimEnd().split('\n');
  expect(rows).toHaveLength(4);
  const out = await simulated();
  for (const row of rows) expect(out).toContain(row.trimEnd());
});

test('with a slow copy, the example is published after the time that the page says', async () => {
  const out = await simulated("images: [{ region: eu-west-1, name: 'org-base-*', afterSeconds: 10800 }]");
  for (const [, line = ''] of page.matchAll(/^ +(\d:\d\d:\d\d {2}✓ Copy eu-west-1 .*)$/gm)) expect(out).toContain(line);
});
