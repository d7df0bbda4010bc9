import { describe, expect, test } from '@jest/globals';
import type { GroupFacts, NetworkFacts } from '../../../core/preflight/facts.ts';
import { networkNotes, networkProblems } from '../../../core/preflight/network.ts';
import { told } from '../../../core/recipe/recipe.ts';
import { networkWith, routes, subnet } from '../../support/facts.ts';
import { planOf } from '../../support/plan.ts';

const factsOf = (changes: Partial<NetworkFacts>) => ({
  region: 'eu-west-1',
  account: '111122223333',
  network: networkWith(changes),
});
const problems = (changes: Partial<NetworkFacts> = {}, builder: object = {}): string[] => {
  const { document } = planOf({ builder: { instanceTypes: ['t3.small'], ...builder } });
  return told(networkProblems(document, factsOf(changes)));
};
const notes = (changes: Partial<NetworkFacts> = {}, builder: object = {}): string[] =>
  told(networkNotes(planOf({ builder: { instanceTypes: ['t3.small'], ...builder } }).document, factsOf(changes)));
const [a, b] = ['subnet-0000000a', 'subnet-0000000b'];
const behind = (via: string, to = '0.0.0.0/0', active = true) => ({ found: [routes([{ to, via, active }])] });
const private_ = { found: [subnet(a)] };
const endpoints = (...services: string[]) => ({ found: services.map((service) => ({ vpc: 'vpc-1', service })) });

test('an account with its default VPC is right as it is', () => {
  expect(problems()).toEqual([]);
});

describe('refused, with the key of the recipe and what to do', () => {
  test.each<[string, Partial<NetworkFacts>, object, RegExp[]]>([
    [
      'no default VPC',
      { subnets: { found: [] } },
      {},
      [/^builder\.subnets: eu-west-1 has no default VPC.*name subnets/],
    ],
    [
      'unknown subnets, each of them',
      { subnets: { found: [] } },
      { subnets: [a, b] },
      [/^builder\.subnets\[0\]: subnet-0000000a does not exist in eu-west-1/, /^builder\.subnets\[1\]: /],
    ],
    [
      'subnets without a free address',
      { subnets: { found: [subnet(a, { freeAddresses: 0, publicIp: true })] } },
      { subnets: [a] },
      [/^builder\.subnets: subnet-0000000a in eu-west-1 have no free address/],
    ],
    [
      'a group that does not exist',
      { groups: { found: [] } },
      { securityGroups: ['sg-00000001'] },
      [/^builder\.securityGroups\[0\]: sg-00000001 does not exist/],
    ],
    [
      'a group of another VPC than the subnet',
      { groups: { found: [{ group: 'sg-00000001', vpc: 'vpc-2', https: true, inbound: false }] } },
      { subnets: [a], securityGroups: ['sg-00000001'] },
      [/^builder\.securityGroups\[0\]: sg-00000001 is in vpc-2, but subnet-0000000a is in vpc-1/],
    ],
    [
      'a default group without outgoing rules',
      { groups: { found: [{ group: 'sg-0000000d', vpc: 'vpc-1', https: false, inbound: false }] } },
      {},
      [/^builder\.securityGroups: the default security group sg-0000000d of vpc-1.*lets no HTTPS out/],
    ],
    [
      'a private subnet without any way out',
      { subnets: private_, routeTables: { found: [routes([])] } },
      { subnets: [a] },
      [/^builder\.subnets\[0\]: no route leads out of subnet-0000000a.*interface endpoints for ssm and ssmmessages/],
    ],
    [
      'a route to a gateway that is gone',
      { subnets: private_, routeTables: behind('nat-1', '0.0.0.0/0', false) },
      { subnets: [a] },
      [/no route leads out/],
    ],
    [
      'an internet gateway without a public address',
      { subnets: private_ },
      { subnets: [a] },
      [/^builder\.subnets\[0\]: instances in subnet-0000000a get no public address/],
    ],
    [
      'no public address by the recipe, behind an internet gateway',
      {},
      { subnets: [a], publicIp: false },
      [/^builder\.subnets\[0\]: instances in subnet-0000000a get no public address.*set builder\.publicIp: true/],
    ],
    ['a wish for a public address without a subnet', {}, { publicIp: true }, [/^builder\.publicIp: needs subnets/]],
    [
      'a public address without a way out',
      { subnets: private_, routeTables: { found: [routes([])] } },
      { subnets: [a], publicIp: true },
      [/^builder\.subnets\[0\]: no route leads out/],
    ],
    [
      'some of the endpoints only',
      { subnets: private_, routeTables: { found: [routes([])] }, endpoints: endpoints('ssm', 's3') },
      { subnets: [a] },
      [/of the endpoints, vpc-1 has ssm only/],
    ],
    [
      'a gateway endpoint for S3 as the only route',
      { subnets: private_, routeTables: behind('vpce-1', 'pl-1') },
      { subnets: [a] },
      [/no route leads out/],
    ],
  ])('%s', (_, changes, builder, expected) => {
    const found = problems(changes, builder);
    expect(found).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(found[index]).toMatch(pattern);
  });
});

