import { expect, test } from '@jest/globals';
import { failuresInWords, shareRows, type SharedImage } from '../../../core/share/share-report.ts';

const ami = 'ami-0123456789abcdef0';
const users = Array.from({ length: 50 }, (_, n) => String(n).padStart(12, '0'));
const image = {
  region: 'ap-southeast-2',
  ami,
  channels: ['stable'],
  build: '20261127-153000-0a1b',
  changes: { image: { add: users, remove: [] }, snapshots: {} },
} as unknown as SharedImage;

test('the rows of sixty targets in five channels fit into a state', () => {
  const rows = shareRows({ images: Array.from({ length: 300 }, () => image) });
  expect(rows).toHaveLength(300);
  expect(rows[0]).toMatchObject({ changes: [expect.stringContaining('grant')], more: 49 });
  expect(JSON.stringify(rows).length).toBeLessThan(200 * 1024);
  expect(shareRows({ images: [image] })[0]).toMatchObject({ more: 44 });
});

test('the failures of many regions fit into the cause of an execution, and the text says how many are left out', () => {
  const failures = Array.from({ length: 60 }, (_, n) => ({ region: `region-${n}`, error: 'x'.repeat(5000) }));
  const text = failuresInWords(failures);
  expect(text.length).toBeLessThan(32_768);
  expect(text).toMatch(/^region-0: x+\n[^]+\nand 31 more, in the report$/);
  expect(failuresInWords([{ region: 'eu-west-1', error: 'refused' }])).toBe('eu-west-1: refused');
});
