import { keyOf } from '../../../core/memory/documents.ts';
import { expect, test } from '@jest/globals';
import { buildsIn, type BuildRecord } from '../../../core/sweep/estate.ts';
import { sweepFailure, nothingSwept, sweepOutcome, type SweepReport } from '../../../core/sweep/sweep-report.ts';
import { decideSweep, type Found } from '../../../core/sweep/sweep.ts';
import type { Thing } from '../../../core/undo/things.ts';

const now = new Date('2026-12-24T12:00:00Z');
const account = '222233334444';
const ago = (days: number) => new Date(now.getTime() - days * 24 * 3600 * 1000).toISOString();
const ours = { 'golden:recipe': 'base', 'golden:build': '20261123-030000-9f2c' };
const key = 'base/20261123-030000-9f2c';

const thing = (kind: Thing['kind'], more: Partial<Thing> = {}): Thing => ({
  kind,
  id: `${kind}-1`,
  region: 'us-east-1',
  owner: account,
  state: { instance: 'running', volume: 'available', import: 'active', image: 'available', snapshot: 'completed' }[
    kind
  ],
  createdAt: ago(30),
  tags: ours,
  snapshots: [],
  ...more,
});
const expiring = (days: number) => ({ ...ours, 'golden:expires': ago(-days) });

const over: BuildRecord = {
  published: false,
  owner: 'arn:aws:states:r:a:execution:golden-build-image:e',
  running: false,
};
const published: BuildRecord = { ...over, published: true };

interface Setting {
  things: Thing[];
  record?: BuildRecord | undefined;
  channels?: [string, string][];
  cap?: number;
}
function decide({ things, record = over, channels = [], cap = 50 }: Setting) {
  const estate = { account, things, builds: new Map([[key, record]]), channels: new Map(channels) };
  return decideSweep(estate, now, cap);
}
const said = ({ remove, spared }: { remove: Found[]; spared: Found[] }) => [
  ...remove.map(({ id, reason }) => `- ${id}: ${reason}`),
  ...spared.map(({ id, reason }) => `= ${id}: ${reason}`),
];

