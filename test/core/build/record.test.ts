import { expect, test } from '@jest/globals';
import { emptyRecord, withFailure, withPublished, withStarted, type FailedBuild } from '../../../core/build/record.ts';

const buildAt = (hour: number) => `20261123-${String(hour).padStart(2, '0')}0000-9f2c`;
const at = (hour: number) => new Date(Date.UTC(2026, 10, 23, hour)).toISOString();
const published = (hour: number) => ({ build: buildAt(hour), digest: 'd', source: 'ami-1', at: at(hour) });
const failed = (hour: number, changes: Partial<FailedBuild> = {}): FailedBuild => ({
  build: buildAt(hour),
  automatic: true,
  source: 'ami-1',
  digest: 'd',
  recipeDigest: 'r',
  error: 'CheckFailed',
  at: at(hour),
  ...changes,
});

test('failures are kept in the order they came, until a build is published', () => {
  const record = withFailure(withFailure(emptyRecord(), failed(1)), failed(2));
  expect(record.failures.map(({ build }) => build)).toEqual([buildAt(1), buildAt(2)]);
  expect(withPublished(record, published(3))).toEqual({ schema: 1, published: published(3), failures: [] });
});

test('only the last fifty failures are kept', () => {
  const all = Array.from({ length: 60 }, (_, index) => failed(1, { build: `20261123-0100${10 + index}-9f2c` }));
  const { failures } = all.reduce(withFailure, emptyRecord());
  expect(failures).toEqual(all.slice(10));
});

test('what is recorded again changes nothing, so that nothing is written', () => {
  const record = withStarted(withFailure(withPublished(emptyRecord(), published(1)), failed(2)), {
    build: buildAt(2),
    at: at(2),
    by: 'schedule',
  });
  expect(withFailure(record, failed(2, { error: 'ABORTED', at: at(9) }))).toBe(record);
  expect(withPublished(record, { ...published(1), at: at(9) })).toBe(record);
  expect(withStarted(record, { build: buildAt(2), at: at(9), by: 'hand' })).toBe(record);
});

test('a build that a newer published one has left behind is no news, neither its failure nor its end', () => {
  const record = withFailure(withPublished(emptyRecord(), published(3)), failed(4));
  expect(withFailure(record, failed(2))).toBe(record);
  expect(withFailure(record, failed(3))).toBe(record);
  expect(withPublished(record, published(2))).toBe(record);
});

test('a start leaves alone what was published and what failed', () => {
  const record = withFailure(withPublished(emptyRecord(), published(1)), failed(2));
  expect(withStarted(record, { build: buildAt(3), at: at(3), by: 'hand' })).toEqual({
    ...record,
    started: { build: buildAt(3), at: at(3), by: 'hand' },
  });
});
