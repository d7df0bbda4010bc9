import { expect, test } from '@jest/globals';
import { hostNotes, hostProblems } from '../../../core/launch/dedicated-host.ts';
import type { HostFacts } from '../../../core/preflight/facts.ts';
import { told } from '../../../core/recipe/recipe.ts';
import { networkWith, subnet } from '../../support/facts.ts';
import { planOf } from '../../support/plan.ts';

const { document } = planOf({
  builder: { instanceTypes: ['m5.large', 'm6i.large'], tenancy: 'host', hostId: 'h-0000000a' },
});
const network = networkWith({ subnets: { found: [subnet('subnet-0000000a')] } });
const problems = (found: HostFacts | null) =>
  told(hostProblems(document, { region: 'us-east-1', host: { found }, network }));
const right = { state: 'available', zone: 'us-east-1a', family: 'm5' };

test.each<[string, HostFacts | null, string[]]>([
  ['it fits', right, []],
  ['it is for one type', { ...right, family: 'm6i.large' }, []],
  [
    'it is not there',
    null,
    ['builder.hostId: h-0000000a does not exist in us-east-1, or is not shared with this account; correct the id'],
  ],
  [
    'it is released',
    { ...right, state: 'released' },
    ['builder.hostId: h-0000000a in us-east-1 is released, so nothing can be launched on it'],
  ],
  [
    'it is for other types',
    { ...right, family: 'c5' },
    ['builder.hostId: h-0000000a is for c5, and none of m5.large, m6i.large is; name a type that fits the host'],
  ],
  [
    'it is in another zone',
    { ...right, zone: 'us-east-1b' },
    [
      'builder.hostId: h-0000000a is in us-east-1b, and no subnet of the builder is; name one of that zone in builder.subnets',
    ],
  ],
])('a Dedicated Host: %s', (_what, found, expected) => {
  expect(problems(found)).toEqual(expected);
});

test('a look that AWS refuses is a note', () => {
  const seen = { region: 'us-east-1', host: { refused: 'no' }, network };
  expect(told(hostProblems(document, seen))).toEqual([]);
  expect(told(hostNotes(seen))).toEqual([
    'builder.hostId: could not look at the host before the build, so a mistake there may show only during the build: no',
  ]);
});
