import { channelNames } from '../../aws/memory/channel-names.ts';
import { readDocument } from '../../aws/memory/documents.ts';
import { builtVariants } from '../../aws/variants/wholes.ts';
import { readRecord } from '../../aws/memory/recipe-records.ts';
import { channelOf, type ChannelName } from '../../core/channel/channel-moves.ts';
import { happened, type ChannelRecord } from '../../core/channel/channel-record.ts';
import { distinctPlaces, onlyPlace, type Place } from '../../core/distribute/place.ts';
import { eachOf, recipesIn } from '../deployed/builds.ts';
import type { Pipeline } from '../deployed/deployment.ts';
import { Refusal } from '../refused.ts';

/** A channel of a recipe, with what the bucket knows of it. */
export interface KnownChannel extends ChannelName {
  parameter: string;
  record: ChannelRecord | undefined;
  /** Where it may be. */
  places: Place[];
}

/** The channels of one recipe: those that have moved, and the one that its newest build was published to. */
async function channelsOfRecipe(pipeline: Pipeline, recipe: string): Promise<KnownChannel[]> {
  const { published } = await readRecord(pipeline, recipe);
  const newest = published && { recipe, build: published.build };
  const plan = newest && (await readDocument(pipeline, newest, 'plan'));
  const manifest = newest && (await readDocument(pipeline, newest, 'manifest'));
  const own = plan && channelOf(plan);
  const targets = (manifest?.targets ?? []).map(onlyPlace);
  return eachOf(await channelNames(pipeline, recipe, own?.channel), async (channel) => {
    const record = await readDocument(pipeline, { recipe, channel }, 'channel');
    const moved = [record?.underway, record?.moves.findLast(happened)].flatMap((move) => move?.after ?? []);
    const places = distinctPlaces([...targets, ...moved]);
    const parameter = record?.parameter ?? (own?.channel === channel ? (plan?.channel ?? '') : '');
    return { recipe, channel, parameter, record, places };
  });
}

/**
 * The build that a channel of the recipe holds by its history: the named channel, or the one that the newest build was published
 * to. `newest` is the recipe's newest published build. @returns undefined where no build is published.
 */
export async function heldBuild(
  pipeline: Pipeline,
  recipe: string,
  channel?: string,
): Promise<{ newest: string; held: string | undefined } | undefined> {
  const { published } = await readRecord(pipeline, recipe);
  if (!published) return undefined;
  const plan = await readDocument(pipeline, { recipe, build: published.build }, 'plan');
  const named = channel ?? (plan && channelOf(plan)?.channel);
  const record = named === undefined ? undefined : await readDocument(pipeline, { recipe, channel: named }, 'channel');
  return { newest: published.build, held: record?.moves.findLast(happened)?.to.build };
}

/** The channels of a recipe with those of its variants, or of all. @throws Refusal if there is no such recipe or channel. */
export async function knownChannels(
  pipeline: Pipeline,
  recipe: string | undefined,
  channel: string | undefined,
): Promise<KnownChannel[]> {
  const recipes = await recipesIn(pipeline);
  const asked = recipe === undefined ? recipes : [recipe, ...(await builtVariants(pipeline, recipe))];
  if (recipe !== undefined && !recipes.includes(recipe))
    throw new Refusal(
      `${recipe}: no build of such a recipe in ${pipeline.aws.region}; there are builds of ${recipes.join(', ') || 'none'}`,
    );
  const all = (await eachOf(asked, (one) => channelsOfRecipe(pipeline, one))).flat();
  if (channel === undefined) return all;
  const named = all.filter((one) => one.channel === channel);
  if (named.length === 0)
    throw new Refusal(
      `${recipe} has no channel ${channel}; it has ${[...new Set(all.map((one) => one.channel))].join(', ') || 'none'}`,
    );
  return named;
}