describe('not refused', () => {
  test.each<[string, Partial<NetworkFacts>]>([
    ['a NAT gateway', { subnets: private_, routeTables: behind('nat-1') }],
    ['a transit gateway, whatever is behind it', { subnets: private_, routeTables: behind('tgw-1', '10.0.0.0/8') }],
    ['an IPv6 address and an internet gateway', { subnets: { found: [subnet(a, { ipv6: true })] } }],
    [
      'endpoints for ssm and ssmmessages',
      { subnets: private_, routeTables: { found: [routes([])] }, endpoints: endpoints('ssm', 'ssmmessages') },
    ],
    [
      'endpoints for ssm and ec2messages, which agents fall back on',
      { subnets: private_, routeTables: { found: [routes([])] }, endpoints: endpoints('ssm', 'ec2messages') },
    ],
    ['a route table out of sight, as of a shared subnet', { subnets: private_, routeTables: { found: [] } }],
    ['route tables that AWS does not show', { subnets: private_, routeTables: { refused: 'denied' } }],
    ['endpoints that AWS does not show', { subnets: private_, endpoints: { refused: 'denied' } }],
    ['subnets that AWS does not show', { subnets: { refused: 'denied' } }],
    [
      'one full subnet of two',
      { subnets: { found: [subnet(a, { freeAddresses: 0, publicIp: true }), subnet(b, { publicIp: true })] } },
    ],
  ])('%s', (_, changes) => {
    expect(problems(changes)).toEqual([]);
  });

  test('a public address by the recipe, or none behind a NAT gateway', () => {
    expect(problems({ subnets: private_ }, { subnets: [a], publicIp: true })).toEqual([]);
    const nat = { subnets: private_, routeTables: behind('nat-1') };
    expect(problems(nat, { subnets: [a], publicIp: false })).toEqual([]);
  });

  test('a subnet whose own route table has a way out, beside a main table without', () => {
    const own = { ...routes([{ to: '0.0.0.0/0', via: 'nat-1' }]), main: false, subnets: [a] };
    const found = [routes([]), own];
    expect(problems({ subnets: private_, routeTables: { found } }, { subnets: [a] })).toEqual([]);
  });
});

describe('a subnet that another account shares', () => {
  const shared = (publicIp: boolean) => ({ found: [subnet(a, { owner: '444455556666', publicIp })] });
  test.each<[string, Partial<NetworkFacts>]>([
    ['no route leads out of', { subnets: shared(false), routeTables: { found: [routes([])] } }],
    ['only an internet gateway leads out of, without public addresses', { subnets: shared(false) }],
  ])('that %s is not refused, since the endpoints of its owner are out of sight; a note says so', (_, changes) => {
    expect(problems(changes, { subnets: [a] })).toEqual([]);
    expect(notes(changes, { subnets: [a] })).toEqual([
      expect.stringMatching(
        /^builder\.subnets\[0\]: subnet-0000000a is shared by account 444455556666, whose VPC endpoints AWS does not show/,
      ),
    ]);
  });

  test('behind a NAT gateway is worth no note, and neither is a subnet of our own', () => {
    expect(notes({ subnets: shared(false), routeTables: behind('nat-1') }, { subnets: [a] })).toEqual([]);
    expect(notes({ subnets: private_, routeTables: { found: [routes([])] } }, { subnets: [a] })).toEqual([]);
  });
});

