import { buildNamePattern } from '../build/identity.ts';
import { isRecipeName } from '../recipe-name.ts';
import type { BuildIdentity, Tags } from '../tags.ts';

export type Kind = 'instance' | 'volume' | 'image' | 'snapshot';

/** A resource that EC2 lists. */
export interface Thing {
  kind: Kind;
  id: string;
  region: string;
  /** Account it belongs to. */
  owner: string;
  state: string;
  /** ISO 8601. Empty where EC2 gives no date. */
  createdAt: string;
  tags: Tags;
  /** Snapshots of an image's disks. EC2 names them only once the image is available. */
  snapshots: string[];
}

/** What the bucket and Step Functions know about a build. */
export interface BuildRecord {
  published: boolean;
  /** ARN of the last execution that worked on the build. It may be a clean-up or an earlier sweep. */
  owner: string;
  running: boolean;
  /** ISO 8601. Absent while the execution runs, and after 90 days, when Step Functions has forgotten it. */
  endedAt?: string | undefined;
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

export const buildKey = ({ recipe, build }: BuildIdentity): string => `${recipe}/${build}`;

const gone: Record<Kind, string[]> = {
  instance: ['shutting-down', 'terminated'],
  volume: ['deleting', 'deleted'],
  image: ['deregistered', 'disabled'], // whoever disabled an AMI decides about it
  snapshot: [],
};
/** EC2 failed to make the image. */
export const isFailed = ({ kind, state }: Thing) => kind === 'image' && ['failed', 'invalid', 'error'].includes(state);
export const placed = (region: string, id: string) => `${region} ${id}`;

export function identityOf({ tags }: Thing): BuildIdentity | undefined {
  const { 'golden:recipe': recipe = '', 'golden:build': build = '' } = tags;
  return isRecipeName(recipe) && buildNamePattern.test(build) ? { recipe, build } : undefined;
}

/** Whether a thing belongs to this account, carries our tags, and still exists. */
export const isOurs = (account: string) => (thing: Thing) =>
  thing.owner === account &&
  thing.tags['golden:recipe'] !== undefined &&
  thing.tags['golden:build'] !== undefined &&
  !gone[thing.kind].includes(thing.state);

/** By `region snapshot`: the AMIs that use the snapshot. */
export function usersOf(things: Thing[]): Map<string, Thing[]> {
  const users = new Map<string, Thing[]>();
  for (const image of things)
    for (const snapshot of image.snapshots) {
      const key = placed(image.region, snapshot);
      users.set(key, [...(users.get(key) ?? []), image]);
    }
  return users;
}

/** The builds that the things belong to. `temporary`: a build has more than AMIs and their snapshots. */
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
