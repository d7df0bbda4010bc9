import { expect, test } from '@jest/globals';
import { parameterNotes, regionQuotaNotes, regionQuotaProblems } from '../../../core/forecast/region-quota-findings.ts';
import type { RegionUse } from '../../../core/forecast/region-quotas.ts';
import { told } from '../../../core/recipe/recipe.ts';
import { factsWith } from '../../support/facts.ts';
import { planOf } from '../../support/plan.ts';

/** An account that has used little of AWS's usual quotas. */
const use = (changes: Partial<RegionUse> & { more?: RegionUse['quotas'] } = {}): RegionUse => {
  const { more, ...others } = changes;
  return {
    images: { found: { all: 10, public: 0, pending: 0 } },
    pendingSnapshots: { found: 0 },
    ...others,
    quotas: {
      images: { found: { most: 50_000 } },
      publicImages: { found: { most: 5 } },
      sharing: { found: { most: 1000 } },
      pendingSnapshots: { found: { most: 100 } },
      ...more,
    },
  };
};
const images = (all: number, changes = {}) => ({ images: { found: { all, public: 0, pending: 0, ...changes } } });
const many = Array.from({ length: 1001 }, (_, index) => String(100_000_000_000 + index));
const account = { account: '444455556666' };

interface Case {
  abroad?: RegionUse;
  home?: RegionUse;
  recipe?: Record<string, unknown>;
  problems?: string[];
  notes?: string[];
}
const two = (changes: object) => ({ distribute: [{ region: 'us-east-1' }, { region: 'eu-west-1', ...changes }] });

