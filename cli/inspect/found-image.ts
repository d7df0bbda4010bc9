import { callerArn } from '../../aws/caller.ts';
import type { Connection } from '../../aws/connection.ts';
import { readDetails } from '../../aws/images/image-details.ts';
import { findBuildImages } from '../../aws/images/images.ts';
import { readDocument } from '../../aws/memory/documents.ts';
import { describeRegions } from '../../aws/preflight/regions.ts';
import { evidence } from '../../aws/usage/evidence.ts';
import type { ArchiveRecord } from '../../core/archive/archive-record.ts';
import type { Manifest } from '../../core/build/manifest.ts';
import { copyTag, type Place } from '../../core/distribute/place.ts';
import { Failure } from '../../core/errors.ts';
import type { ImageDetails } from '../../core/inspect/inspection.ts';
import { knownRegions } from '../../core/recipe/regions.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { heldBuild } from '../channels/channel-reading.ts';
import { findBuild, wantedIn } from '../deployed/builds.ts';
import { findPipeline, type Pipeline, type PipelineOptions } from '../deployed/deployment.ts';
import { Refusal } from '../refused.ts';
import type { Surroundings } from '../surroundings.ts';
import { amiPattern } from '../../core/launch/source.ts';

// What a word on the command line means: an AMI, or a build with its AMIs.

/** Where a copy of the image is, by the manifest or by its tags. */
interface FoundCopy extends Place {
  ami: string;
  account?: string;
  parameter: string | null;
}

/** The thing to inspect. */
export interface FoundImage {
  aws: Connection;
  account: string;
  details: ImageDetails | undefined;
  build: BuildIdentity | undefined;
  manifest: Manifest | undefined;
  archive: ArchiveRecord | undefined;
  copies: FoundCopy[];
  notes: string[];
}

export const isAmi = (word: string): boolean => amiPattern.test(word);

const accountIn = (arn: string): string => arn.split(':')[4] ?? '';

/** An AMI by its id, wherever it is. @throws Refusal with the regions that were searched. */
export async function foundByAmi(
  ami: string,
  options: PipelineOptions,
  surroundings: Surroundings,
): Promise<FoundImage> {
  const given = options.region;
  if (given !== undefined && !knownRegions.includes(given))
    throw new Refusal(`--region ${given}: there is no such region`);
  const home = await surroundings.region();
  const aws = surroundings.connect(given ?? home);
  const account = accountIn(await callerArn(aws));
  const details = await searched(aws, ami, given);
  const { 'golden:recipe': recipe, 'golden:build': id } = details.tags;
  // Anybody can write such tags on an AMI of their own.
  const build =
    recipe !== undefined && id !== undefined && details.owner === account ? { recipe, build: id } : undefined;
  const notes: string[] = [];
  const pipeline = build && (await pipelineOf(options, home, surroundings, notes));
  const manifest = pipeline && build && (await readDocument(pipeline, build, 'manifest'));
  const archive = pipeline && build && (await readDocument(pipeline, build, 'archive'));
  const copies = build ? await copiesOf(aws, build, manifest, [details.region, home], notes) : [];
  return { aws, account, details, build, manifest, archive, copies, notes };
}

/** A deployed pipeline, in the region that was given or in the usual one. Without one, only EC2 tells of the image. */
async function pipelineOf(
  { stage, region }: PipelineOptions,
  home: string,
  surroundings: Surroundings,
  notes: string[],
): Promise<Pipeline | undefined> {
  for (const at of new Set([region ?? home, home]))
    try {
      return await findPipeline({ stage, region: at }, surroundings);
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof Failure)) throw error;
      notes.push(`what the pipeline wrote down of the image was not read: ${error.message}`);
    }
  return undefined;
}

