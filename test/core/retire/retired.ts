import type { Move } from '../../../core/channel/channel-record.ts';
import type { RetiringAmi, RetiringBuild } from '../../../core/retire/retiring.ts';
import type { ImageUsage } from '../../../core/usage/image-usage.ts';

// Builds, moves and uses for the tests of core/retire.

export const now = new Date('2026-11-27T05:00:00Z');
const day = 86_400_000;
export const ago = (days: number) => new Date(now.getTime() - days * day).toISOString();

/** The id of a build that began so many days ago. */
export function buildOf(days: number): string {
  const [date = '', time = ''] = ago(days).slice(0, 19).split('T');
  return `${date.replaceAll('-', '')}-${time.replaceAll(':', '')}-0000`;
}

export const amiIn = (region: string, more: Partial<RetiringAmi> = {}): RetiringAmi => ({
  region,
  ami: 'ami-0123456789abcdef0',
  state: 'available',
  snapshots: [{ snapshot: 'snap-0123456789abcdef0', gib: 8 }],
  ...more,
});

/** A published build with an AMI in two regions. */
export const retiring = (
  days: number,
  more: Partial<RetiringBuild> = {},
  ami: Partial<RetiringAmi> = {},
): RetiringBuild => ({
  recipe: 'base',
  build: buildOf(days),
  amis: [amiIn('us-east-1', ami), amiIn('eu-west-1', ami)],
  published: true,
  unseen: [],
  ...more,
});

export const moveTo = (days: number, from?: number, verb: Move['verb'] = 'publish'): Move => ({
  verb,
  execution: 'arn:aws:states:us-east-1:111122223333:execution:x:1',
  who: 'somebody',
  at: ago(days),
  ...(from !== undefined && { from: { build: buildOf(from) } }),
  to: { build: buildOf(days) },
  before: [],
  after: [],
});

/** Nobody uses the AMI, and AWS has answered every question about that. */
export const unused = (region: string, more: Partial<ImageUsage> = {}): ImageUsage => ({
  region,
  ami: 'ami-0123456789abcdef0',
  account: '111122223333',
  at: now.toISOString(),
  instances: { known: [] },
  templates: { known: [] },
  parameters: { known: [] },
  recipes: { known: [] },
  children: { known: [] },
  others: { known: { reportedAt: now.toISOString(), report: 'r', accounts: [] } },
  launched: { known: { until: now.toISOString() } },
  reportUnderway: false,
  ...more,
});
