import { isDecided, type RetiringAmi, type RetiringBuild } from '../../core/retire/retiring.ts';
import { buildKey, type BuildIdentity } from '../../core/tags.ts';
import { isRunning } from '../executions/executions.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readBuildRecords } from '../memory/build-records.ts';
import { readDocument } from '../memory/documents.ts';
import { retiringAmi, type ImageListing } from './image-listing.ts';

/** The builds of some recipes, by the tags of their images. */
function amisByBuild(
  { images }: ImageListing,
  recipes: string[],
): Map<string, BuildIdentity & { amis: RetiringAmi[] }> {
  const builds = new Map<string, BuildIdentity & { amis: RetiringAmi[] }>();
  for (const image of images) {
    const { 'golden:recipe': recipe = '', 'golden:build': build = '' } = image.tags;
    if (!recipes.includes(recipe)) continue;
    const key = buildKey({ recipe, build });
    const known = builds.get(key) ?? { recipe, build, amis: [] };
    known.amis.push(retiringAmi(image));
    builds.set(key, known);
  }
  return builds;
}

/** The execution that is revoking, restoring or building a build right now. */
async function busyOn(artifacts: Artifacts, build: RetiringBuild, owner: string | undefined, as: string) {
  const { revocation } = build;
  const underway = revocation && !isDecided(revocation) ? revocation.execution : undefined;
  for (const execution of [underway, owner])
    if (execution !== undefined && execution !== as && (await isRunning(artifacts.aws, execution)))
      return execution.split(':').slice(-2).join(':');
  return undefined;
}

/**
 * Every build of these recipes that has an AMI, with what the bucket knows of it.
 * @param as The asking execution.
 * @param named A build that counts even if it has no AMI in the pipeline's account: copies of it may be left in others.
 */
export async function readRetiringBuilds(
  artifacts: Artifacts,
  listing: ImageListing,
  recipes: string[],
  as: string,
  named?: BuildIdentity,
): Promise<RetiringBuild[]> {
  const byKey = amisByBuild(listing, recipes);
  if (named && !byKey.has(buildKey(named))) byKey.set(buildKey(named), { ...named, amis: [] });
  const builds = [...byKey.values()];
  const records = await readBuildRecords(
    artifacts,
    builds.map(({ recipe, build }) => ({ recipe, build, temporary: false })),
    as,
  );
  return Promise.all(
    builds.map(async ({ recipe, build, amis }): Promise<RetiringBuild> => {
      const revocation = await readDocument(artifacts, { recipe, build }, 'revocation');
      const record = records.get(buildKey({ recipe, build }));
      const known: RetiringBuild = { recipe, build, amis, published: record?.published, revocation, unseen: [] };
      const busy = await busyOn(artifacts, known, record?.published ? undefined : record?.owner, as);
      return { ...known, ...(busy !== undefined && { busy }) };
    }),
  );
}
