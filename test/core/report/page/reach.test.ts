import { expect, test } from '@jest/globals';
import { reachOf } from '../../../../core/report/page/reach.ts';
import { publishedManifest } from '../../../support/page-facts.ts';

test('a cell says how an account gets the image of a region', () => {
  const { columns, rows, errors } = reachOf(publishedManifest({ regions: 3, accounts: 2 }));
  expect(columns.map(({ users }) => users)).toEqual([
    ['300000000000'],
    ['300000000001'],
    ['o-exampleorgid'],
    ['444455556666'],
  ]);
  expect(rows.map(({ place, status, cells }) => `${place} ${status}: ${cells.join(' ')}`)).toEqual([
    'us-east-1 published: shares shares shares owns',
    'us-west-2 failed: failed failed failed skipped',
    'us-west-1 skipped: skipped skipped skipped none',
  ]);
  expect(errors).toEqual([
    { place: 'us-west-2', error: 'CopyFailed: the key is disabled', advice: expect.stringContaining('EC2') },
  ]);
});

test('many accounts that are the same in every region are one column', () => {
  const { columns, rows } = reachOf(publishedManifest({ regions: 3, accounts: 1000 }));
  expect(columns.map(({ users }) => users.length)).toEqual([1001, 1]);
  expect(rows[0]?.cells).toEqual(['shares', 'owns']);
});