test('the group of the deployment in another VPC than the subnets of the recipe is told at the subnets', () => {
  const network = networkWith({
    groups: { found: [{ group: 'sg-00000001', vpc: 'vpc-2', https: true, inbound: false }] },
  });
  const { document } = planOf({
    builder: { instanceTypes: ['t3.small'], subnets: [a], securityGroups: ['sg-00000001'] },
  });
  const facts = { ...factsOf({}), network, deploymentGroups: ['sg-00000001'] };
  expect(told(networkProblems(document, facts))).toEqual([
    "builder.subnets: subnet-0000000a is in vpc-1, but the deployment's security group sg-00000001 is in vpc-2; name groups of vpc-1 in builder.securityGroups",
  ]);
});

test('a recipe that holds instances needs a group that lets nothing in, its own or one of the deployment in its VPC', () => {
  const open = { group: 'sg-00000001', vpc: 'vpc-1', https: true, inbound: true };
  const shut = { ...open, group: 'sg-00000002', inbound: false };
  const holding = (onFailure: 'hold' | 'remove', groups: GroupFacts[], forHolds: GroupFacts[]) => {
    const securityGroups = groups.filter(({ vpc }) => vpc === 'vpc-1').map(({ group }) => group);
    const { document } = planOf({ onFailure, builder: { instanceTypes: ['t3.small'], subnets: [a], securityGroups } });
    const seen = { groups: { found: groups }, ...(onFailure === 'hold' && { forHolds: { found: forHolds } }) };
    return networkProblems(document, factsOf(seen));
  };
  expect(holding('hold', [open], [{ ...shut, vpc: 'vpc-2' }])).toEqual([
    {
      path: ['onFailure'],
      message: expect.stringMatching(/sg-00000001 of vpc-1 lets something in.*add a group like that to builder/),
    },
  ]);
  for (const fine of [
    holding('hold', [open], [shut]),
    holding('hold', [open, shut], []),
    holding('remove', [open], []),
    holding('hold', [open, { ...open, vpc: 'vpc-2' }], [shut, { ...shut, vpc: 'vpc-2' }]),
  ])
    expect(fine).toEqual([]);
  // The subnets of a recipe without groups may be in several VPCs, each with a default group of its own.
  const inOther = { ...shut, vpc: 'vpc-2' };
  for (const groups of [
    [open, inOther],
    [inOther, open],
  ])
    expect(holding('hold', groups, [inOther])).toEqual([
      { path: ['onFailure'], message: expect.stringMatching(/: sg-00000001 of vpc-1 lets something in/) },
    ]);
});

test('a secret of Secrets Manager without a way there is worth a note, since a proxy may lead there', () => {
  const seen = (secret: string, changes: Partial<NetworkFacts>) => {
    const provision = [{ run: 'true', secrets: { A: secret } }];
    const builder = { instanceTypes: ['t3.small'], subnets: [a] };
    const { document } = planOf({ builder, provision, env: { HTTPS_PROXY: 'http://10.0.0.9:3128' } });
    const facts = factsOf({ subnets: private_, ...changes });
    return { problems: told(networkProblems(document, facts)), notes: told(networkNotes(document, facts)) };
  };
  const closed = { routeTables: { found: [routes([])] }, endpoints: endpoints('ssm', 'ssmmessages') };
  const note =
    'builder.subnets[0]: no route or endpoint leads from subnet-0000000a to Secrets Manager, so a step cannot read secret:prod/db without a proxy; unless one is set, make an interface endpoint for secretsmanager in vpc-1, or keep the secret as a SecureString parameter';
  expect(seen('secret:prod/db:password', closed)).toEqual({ problems: [], notes: [note] });
  const nothing = { problems: [], notes: [] };
  expect(seen('/builders/token', closed)).toEqual(nothing);
  expect(seen('secret:prod/db', { ...closed, routeTables: behind('nat-1') })).toEqual(nothing);
  const endpoint = endpoints('ssm', 'ssmmessages', 'secretsmanager');
  expect(seen('secret:prod/db', { ...closed, endpoints: endpoint })).toEqual(nothing);
  expect(seen('secret:prod/db', { ...closed, endpoints: endpoints() })).toEqual({
    problems: [expect.stringContaining('no route leads out of subnet-0000000a, so the SSM agent is never online')],
    notes: [],
  });
});
