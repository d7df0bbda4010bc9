import { expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { golden } from '../../cli/golden.ts';
import { recordingTerminal } from '../cli/recording-terminal.ts';

const page = readFileSync('docs/other-accounts.md', 'utf8');
const [, recipe = ''] = /```yaml\n([^`]+)```/.exec(page) ?? [];
const [, table = ''] = /ends with:\n\n```\n([^`]+)```/.exec(page) ?? [];

const file = 'examples/distribution/hub-base.yaml';

async function simulated(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'golden-'));
  const { terminal, out, err } = recordingTerminal();
  expect([await golden(['simulate', file, '--out', folder], terminal), err()]).toEqual([0, '']);
  return out();
}

test('the example of the page on other accounts is built as the page says', async () => {
  expect(readFileSync(file, 'utf8').replace(/^(#.*\n)+/, '')).toBe(recipe);
  const rows = table.trimEnd().split('\n');
  expect(rows).toHaveLength(5);
  const out = await simulated();
  for (const row of rows) expect(out).toContain(row.trimEnd());
});
