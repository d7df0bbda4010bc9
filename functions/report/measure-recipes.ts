import * as z from 'zod/mini';
import { readDocument } from '../../aws/memory/documents.ts';
import { readChannel } from '../../aws/channels.ts';
import { describeAnyImage } from '../../aws/images/disabling.ts';
import { readRecipeRecords } from '../../aws/memory/recipe-records.ts';
import { breakerOf } from '../../core/start/breaker.ts';
import { recipeOf } from '../../core/recipe/catalog.ts';
import { measureBreaker, measureChannel, placesHolding } from '../../core/distribute/channel-health.ts';
import { channelParameter } from '../../core/distribute/channel.ts';
import { recipeDigest } from '../../core/build/content-digest.ts';
import type { Measurement } from '../../core/report/metrics.ts';
import { emptyRecord, type RecipeRecord } from '../../core/build/record.ts';
import { severally, throwTogether } from '../../core/settle-all.ts';
import { lambda, measure, stage, type StageContext } from '../stage.ts';

async function channelOf(recipe: string, channel: string, build: string, cloud: StageContext): Promise<Measurement> {
  const parameter = channelParameter(cloud.settings.channelRoot, recipe, channel);
  const manifest = await readDocument(cloud, { recipe, build }, 'manifest');
  const values = await readChannel(cloud.aws, parameter, placesHolding(manifest, parameter));
  const seen = values.map(async (value) => ({
    ...value,
    image: value.ami === undefined ? undefined : await describeAnyImage(cloud.aws, value.region, value.ami),
  }));
  return measureChannel(recipe, channel, parameter, await Promise.all(seen), cloud.now());
}

async function look(name: string, records: Record<string, RecipeRecord>, cloud: StageContext): Promise<void> {
  const catalog = await cloud.catalog();
  const recipe = recipeOf(catalog, name, cloud.aws.region);
  const { published, failures } = records[name] ?? emptyRecord();
  // Takes the source from the last build. A newer source closes the breaker within the hour, when sources are looked at.
  const source = failures.at(-1)?.source ?? published?.source ?? '';
  const digest = recipeDigest(recipe, catalog.scripts, catalog.version);
  measure(cloud, [measureBreaker(name, breakerOf(records, name, digest, source))]);
  if (recipe.publish && published)
    measure(cloud, [await channelOf(name, recipe.publish.channel, published.build, cloud)]);
}

/**
 * Runs every few hours. Measures the age and the state of each channel's image, and whether the recipe is still built
 * automatically. A recipe that was never published has no channel yet, which is no problem.
 */
export const measureRecipes = stage({
  name: 'MeasureRecipes',
  input: z.unknown(),
  permissions: ['s3:GetObject', 'ssm:GetParameter', 'ec2:DescribeImages'],
  async run(_, cloud) {
    const names = Object.keys((await cloud.catalog()).recipes);
    const records = await readRecipeRecords(cloud, names);
    const { failed } = await severally(names, (name) => look(name, records, cloud));
    throwTogether(failed);
  },
});

export const handler = lambda(measureRecipes);
