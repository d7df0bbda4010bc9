import { expect, test } from '@jest/globals';
import { atTags, chosenByTags, type TaggedPart } from '../../../core/launch/tagged-network.ts';
import { planOf } from '../../support/plan.ts';

const subnet = (id: string, zone: string, freeAddresses: number, vpc = 'vpc-1'): TaggedPart => ({
  id: `subnet-${id}`,
  vpc,
  zone: `us-east-1${zone}`,
  freeAddresses,
  tags: { tier: 'private' },
});
const group = (id: string, vpc = 'vpc-1'): TaggedPart => ({ id: `sg-${id}`, vpc, tags: { use: 'images' } });
const network = { subnets: { tier: 'private', env: 'p*' }, securityGroups: { use: 'images' } };
const choose = (
  part: 'subnets' | 'securityGroups',
  found: TaggedPart[],
  others: TaggedPart[] = [],
  more: object = {},
) => {
  const chosen = chosenByTags(part, { ...network, ...more }, found, others, 'us-east-1');
  return 'ids' in chosen ? chosen.ids.join(' ') : `${chosen.problem.path.join('.')}: ${chosen.problem.message}`;
};

test('one subnet of each zone comes first, those with room before others', () => {
  const found = [
    subnet('a1', 'a', 10),
    subnet('a2', 'a', 90),
    subnet('b1', 'b', 50),
    subnet('b2', 'b', 5),
    subnet('c', 'c', 70),
  ];
  expect(choose('subnets', found)).toBe('subnet-a2 subnet-c subnet-b1 subnet-a1 subnet-b2');
  expect(choose('subnets', found.toReversed())).toBe(choose('subnets', found));
});

test('of many subnets twenty are tried', () => {
  const found = Array.from({ length: 25 }, (_, n) => subnet(String(n), 'abc'[n % 3]!, 100));
  expect(choose('subnets', found).split(' ')).toHaveLength(20);
});

test.each<[string, string, string]>([
  [
    'nothing has the tags',
    choose('subnets', [], [subnet('a1', 'a', 10), { ...subnet('b', 'b', 1), tags: {} }]),
    'builder.network.subnets: no subnet of us-east-1 has tier=private and env=p*; there are subnet-a1 (tier=private), subnet-b (no tags)',
  ],
  [
    'the VPC has none',
    choose('securityGroups', [], [], { vpc: { Name: 'build' } }),
    'builder.network.securityGroups: no security group of us-east-1 in a VPC with Name=build has use=images; there is none',
  ],
  [
    'several VPCs have some',
    choose('subnets', [subnet('a', 'a', 1), subnet('b', 'b', 1, 'vpc-2')]),
    'builder.network.subnets: tier=private and env=p* is on subnets of 2 VPCs: subnet-a in vpc-1, subnet-b in vpc-2; add tags, or those of one VPC under vpc',
  ],
  [
    'there are more groups than an instance takes',
    choose(
      'securityGroups',
      Array.from({ length: 17 }, (_, n) => group(String(n))),
    ),
    'builder.network.securityGroups: 17 security groups have use=images, and an instance takes 16; add tags',
  ],
])('refused with what was found: %s', (_what, said, expected) => {
  expect(said).toBe(expected);
});

test('findings about what was found stand at the tags; where nothing was found, they are left out', () => {
  const { builder } = planOf({
    builder: { instanceTypes: ['t3.small'], network: { subnets: { tier: 'private' } } },
  }).document;
  const finding = { path: ['builder', 'subnets', 0], message: 'no route' };
  const other = { path: ['builder', 'instanceTypes', 0], message: 'no type' };
  const unfound = { path: ['builder', 'network', 'subnets'], message: 'none' };
  expect(atTags({ problems: [finding, other], notes: [] }, [], builder).problems).toEqual([
    { ...finding, path: ['builder', 'network', 'subnets'] },
    other,
  ]);
  expect(atTags({ problems: [finding, other], notes: [finding] }, [unfound], builder)).toEqual({
    problems: [unfound, other],
    notes: [],
  });
});
