import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { referenceTables, withTable } from '../../scripts/reference-tables.ts';

test.each(referenceTables)('the table in $page from $source is current; if not: npm run docs', async (generated) => {
  const page = await readFile(generated.page, 'utf8');
  expect(withTable(page, generated)).toBe(page);
});

test('a page that has lost the place of its table is named', () => {
  const [generated] = referenceTables;
  expect(() => withTable('# Architecture\n', generated!)).toThrow(/^docs\/architecture.md: has no line <!-- Generated/);
});
