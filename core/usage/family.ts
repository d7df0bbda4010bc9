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
 * The AMIs of the account that descend from an AMI, even over AMIs that are gone. Copies of the AMI's own build do not count, but AMIs
 * made from these copies do.
 */
export function descendantsIn({ members, beyond }: Family, start: ImagePlace): ImageChild[] {
  const byKey = new Map(members.map((member) => [placeKey(member), member]));
  const own = byKey.get(placeKey(start))?.tags ?? {};
  const isCopy = ({ tags }: FamilyMember) =>
    own['golden:build'] !== undefined &&
    tags['golden:build'] === own['golden:build'] &&
    tags['golden:recipe'] === own['golden:recipe'];
  const generationOf = (member: FamilyMember): number | undefined => {
    const seen = new Set<string>();
    let [at, steps]: [ImagePlace | undefined, number] = [member, 0];
    while (at && !seen.has(placeKey(at))) {
      seen.add(placeKey(at));
      const next: ImagePlace | undefined = byKey.get(placeKey(at))?.madeFrom ?? beyond[placeKey(at)];
      steps += 1;
      if (next && placeKey(next) === placeKey(start)) return steps;
      at = next;
    }
    return undefined;
  };
  return members.flatMap((member) => {
    const generation = placeKey(member) === placeKey(start) || isCopy(member) ? undefined : generationOf(member);
    if (generation === undefined) return [];
    const { region, ami, name, state, tags } = member;
    const { 'golden:recipe': recipe, 'golden:build': build } = tags;
    const made = recipe !== undefined && build !== undefined && { recipe, build };
    return [{ region, ami, name, state, generation, ...made }];
  });
}