/** Looks in one region, or in the usual one first and then in all that the account has. */
async function searched(aws: Connection, ami: string, given: string | undefined): Promise<ImageDetails> {
  const first = await readDetails(aws, aws.region, ami);
  if (first) return first;
  const all = given === undefined ? await evidence(() => describeRegions(aws)) : { known: [] };
  const others = (all.known ?? []).filter(({ region, enabled }) => enabled && region !== aws.region);
  const looks = await Promise.all(
    others.map(async ({ region }) => ({ region, seen: await evidence(() => readDetails(aws, region, ami)) })),
  );
  const found = looks.flatMap(({ seen }) => seen.known ?? [])[0];
  if (found) return found;
  const looked = [aws.region, ...looks.filter(({ seen }) => seen.unknown === undefined).map(({ region }) => region)];
  const failed = looks.flatMap(({ region, seen }) =>
    seen.unknown === undefined ? [] : [`${region}: ${seen.unknown}`],
  );
  throw new Refusal(
    [
      `${ami}: no such AMI is visible in ${looked.join(', ')}; it may be gone, private to another account, or hidden by the account's Allowed AMIs`,
      ...(all.unknown === undefined ? [] : [`no other region was searched: ${all.unknown}`]),
      ...failed.map((text) => `not searched: ${text}`),
    ].join('\n'),
  );
}

/** A build by its id, or the one that the recipe's own channel holds. @throws Refusal if there is no such build. */
export async function foundByBuild(
  word: string,
  options: PipelineOptions,
  surroundings: Surroundings,
): Promise<FoundImage> {
  const pipeline = await findPipeline(options, surroundings);
  const wanted = wantedIn(word);
  const held = 'build' in wanted || 'execution' in wanted ? undefined : await heldBuild(pipeline, wanted.recipe);
  const { recipe, build } = held ? { recipe: word, build: held.held ?? held.newest } : await findBuild(pipeline, word);
  const { aws } = pipeline;
  const account = accountIn(await callerArn(aws));
  const manifest = await readDocument(pipeline, { recipe, build }, 'manifest');
  const notes: string[] = [];
  const copies = await copiesOf(aws, { recipe, build }, manifest, [aws.region], notes);
  const own = copies.filter((copy) => copy.account === undefined);
  const homeFirst = own.toSorted(
    (one, other) => Number(other.ami === manifest?.image?.ami) - Number(one.ami === manifest?.image?.ami),
  );
  let details: ImageDetails | undefined;
  for (const { region, ami } of homeFirst) details ??= await readDetails(aws, region, ami);
  const archive = await readDocument(pipeline, { recipe, build }, 'archive');
  return { aws, account, details, build: { recipe, build }, manifest, archive, copies, notes };
}

/** The copies that the manifest names, and the AMIs that carry the tags of the build, in all regions of the manifest. */
async function copiesOf(
  aws: Connection,
  build: BuildIdentity,
  manifest: Manifest | undefined,
  more: string[],
  notes: string[],
): Promise<FoundCopy[]> {
  const { targets = [], copiedTo = [], image } = manifest ?? {};
  const copies = new Map<string, FoundCopy>();
  const add = (copy: FoundCopy) => {
    const key = `${copy.account} ${copy.region} ${copy.ami}`;
    if (!copies.has(key)) copies.set(key, copy);
  };
  for (const { region, id, ami, parameter } of targets)
    if (ami !== null) add({ region, ...(id !== undefined && { id }), ami, parameter });
  for (const { region, id, account, ami, parameter } of copiedTo)
    if (ami !== null) add({ region, ...(id !== undefined && { id }), account, ami, parameter });
  if (image) add({ region: image.region, ami: image.ami, parameter: null });
  const regions = new Set([...more, ...targets.map(({ region }) => region)]);
  await Promise.all(
    [...regions].map(async (region) => {
      const seen = await evidence(() => findBuildImages(aws, region, build));
      if (seen.unknown !== undefined) notes.push(`AMIs with the tags of the build in ${region}: ${seen.unknown}`);
      for (const { ami, tags } of seen.known ?? []) {
        const id = tags[copyTag];
        add({ region, ...(id !== undefined && { id }), ami, parameter: null });
      }
    }),
  );
  return [...copies.values()];
}
