import { expect, test } from '@jest/globals';
import { asShared, asSharedCopy, withSharing } from '../../../core/share/build-sharing.ts';
import type { Target } from '../../../core/recipe/types.ts';

const at = { execution: 'arn:share', who: 'Ada', at: '2026-11-27T15:00:00.000Z' };
const lists = { accounts: [], organizations: [], organizationalUnits: [] };
const target = { region: 'eu-west-1', required: true, ...lists } as unknown as Target;

test.each([
  ['is public since it was shared', target, true],
  ['is public no longer', { ...target, allowPublic: true as const }, false],
])('an image that %s is expected so by a later move', (_, planned, allowPublic) => {
  const sharing = withSharing(undefined, { targets: [{ region: 'eu-west-1', ...lists, allowPublic }] }, at);
  expect(asShared(planned, sharing).allowPublic ?? false).toBe(allowPublic);
  expect(asShared(planned, undefined)).toEqual(planned);
});

test('a copy in another account has its own users, and leaves those of the image in the same region alone', () => {
  const copy = { region: 'eu-west-1', account: '111122223333', accounts: ['777788889999'] };
  const first = withSharing(undefined, { targets: [], copies: [copy] }, at);
  expect(first.changes[0]?.regions).toEqual(['eu-west-1 of account 111122223333']);
  const planned = { ...target, ...copy, accounts: [], role: 'golden-copy-target', publishes: false };
  expect(asSharedCopy(planned, first).accounts).toEqual(['777788889999']);
  expect(asSharedCopy({ ...planned, account: '333344445555' }, first).accounts).toEqual([]);
  expect(asShared(target, first)).toEqual(target);
  const again = withSharing(
    first,
    { targets: [], copies: [{ ...copy, accounts: [] }] },
    { ...at, execution: 'arn:second' },
  );
  expect(again.copies).toEqual([{ ...copy, accounts: [] }]);
});
