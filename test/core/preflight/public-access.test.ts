import { expect, test } from '@jest/globals';
import { publicAccessProblems, publicRegions } from '../../../core/preflight/public-access.ts';
import type { Seen } from '../../../core/preflight/facts.ts';
import { planOf } from '../../support/plan.ts';

const { document } = planOf({
  distribute: [{ region: 'us-east-1' }, { region: 'eu-west-1', allowPublic: true }],
});

test('only the regions of public targets are looked at', () => {
  expect(publicRegions(document)).toEqual(['eu-west-1']);
});

const problemsWith = (seen: Seen<string>) => publicAccessProblems(document, { publicAccess: { 'eu-west-1': seen } });

test('a public target is right in a region that does not block public access', () => {
  expect(problemsWith({ found: 'unblocked' })).toEqual([]);
});

test.each<[Seen<string>, RegExp]>([
  [
    { found: 'block-new-sharing' },
    /^is true, but block public access for AMIs is block-new-sharing in eu-west-1; switch/,
  ],
  [{ refused: 'AccessDenied: no' }, /^is true, but nobody can tell whether eu-west-1 blocks .*: AccessDenied: no$/],
])('a public target is refused in a region with %j', (seen, says) => {
  expect(problemsWith(seen)).toEqual([
    { path: ['distribute', 1, 'allowPublic'], message: expect.stringMatching(says) },
  ]);
});
