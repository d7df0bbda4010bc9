import { expect, test } from '@jest/globals';
import { offeringNotes, offeringProblems } from '../../../core/forecast/offerings.ts';
import { told } from '../../../core/recipe/recipe.ts';
import { subnet } from '../../support/facts.ts';
import { planOf } from '../../support/plan.ts';

const subnets = { found: [subnet('subnet-a', { zone: 'us-east-1a' }), subnet('subnet-e', { zone: 'us-east-1e' })] };

function findings(instanceTypes: string[], offered: [instanceType: string, zone: string][]) {
  const { document } = planOf({ builder: { instanceTypes, instanceProfile: 'builder' } });
  const offerings = { found: offered.map(([instanceType, zone]) => ({ instanceType, zone })) };
  const facts = { region: 'us-east-1', subnets, offerings };
  return [told(offeringProblems(document, facts)), told(offeringNotes(document, facts))];
}

const both: [string, string][] = [
  ['t3.small', 'us-east-1a'],
  ['t3.small', 'us-east-1e'],
];

test.each<[string, string[], [string, string][], string[], string[]]>([
  ['have the type', ['t3.small'], both, [], []],
  [
    'have it in part',
    ['t3.small'],
    both.slice(0, 1),
    [],
    ['builder.instanceTypes: EC2 does not have t3.small in us-east-1e (subnet-e); Launch goes on to the other places'],
  ],
  [
    'lack it',
    ['t3.small'],
    [['t3.small', 'us-east-1b']],
    [
      'builder.instanceTypes: EC2 has none of the types in the zones of the subnets: t3.small in us-east-1a (subnet-a), t3.small in us-east-1e (subnet-e); name a type that these zones have, or subnets in other zones',
    ],
    [],
  ],
  ['are of a region that lacks it, which is told elsewhere', ['m9i.large'], both, [], []],
])('zones %s', (_, instanceTypes, offered, problems, notes) => {
  expect(findings(instanceTypes, offered)).toEqual([problems, notes]);
});

test('zones that AWS does not show are a note', () => {
  const facts = { region: 'us-east-1', subnets, offerings: { refused: 'UnauthorizedOperation' } };
  const { document } = planOf();
  expect([offeringProblems(document, facts), told(offeringNotes(document, facts))]).toEqual([
    [],
    ['builder.instanceTypes: could not see which types the zones of us-east-1 have: UnauthorizedOperation'],
  ]);
});
