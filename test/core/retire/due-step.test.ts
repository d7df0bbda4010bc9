import { expect, test } from '@jest/globals';
import { dueStep } from '../../../core/retire/due-step.ts';
import type { RetiringBuild } from '../../../core/retire/retiring.ts';
import { ago, amiIn, now, retiring } from './retired.ts';

const policy = {
  keep: 1,
  deprecateAfter: '30d',
  disableAfter: '60d',
  deregisterAfter: '90d',
  snapshots: 'delete' as const,
};
const revoked = (days: number, more: object = {}): Pick<RetiringBuild, 'revocation'> => ({
  revocation: { schema: 1, state: 'revoked', execution: 'e', who: 'w', at: ago(days), images: [], ...more },
});
const deprecated = (days: number) => ({ deprecatedAt: ago(days) });
const disabled = { state: 'disabled' };

test.each<[string, RetiringBuild, string | undefined, string]>([
  ['a young image stays', retiring(29), undefined, 'deprecate is due on 2026-11-28: deprecateAfter is 30d'],
  ['at its age an image is deprecated', retiring(30), 'deprecate', 'it is 30d old, and deprecateAfter is 30d'],
  ['an image that is older than all ages takes one step', retiring(400), 'deprecate', 'it is 400d old'],
  [
    'between two steps lies the time between their ages',
    retiring(400, {}, deprecated(29)),
    undefined,
    'disable is due on 2026-11-28: 30d after it was deprecated',
  ],
  ['an image is disabled after its grace', retiring(400, {}, deprecated(30)), 'disable', 'disableAfter is 60d'],
  [
    'an image is disabled at its age, if it was deprecated earlier',
    retiring(50, {}, deprecated(40)),
    undefined,
    'disable is due',
  ],
  ['a disabled image waits, too', retiring(400, revoked(29), disabled), undefined, 'deregister is due on 2026-11-28'],
  [
    'a disabled image is deregistered after its grace',
    retiring(400, revoked(30), disabled),
    'deregister',
    'deregisterAfter',
  ],
  [
    'an AMI that missed a step is caught up with, and the others wait',
    retiring(70, { ...revoked(1), amis: [amiIn('us-east-1', disabled), amiIn('eu-west-1', deprecated(40))] }),
    'disable',
    'disableAfter is 60d',
  ],
  [
    'an image that is gone is left alone',
    retiring(400, {}, { state: 'deregistered' }),
    undefined,
    'deregistered everywhere',
  ],
  [
    'an image that is gone in one region goes on in the others',
    retiring(70, { amis: [amiIn('us-east-1', { state: 'deregistered' }), amiIn('eu-west-1')] }),
    'deprecate',
    '70d old',
  ],
  ...['pending', 'failed', 'invalid', 'error', 'transient', 'somethingNew'].map(
    (state): [string, RetiringBuild, undefined, string] => [
      `an image that is ${state} stays`,
      retiring(400, {}, { state }),
      undefined,
      `ami-0123456789abcdef0 in us-east-1 is ${state}`,
    ],
  ),
  ['an image that somebody disabled stays', retiring(400, {}, disabled), undefined, 'was disabled by hand'],
  [
    'an image that somebody restored stays',
    retiring(400, revoked(9, { state: 'restored', restoredBy: 'ann' })),
    undefined,
    'ann restored it; only golden deregister retires it again',
  ],
  [
    'an image whose step failed and was taken back is tried again',
    retiring(400, revoked(1, { state: 'restored', undoes: true }), deprecated(30)),
    'disable',
    'disableAfter is 60d',
  ],
  ['an image that nobody published stays', retiring(400, { published: false }), undefined, 'no build has published it'],
  ['an image of another deployment stays', retiring(400, { published: undefined }), undefined, 'another deployment'],
  [
    'an image that an execution is at work on stays',
    retiring(400, { busy: 'move-channel:x' }),
    undefined,
    'move-channel:x is at work on it',
  ],
  [
    'an image stays if a region could not be looked at',
    retiring(400, { unseen: ['eu-west-1: no'] }),
    undefined,
    'not all of it could be looked at: eu-west-1: no',
  ],
])('%s', (_sentence, build, step, reason) => {
  const verdict = dueStep(build, policy, now);
  expect(verdict).toMatchObject({ reason: expect.stringContaining(reason) });
  expect(verdict.step).toBe(step);
});

test('a step that the recipe does not name is left out', () => {
  const only = { keep: 1, deregisterAfter: '90d', snapshots: 'keep' as const };
  expect(dueStep(retiring(91), only, now).step).toBe('deregister');
  expect(dueStep(retiring(91), { keep: 1, deprecateAfter: '9d', snapshots: 'keep' }, now).step).toBe('deprecate');
  const done = dueStep(retiring(91, {}, deprecated(9)), { keep: 1, deprecateAfter: '9d', snapshots: 'keep' }, now);
  expect(done).toEqual({ reason: 'it is deprecated, and its recipe asks for no further step' });
});

test('a revoked image whose recipe only deregisters has a week of grace', () => {
  const only = { keep: 1, deregisterAfter: '90d', snapshots: 'keep' as const };
  expect(dueStep(retiring(400, revoked(6), disabled), only, now).step).toBeUndefined();
  expect(dueStep(retiring(400, revoked(7), disabled), only, now).step).toBe('deregister');
});