test.each<[string, Setting, string[]]>([
  [
    'an instance, a volume and a snapshot without AMI of a build that is over go once they have expired',
    { things: (['instance', 'volume', 'snapshot'] as const).map((kind) => thing(kind, { tags: expiring(-1) })) },
    [
      '- instance-1: expired 2026-12-23T12:00Z, its build is over',
      '- volume-1: expired 2026-12-23T12:00Z, its build is over',
      '- snapshot-1: expired 2026-12-23T12:00Z, no AMI refers to it',
    ],
  ],
  [
    'before that they are kept, however old they are',
    { things: [thing('instance', { tags: expiring(0.1) })] },
    ['= instance-1: kept until 2026-12-24T14:24Z'],
  ],
  [
    'without a date of expiry they go seven days after they were made',
    { things: [thing('instance', { createdAt: ago(7.1) }), thing('volume', { createdAt: ago(6.9) })] },
    ['- instance-1: due 2026-12-24T09:36Z, its build is over', '= volume-1: left alone until 2026-12-24T14:24Z'],
  ],
  [
    'of a published build they go after a day',
    {
      record: published,
      things: [thing('volume', { createdAt: ago(1.1) }), thing('snapshot', { createdAt: ago(0.9) })],
    },
    ['- volume-1: due 2026-12-24T09:36Z, its build is over', '= snapshot-1: left alone until 2026-12-24T14:24Z'],
  ],
  [
    'an AMI that no build published goes when it has expired, and its snapshots with it',
    { things: [thing('image', { tags: expiring(-1), snapshots: ['snapshot-1'] }), thing('snapshot')] },
    ['- image-1: expired 2026-12-23T12:00Z, no build has published it', '- snapshot-1: image-1 goes'],
  ],
  [
    'one that is kept for a look is kept until its date, with its snapshots',
    { things: [thing('image', { tags: expiring(3), snapshots: ['snapshot-1'] }), thing('snapshot')] },
    ['= image-1: kept until 2026-12-27T12:00Z'],
  ],
  [
    'a snapshot that is to be kept longer than its AMI is kept',
    { things: [thing('image', { snapshots: ['snapshot-1'] }), thing('snapshot', { tags: expiring(3) })] },
    ['- image-1: due 2026-12-01T12:00Z, no build has published it', '= snapshot-1: kept until 2026-12-27T12:00Z'],
  ],
  [
    'the AMI of a published build is never touched, expired or not, nor is its snapshot',
    {
      record: published,
      things: [
        thing('image', { tags: expiring(-9), snapshots: ['snapshot-1'] }),
        thing('snapshot', { tags: expiring(-9) }),
      ],
    },
    [],
  ],
  [
    'an AMI of a published build that nobody has published is the rest of a distribution, and goes like that of a dead build',
    {
      record: { ...published, images: new Set(['us-east-1 image-1']) },
      things: [
        thing('image', { tags: expiring(-9), snapshots: ['snapshot-1'] }),
        thing('image', { id: 'image-2' }),
        thing('snapshot', { tags: expiring(-9) }),
      ],
    },
    ['- image-2: due 2026-12-01T12:00Z, no build has published it'],
  ],
  [
    'an AMI that a channel points at is never touched',
    { things: [thing('image')], channels: [['us-east-1 image-1', '/golden/base/stable']] },
    ['= image-1: /golden/base/stable points at it'],
  ],
  [
    'what a channel holds in another region says nothing about this one',
    { things: [thing('image')], channels: [['eu-west-1 image-1', '/golden/base/stable']] },
    ['- image-1: due 2026-12-01T12:00Z, no build has published it'],
  ],
  [
    'an AMI that EC2 gave up on goes after a day, of a published build too, whatever its date of expiry',
    { record: published, things: [thing('image', { state: 'failed', createdAt: ago(1.1), tags: expiring(9) })] },
    ['- image-1: EC2 gave up on it (failed)'],
  ],
  [
    'a fresh one is left to its build',
    { things: [thing('image', { state: 'error', createdAt: ago(0.9) })] },
    ['= image-1: left alone until 2026-12-24T14:24Z'],
  ],
  ['an AMI that somebody disabled is his', { things: [thing('image', { state: 'disabled' })] }, []],
  [
    'and its snapshots still belong to it',
    { things: [thing('image', { state: 'disabled', snapshots: ['snapshot-1'] }), thing('snapshot')] },
    [],
  ],
  [
    'a snapshot that any AMI of the account is made of stays, tagged or not',
    { things: [thing('image', { tags: {}, snapshots: ['snapshot-1'] }), thing('snapshot')] },
    [],
  ],
  [
    'a snapshot may be of an AMI that is pending, which does not name it yet',
    {
      things: [thing('image', { state: 'pending', createdAt: ago(1) }), thing('snapshot')],
    },
    [
      '= image-1: left alone until 2026-12-30T12:00Z',
      '= snapshot-1: an AMI of its build is pending and may be made of it',
    ],
  ],
  [
    'nothing goes while an execution is at work on the build',
    { record: { ...over, running: true }, things: [thing('instance'), thing('image')] },
    [
      '= instance-1: golden-build-image:e is at work on its build',
      '= image-1: golden-build-image:e is at work on its build',
    ],
  ],
  [
    'nor for half a day after it ended, when clean-up-build may still come',
    { record: { ...over, endedAt: ago(0.4) }, things: [thing('instance')] },
    ['= instance-1: its build ended only at 2026-12-24T02:24Z'],
  ],
  [
    'after that it does',
    { record: { ...over, endedAt: ago(0.6) }, things: [thing('instance')] },
    ['- instance-1: due 2026-12-01T12:00Z, its build is over'],
  ],
  [
    'a volume in use waits for its instance to go',
    { things: [thing('volume', { state: 'in-use' })] },
    ['= volume-1: it is attached to an instance and can only go after it'],
  ],
  [
    'what is going already is not mentioned',
    {
      things: [
        thing('instance', { state: 'shutting-down' }),
        thing('volume', { state: 'deleting' }),
        thing('image', { state: 'deregistered' }),
      ],
    },
    [],
  ],
  [
    'a date that cannot be read keeps a thing for ever, and is told',
    {
      things: [thing('instance', { tags: { ...ours, 'golden:expires': 'soon' } }), thing('volume', { createdAt: '' })],
    },
    ['= volume-1: EC2 gives no date of its making', '= instance-1: its golden:expires "soon" is no date'],
  ],
  [
    'so do tags that name no build',
    { things: [thing('volume', { tags: { 'golden:recipe': 'base', 'golden:build': '../../lock.json' } })] },
    ['= volume-1: its tags name no build of this pipeline'],
  ],
  ['what lacks one of our tags is not ours', { things: [thing('volume', { tags: { 'golden:build': 'x' } })] }, []],
  [
    'what belongs to another account is not ours, tagged or not',
    { things: [thing('image', { owner: '999999999999' })] },
    [],
  ],
  [
    'a build that this bucket knows nothing of is another deployment’s',
    {
      things: [
        thing('instance', { tags: { ...expiring(-1), 'golden:recipe': 'other' } }),
        thing('volume', { tags: { ...expiring(1), 'golden:recipe': 'other' } }),
      ],
    },
    ['= instance-1: its build has no record here: another deployment made it'],
  ],
])('%s', (_, setting, expected) => {
  expect(said(decide(setting)).toSorted()).toEqual(expected.toSorted());
});

