import { buildNamePattern } from '../build/identity.ts';
import { isRecipeName } from '../recipe-name.ts';
import { buildKey, type BuildIdentity } from '../tags.ts';
import { hasEnded, isFailed, idInRegion, usersOf, type Thing } from '../undo/things.ts';

/** What the bucket and Step Functions know about a build. */
export interface BuildRecord {
  published: boolean;
  /** ARN of the last execution that worked on the build. It may be a clean-up or an earlier sweep. */
  owner: string;
  running: boolean;
  /** The AMIs that it has published, by `region ami`. Absent where the bucket does not tell. */
  images?: ReadonlySet<string> | undefined;
  /** ISO 8601. Absent while the execution runs, and after 90 days, when Step Functions has forgotten it. */
  endedAt?: string | undefined;
}

/** A build by the things that carry its tags. */
export interface BuildOfThings extends BuildIdentity {
  temporary: boolean;
  /** Its AMIs, by `region ami`. Absent where only the build counts. */
  images?: string[];
}

export interface Estate {
  account: string;
  /** Everything with our tags, and every AMI of the account. */
  things: Thing[];
  /** By buildKey. A build without an entry does not belong to this pipeline. */
  builds: ReadonlyMap<string, BuildRecord>;
  /** `region ami` → the parameter below the deployment's channel root that holds it. */
  channels: ReadonlyMap<string, string>;
}

// An instance that is shutting down needs no sweep. The person who disabled an AMI decides about it.
const decided = ['shutting-down', 'disabled'];

/** The build that a thing's tags name, if both names are valid. */
export function identityFromTags({ tags }: Thing): BuildIdentity | undefined {
  const { 'golden:recipe': recipe = '', 'golden:build': build = '' } = tags;
  return isRecipeName(recipe) && buildNamePattern.test(build) ? { recipe, build } : undefined;
}

/** Whether a thing belongs to this account, carries our tags, and still exists. */
export const isOurs = (account: string) => (thing: Thing) =>
  thing.owner === account &&
  thing.tags['golden:recipe'] !== undefined &&
  thing.tags['golden:build'] !== undefined &&
  !hasEnded(thing) &&
  !decided.includes(thing.state);

/** The builds that the things belong to, with their AMIs. `temporary`: a build has more than AMIs and their snapshots. */
export function buildsIn({ account, things }: Pick<Estate, 'account' | 'things'>) {
  const users = usersOf(things);
  const builds = new Map<string, BuildOfThings>();
  for (const thing of things.filter(isOurs(account))) {
    const identity = identityFromTags(thing);
    if (!identity) continue;
    const lasting = thing.kind === 'image' ? !isFailed(thing) : users.has(idInRegion(thing.region, thing.id));
    const known = builds.get(buildKey(identity));
    const temporary = !lasting || known?.temporary === true;
    const images = lasting && thing.kind === 'image' ? [idInRegion(thing.region, thing.id)] : [];
    builds.set(buildKey(identity), { ...identity, temporary, images: [...(known?.images ?? []), ...images] });
  }
  return [...builds.values()];
}
