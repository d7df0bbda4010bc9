import { expect, test } from '@jest/globals';
import { asShared, withSharing } from '../../../core/share/build-sharing.ts';
import type { Target } from '../../../core/recipe/types.ts';

const at = { execution: 'arn:share', who: 'Ada', at: '2026-11-27T15:00:00.000Z' };
const lists = { accounts: [], organizations: [], organizationalUnits: [] };
const target = { region: 'eu-west-1', required: true, ...lists } as unknown as Target;

test.each([
  ['is public since it was shared', target, true],
  ['is public no longer', { ...target, allowPublic: true as const }, false],
])('an image that %s is expected so by a later move', (_, planned, allowPublic) => {
  const sharing = withSharing(undefined, [{ region: 'eu-west-1', ...lists, allowPublic }], at);
  expect(asShared(planned, sharing).allowPublic ?? false).toBe(allowPublic);
  expect(asShared(planned, undefined)).toEqual(planned);
});
