import { buildNamePattern } from '../build/identity.ts';
import type { BuildIdentity, Tags } from '../tags.ts';

export type Kind = 'instance' | 'volume' | 'image' | 'snapshot';

/** One thing that EC2 says is there. */
export interface Thing {
  kind: Kind;
  id: string;
  region: string;
  /** Account it belongs to. */
  owner: string;
  state: string;
  /** ISO 8601; empty where EC2 does not say. */
  createdAt: string;
  tags: Tags;
  /** Of an image: what its disks are made from. EC2 names them only once it is available. */
  snapshots: string[];
}

/** What the bucket and Step Functions know of a build. */
export interface BuildRecord {
  published: boolean;
  /** ARN of the execution that was let into the build last, be it a clean-up or an earlier sweep. */
  owner: string;
  running: boolean;
  /** ISO 8601; absent while it runs, and where Step Functions has forgotten it, which takes 90 days. */
  endedAt?: string | undefined;
}

export interface Estate {
  account: string;
  /** Everything with our tags, and every AMI of the account. */
  things: Thing[];
  /** By buildKey; a build without an entry is none of this pipeline's. */
  builds: ReadonlyMap<string, BuildRecord>;
  /** `region ami` → the parameter below the deployment's channel root that holds it. */
  channels: ReadonlyMap<string, string>;
}

export const buildKey = ({ recipe, build }: BuildIdentity): string => `${recipe}/${build}`;

const gone: Record<Kind, string[]> = {
  instance: ['shutting-down', 'terminated'],
  volume: ['deleting', 'deleted'],
  image: ['deregistered', 'disabled'], // whoever disabled an AMI decides about it
  snapshot: [],
};
/** EC2 gave up on it. */
export const isFailed = ({ kind, state }: Thing) => kind === 'image' && ['failed', 'invalid', 'error'].includes(state);
export const placed = (region: string, id: string) => `${region} ${id}`;

export function identityOf({ tags }: Thing): BuildIdentity | undefined {
  const { 'golden:recipe': recipe = '', 'golden:build': build = '' } = tags;
  return /^[a-z0-9][a-z0-9-]{0,47}$/.test(recipe) && buildNamePattern.test(build) ? { recipe, build } : undefined;
}

/** Of this account, with our tags, and not gone already. */
export const isOurs = (account: string) => (thing: Thing) =>
  thing.owner === account &&
  thing.tags['golden:recipe'] !== undefined &&
  thing.tags['golden:build'] !== undefined &&
  !gone[thing.kind].includes(thing.state);

/** By `region snapshot`: the AMIs that are made of it. */
export function usersOf(things: Thing[]): Map<string, Thing[]> {
  const users = new Map<string, Thing[]>();
  for (const image of things)
    for (const snapshot of image.snapshots) {
      const key = placed(image.region, snapshot);
      users.set(key, [...(users.get(key) ?? []), image]);
    }
  return users;
}

/** The builds that things are of. `temporary`: there is more of it than AMIs and their snapshots. */
export function buildsIn({ account, things }: Pick<Estate, 'account' | 'things'>) {
  const users = usersOf(things);
  const builds = new Map<string, BuildIdentity & { temporary: boolean }>();
  for (const thing of things.filter(isOurs(account))) {
    const identity = identityOf(thing);
    if (!identity) continue;
    const lasting = thing.kind === 'image' ? !isFailed(thing) : users.has(placed(thing.region, thing.id));
    const temporary = !lasting || builds.get(buildKey(identity))?.temporary === true;
    builds.set(buildKey(identity), { ...identity, temporary });
  }
  return [...builds.values()];
}