test.each<[string, Case]>([
  ['there is room', {}],
  ['the last AMI that the account may have', { abroad: use(images(49_999)) }],
  [
    'no room for a copy',
    {
      abroad: use(images(50_000)),
      problems: [
        'distribute[1]: the build makes one AMI in eu-west-1, where the account has 50000 of the 50000 that it may have; deregister older ones, or have the quota L-B665C33B of EC2 (AMIs) raised',
      ],
    },
  ],
  [
    'no room for the second copy beside a slow one, under a quota of the account',
    {
      abroad: use({ ...images(19), more: { images: { found: { most: 20 } } } }),
      recipe: two({ completeWithin: '30m' }),
      problems: [
        'distribute[1]: the build makes 2 AMIs in eu-west-1, where the account has 19 of the 20 that it may have; deregister older ones, or have the quota L-B665C33B of EC2 (AMIs) raised',
      ],
    },
  ],
  [
    'no room for the image itself, in a region that is no target',
    {
      home: use(images(50_000)),
      recipe: { distribute: [{ region: 'eu-west-1' }] },
      problems: [
        'distribute: the build makes one AMI in us-east-1, where the account has 50000 of the 50000 that it may have; deregister older ones, or have the quota L-B665C33B of EC2 (AMIs) raised',
      ],
    },
  ],
  [
    'five public AMIs already',
    {
      abroad: use(images(10, { public: 5 })),
      recipe: two({ allowPublic: true }),
      problems: [
        'distribute[1].allowPublic: would be public AMI 6 of the account in eu-west-1, and it may have 5; make older ones private, or have the quota L-0E3CBAB9 of EC2 (Public AMIs) raised',
      ],
    },
  ],
  ['five public AMIs, and a private image', { abroad: use(images(10, { public: 5 })) }],
  [
    'more users than an AMI may have, those who get a copy of their own included',
    {
      recipe: two({ accounts: many.slice(0, 1000), copyTo: [account] }),
      problems: [
        'distribute[1]: is shared with 1001 accounts, organizations and units, and EC2 shares an AMI with 1000 in eu-west-1; share it with an organization or a unit instead, or have the quota L-70015FFA of EC2 (AMI sharing) raised',
      ],
      notes: ['distribute: the quotas of 444455556666 are not read, and the copies there count for them'],
    },
  ],
  [
    'as many users as an AMI may have',
    { abroad: use({ more: { sharing: { found: { most: 1000 } } } }), recipe: two({ accounts: many.slice(1) }) },
  ],
  [
    'snapshots that are pending, of other work',
    {
      abroad: use({ pendingSnapshots: { found: 100 } }),
      notes: [
        'distribute[1]: the build makes up to one snapshot in eu-west-1, where 100 of the 100 that may be pending are pending now; the build waits until others are complete (quota L-94D7AB7D of EBS)',
      ],
    },
  ],
  [
    'more snapshot copies than EBS makes at a time',
    {
      abroad: use({ pendingSnapshots: { found: 20 } }),
      notes: [
        'distribute[1]: 21 snapshots may be pending in eu-west-1 at the same time, and EBS copies 20 to a region at a time, as its documentation says; the copy may have to wait',
      ],
    },
  ],
  ['as many pending snapshots where nothing is copied to', { home: use({ pendingSnapshots: { found: 20 } }) }],
  [
    'more copies than EC2 makes at a time',
    {
      abroad: use(images(400, { pending: 300 })),
      notes: [
        'distribute[1]: 300 AMIs are pending in eu-west-1 now, and EC2 copies 300 to a region at a time, as its documentation says; the copy waits until others are complete',
      ],
    },
  ],
  [
    'looks that AWS refuses, one note for each reason',
    {
      abroad: use({
        images: { refused: 'ec2:DescribeImages: no' },
        more: { images: { refused: 'quotas: no' }, sharing: { refused: 'quotas: no' } },
      }),
      notes: [
        'distribute[1]: could not see the quota L-B665C33B (AMIs), the quota L-70015FFA (AMI sharing) in eu-west-1, so the build may fail at a limit there: quotas: no',
        'distribute[1]: could not see how many AMIs the account has in eu-west-1, so the build may fail at a limit there: ec2:DescribeImages: no',
      ],
    },
  ],
  [
    'a quota of which Service Quotas shows nothing counts as the usual one, and the plan says so',
    {
      abroad: use({ ...images(50_000), more: { images: { found: {} } } }),
      problems: [expect.stringContaining('50000 of the 50000')] as never,
      notes: [
        'distribute[1]: Service Quotas shows no value in eu-west-1 for some quotas, so the usual ones of AWS are assumed: 50000 for L-B665C33B (AMIs)',
      ],
    },
  ],
])('quotas of a region: %s', (_, { abroad = use(), home = use(), recipe = {}, problems = [], notes = [] }) => {
  const { document } = planOf(recipe);
  const facts = factsWith();
  const known = { ...facts, uses: { 'us-east-1': home, 'eu-west-1': abroad } };
  const found = [regionQuotaProblems(document, known), regionQuotaNotes(document, known)].map(told);
  expect(found).toEqual([problems, notes]);
});

test('a region that the account has not enabled has no note of its quotas: it is a problem of its own', () => {
  const refused = { refused: 'AuthFailure' };
  const off = { region: 'eu-west-1', enabled: false };
  const known = {
    ...factsWith({ regions: { found: [{ region: 'us-east-1', enabled: true }, off] } }),
    uses: {
      'us-east-1': use(),
      'eu-west-1': { images: refused, pendingSnapshots: refused, quotas: { images: refused } },
    },
  };
  expect(regionQuotaNotes(planOf().document, known)).toEqual([]);
});

test('a parameter that is new has a note, since nobody counts the parameters of an account', () => {
  const holder = { region: 'us-east-1', ami: 'ami-0123456789abcdef0', tags: {} };
  const holders = { 'us-east-1': { found: [holder] }, 'eu-west-1': { found: [] }, 'ap-south-1': { found: [] } };
  const channel = {
    parameter: '/golden/base/stable',
    deployment: 'd',
    holders,
    foreign: { 'ap-south-1': 'is a StringList' },
  };
  expect(told(parameterNotes({ channel }))).toEqual([
    'publish.channel: the channel gets a new parameter in eu-west-1; Parameter Store allows 10,000 standard parameters in a region, and it is not read how many there are',
  ]);
});
