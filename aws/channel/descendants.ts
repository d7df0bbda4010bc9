import { inBatches } from '../../core/batches.ts';
import { targetsOf } from '../../core/channel/candidates.ts';
import { isTransient } from '../../core/errors.ts';
import { onlyPlace } from '../../core/distribute/place.ts';
import { buildKey, type BuildIdentity } from '../../core/tags.ts';
import { descendantsIn, type Family, type FamilyMember } from '../../core/usage/family.ts';
import type { ImageChild } from '../../core/usage/image-usage.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument } from '../memory/documents.ts';
import { readFamily } from '../usage/ancestry.ts';
import { evidence } from '../usage/evidence.ts';

/** What was made from a build's image, in the regions of the build. */
interface Descendants {
  builds: BuildIdentity[];
  /** AMIs without our tags. */
  others: ImageChild[];
  /** Why nobody can tell. */
  unknown?: string;
}

/**
 * The builds and AMIs that were made from a build's image, and from theirs. EC2 remembers the source of an AMI, even over AMIs that
 * are gone. It remembers none for an AMI that was registered from snapshots: there the tags name the build, and its plan the source.
 */
async function descendantsOf(artifacts: Artifacts, { recipe, build }: BuildIdentity): Promise<Descendants> {
  // Step Functions retries ResolveMove after a passing failure.
  const manifest = await readDocument(artifacts, { recipe, build }, 'manifest');
  const images = targetsOf({ manifest }).map(({ ami, ...at }) => ({ region: onlyPlace(at).region, ami: ami ?? '' }));
  const regions = [artifacts.aws.region, ...images.map(({ region }) => region)];
  const family = await evidence(
    async () => withPlannedSources(artifacts, await readFamily(artifacts.aws, regions)),
    isTransient,
  );
  if (family.unknown !== undefined) return { builds: [], others: [], unknown: family.unknown };
  const nearestFirst = images
    .flatMap(descendantsIn(family.known))
    .toSorted((one, other) => one.generation - other.generation);
  const builds = new Map<string, BuildIdentity>();
  const others = new Map<string, ImageChild>();
  for (const child of nearestFirst) {
    const { recipe: of, build: id } = child;
    if (of === undefined || id === undefined) others.set(`${child.region} ${child.ami}`, child);
    else if (of !== recipe || id !== build) builds.set(buildKey({ recipe: of, build: id }), { recipe: of, build: id });
  }
  return { builds: [...builds.values()], others: [...others.values()] };
}

async function withPlannedSources(artifacts: Artifacts, { members, beyond }: Family): Promise<Family> {
  const planned = async (member: FamilyMember): Promise<FamilyMember> => {
    const { 'golden:recipe': recipe, 'golden:build': build } = member.tags;
    if (member.madeFrom || recipe === undefined || build === undefined) return member;
    const plan = await readDocument(artifacts, { recipe, build }, 'plan');
    return plan ? { ...member, madeFrom: { region: plan.source.region, ami: plan.source.ami } } : member;
  };
  return { members: await Promise.all(members.map(planned)), beyond };
}

/** What was made from several builds, each once, and apart from these builds themselves. */
export async function descendantsOfAll(artifacts: Artifacts, asked: BuildIdentity[]): Promise<Descendants> {
  const found = await Promise.all(asked.map((one) => descendantsOf(artifacts, one)));
  const builds = new Map(found.flatMap((one) => one.builds.map((made) => [buildKey(made), made] as const)));
  for (const one of asked) builds.delete(buildKey(one));
  const others = new Map(
    found.flatMap((one) => one.others.map((made) => [`${made.region} ${made.ami}`, made] as const)),
  );
  const unknown = found.find((one) => one.unknown !== undefined)?.unknown;
  return { builds: [...builds.values()], others: [...others.values()], ...(unknown !== undefined && { unknown }) };
}

/** The recipes to start so that builds are made again. Variants are started by the name of the recipe that has them. */
export async function recipesToStart(artifacts: Artifacts, builds: BuildIdentity[]): Promise<string[]> {
  const recipes = new Set<string>();
  for (const some of inBatches(builds, 20)) {
    const plans = await Promise.all(some.map((one) => readDocument(artifacts, one, 'plan')));
    for (const [index, { recipe }] of some.entries()) recipes.add(plans[index]?.variantOf ?? recipe);
  }
  return [...recipes];
}
