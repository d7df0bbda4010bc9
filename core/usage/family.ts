import type { ImageChild } from './image-usage.ts';
import type { Tags } from '../tags.ts';

/** An AMI by region and id. */
interface ImagePlace {
  region: string;
  ami: string;
}

/** An AMI of the account, with the AMI from which it was made. EC2 remembers that. */
export interface FamilyMember extends ImagePlace {
  name: string;
  state: string;
  tags: Tags;
  madeFrom?: ImagePlace;
}

/** The AMIs of an account, with the lines of those AMIs' parents that the account does not own or no longer has. */
export interface Family {
  members: FamilyMember[];
  /** Parents of AMIs that are gone or belong to others, by placeKey. */
  beyond: Record<string, ImagePlace>;
}

const placeKey = ({ region, ami }: ImagePlace): string => `${region} ${ami}`;

/** One child of each parent that is not among the account's AMIs. EC2's line of that child leads over the gap. */
export function childrenOfStrangers(members: FamilyMember[]): FamilyMember[] {
  const own = new Set(members.map(placeKey));
  const strangers = new Map<string, FamilyMember>();
  for (const member of members) {
    const { madeFrom } = member;
    if (madeFrom && !own.has(placeKey(madeFrom)) && !strangers.has(placeKey(madeFrom)))
      strangers.set(placeKey(madeFrom), member);
  }
  return [...strangers.values()];
}

/** The line of an AMI, as EC2 tells it: from the AMI back to the first one. */
export type Ancestry = { ami: string; madeFrom?: ImagePlace | undefined; createdAt?: string; ownerAlias?: string }[];

/** The parents that a line names, by placeKey. An AMI lies in the region that the AMI made from it names. */
export function parentsIn(start: ImagePlace, line: Ancestry): Record<string, ImagePlace> {
  const parents: Record<string, ImagePlace> = {};
  let at: ImagePlace | undefined = start;
  for (const { madeFrom } of line) {
    if (!at || !madeFrom) break;
    parents[placeKey(at)] = madeFrom;
    at = madeFrom;
  }
  return parents;
}

/**
 * Finds the AMIs of the account that descend from an AMI, even over AMIs that are gone. Copies of the AMI's own build do not count, but
 * AMIs made from these copies do.
 */
export function descendantsIn({ members, beyond }: Family): (start: ImagePlace) => ImageChild[] {
  const byKey = new Map(members.map((member) => [placeKey(member), member]));
  const children = new Map<string, string[]>();
  for (const child of new Set([...byKey.keys(), ...Object.keys(beyond)])) {
    const parent = byKey.get(child)?.madeFrom ?? beyond[child];
    if (parent) children.set(placeKey(parent), [...(children.get(placeKey(parent)) ?? []), child]);
  }
  return (start) => {
    const generations = new Map([[placeKey(start), 0]]);
    // A loop over a Map also visits what is added to it meanwhile.
    for (const [key, generation] of generations)
      for (const child of children.get(key) ?? []) if (!generations.has(child)) generations.set(child, generation + 1);
    const own = byKey.get(placeKey(start))?.tags ?? {};
    const isCopy = ({ tags }: FamilyMember) =>
      own['golden:build'] !== undefined &&
      tags['golden:build'] === own['golden:build'] &&
      tags['golden:recipe'] === own['golden:recipe'];
    return [...byKey].flatMap(([key, member]) => {
      const generation = generations.get(key);
      if (!generation || isCopy(member)) return [];
      const { region, ami, name, state, tags } = member;
      const { 'golden:recipe': recipe, 'golden:build': build } = tags;
      const made = recipe !== undefined && build !== undefined && { recipe, build };
      return [{ region, ami, name, state, generation, ...made }];
    });
  };
}
