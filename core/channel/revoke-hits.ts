import type { BuildIdentity } from '../tags.ts';

/** The instances of an AMI in this account: how many there are, and the first of them. */
interface InstancesHit {
  region: string;
  ami: string;
  count: number;
  first: string[];
}

// Step Functions passes on at most 256 KiB, and a revoke must not fail because many instances run.
const mostInstances = 10;
const mostUsers = 100;

export const instancesHit = (at: { region: string; ami: string }, ids: string[]): InstancesHit[] =>
  ids.length === 0 ? [] : [{ ...at, count: ids.length, first: ids.slice(0, mostInstances) }];

/** @param all Of every image that has instances. */
export function instancesHits(all: InstancesHit[]): Pick<RevokeHits, 'instances' | 'moreInstances'> {
  const more = all.slice(mostUsers).reduce((sum, { count }) => sum + count, 0);
  return { instances: all.slice(0, mostUsers), moreInstances: more };
}

export const descendantsHit = (all: BuildIdentity[]): Pick<RevokeHits, 'descendants' | 'moreDescendants'> => ({
  descendants: all.slice(0, mostUsers),
  moreDescendants: Math.max(0, all.length - mostUsers),
});

export function usersHit(users: string[]): Pick<RevokeHits, 'sharedWith' | 'moreUsers'> {
  const all = [...new Set(users)];
  return { sharedWith: all.slice(0, mostUsers), moreUsers: Math.max(0, all.length - mostUsers) };
}

/** AMIs that were made from a revoked one, and carry no tags of a build. */
interface StrangersHit {
  strangers: { region: string; ami: string; name: string }[];
  moreStrangers: number;
}

export function strangersHit(all: StrangersHit['strangers']): StrangersHit {
  const strangers = all.slice(0, mostUsers).map(({ region, ami, name }) => ({ region, ami, name }));
  return { strangers, moreStrangers: all.length - strangers.length };
}

export const noHits: RevokeHits = {
  channels: [],
  instances: [],
  moreInstances: 0,
  sharedWith: [],
  moreUsers: 0,
  descendants: [],
  moreDescendants: 0,
  strangers: [],
  moreStrangers: 0,
  unknown: null,
};

/** What a revoke hits, as far as EC2 and the bucket tell at once. AwaitUsage tells of other accounts. */
export interface RevokeHits extends StrangersHit {
  channels: string[];
  instances: InstancesHit[];
  /** How many instances other images have. */
  moreInstances: number;
  /** Who may launch the images: others may have instances of them. The first ones only. */
  sharedWith: string[];
  /** How many others may launch them. */
  moreUsers: number;
  /** Builds that were made from the images. The first ones only. */
  descendants: { recipe: string; build: string }[];
  moreDescendants: number;
  /** Why nobody can tell what was made from the images. */
  unknown: string | null;
}