test('instances go first, snapshots last, the oldest first, and no more than the cap', () => {
  const things = [
    thing('snapshot', { id: 'snap' }),
    thing('image', { id: 'ami' }),
    thing('instance', { id: 'young', createdAt: ago(10) }),
    thing('instance', { id: 'old', createdAt: ago(20) }),
  ];
  const { remove, overCap } = decide({ things, cap: 3 });
  expect(remove.map(({ id }) => id)).toEqual(['old', 'young', 'ami']);
  expect(overCap).toBe(1);
});

test('only builds of which something could go have their execution looked at', () => {
  const builds = buildsIn({
    account,
    things: [
      thing('image', { snapshots: ['snapshot-1'] }),
      thing('snapshot'),
      thing('image', { tags: { ...ours, 'golden:recipe': 'other' } }),
      thing('volume', { tags: { ...ours, 'golden:recipe': 'other' } }),
      thing('volume', { owner: '999999999999', tags: { ...ours, 'golden:recipe': 'foreign' } }),
    ],
  });
  expect(builds.map(({ recipe, temporary }) => [recipe, temporary])).toEqual([
    ['base', false],
    ['other', true],
  ]);
});

const found = (index: number): Found => ({
  kind: 'snapshot',
  id: `snap-${index}`,
  region: 'us-east-1',
  recipe: 'base',
  build: '20261123-030000-9f2c',
  reason: 'x'.repeat(3000),
});
const report: SweepReport = {
  schema: 1,
  execution: 'arn:aws:states:us-east-1:222233334444:execution:golden-sweep:daily-1',
  startedAt: '2026-12-24T04:30:00.000Z',
  dryRun: false,
  cap: 500,
  ...nothingSwept(),
  overCap: 0,
  regions: [],
  notLooked: [],
};

test('however much was found, the output of the execution fits into a payload, and says where all of it is', () => {
  const many = Array.from({ length: 2000 }, (_, index) => found(index));
  const full = { ...report, removed: many, wouldRemove: many, left: many, refused: many, spared: many };
  const outcome = sweepOutcome(full, 's3://bucket/report.json');
  expect(JSON.stringify(outcome).length).toBeLessThan(256 * 1024);
  expect(outcome).toMatchObject({ counts: { removed: 2000, spared: 2000 }, report: 's3://bucket/report.json' });
  expect(sweepFailure({ ...nothingSwept(), refused: many }, 'there')?.length).toBeLessThan(32_768);
});

test('a report is found by the day and the execution of its sweep', () => {
  expect(keyOf(report, 'sweepReport')).toBe('reports/sweep/2026-12-24-daily-1.json');
});

test.each<[string, Partial<SweepReport>, boolean]>([
  ['had nothing to do', {}, false],
  ['only spared', { spared: [found(1)] }, false],
  ['had work and did none of it', { refused: [found(1)], left: [found(2)] }, true],
  ['did some of it', { refused: [found(1)], removed: [found(2)] }, false],
  ['was only to say what it would do', { wouldRemove: [found(1)] }, false],
])('a sweep that %s', (_, lists, fails) => {
  expect(sweepFailure({ ...report, ...lists }, 'there') !== undefined).toBe(fails);
});
