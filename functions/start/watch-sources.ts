import * as z from 'zod/mini';
import { readRecord } from '../../aws/memory/recipe-records.ts';
import { findSource, sourcePermissions } from '../../aws/work/sources.ts';
import { placeOfArn } from '../../core/build/identity.ts';
import { recipeOf } from '../../core/recipe/catalog.ts';
import { Failure } from '../../core/errors.ts';
import type { Catalog } from '../../core/recipe/types.ts';
import { severally, throwTogether } from '../../core/settle-all.ts';
import { sourceUpdate, updateEvents } from '../../core/start/source-update.ts';
import { lambda, stage, type StageContext } from '../stage.ts';

/** A channel that another of our recipes has not published yet is no problem. */
async function isAwaited(channel: string | undefined, { recipes }: Catalog, cloud: StageContext): Promise<boolean> {
  const [parent = ''] = channel?.split('/') ?? [];
  return Object.hasOwn(recipes, parent) && (await readRecord(cloud, parent)).published === undefined;
}

async function look(name: string, catalog: Catalog, cloud: StageContext, byImage: boolean) {
  const recipe = recipeOf(catalog, name, cloud.aws.region);
  const { source, triggers } = recipe;
  if (!triggers?.onSourceUpdate || (byImage && !source.filter)) return undefined;
  try {
    const at = { account: placeOfArn(cloud.machine).account, now: cloud.now(), ...cloud.settings };
    const { ami } = await findSource(cloud.aws, recipe, at);
    return sourceUpdate(recipe, ami, await readRecord(cloud, name), cloud.now());
  } catch (error) {
    const missing = error instanceof Failure && error.name === 'SourceNotFound';
    if (missing && (await isAwaited(source.channel, catalog, cloud))) return undefined;
    throw error instanceof Failure ? new Failure(error.name, `${name}: ${error.message}`, { cause: error }) : error;
  }
}

/**
 * Runs every hour, and when an event hints at a new image. Tells EventBridge of every recipe whose source differs from that of
 * its published image, or whose image is older than `rebuildAfter`. When an image of our own became available, as in every build,
 * only recipes with a filter can be affected.
 */
export const watchSources = stage({
  name: 'WatchSources',
  input: z.unknown(),
  permissions: ['s3:GetObject', ...sourcePermissions, 'events:PutEvents'],
  async run(event, cloud) {
    const catalog = await cloud.catalog();
    const byImage = (event as { source?: unknown } | undefined)?.source === 'aws.ec2';
    const { done, failed } = await severally(Object.keys(catalog.recipes), (name) =>
      look(name, catalog, cloud, byImage),
    );
    const events = updateEvents(done.flatMap((update) => update ?? []));
    // Most polls find nothing and need no EventBridge client.
    if (events.length > 0)
      await (await import('../../aws/event-bus.ts')).putSourceUpdates(cloud.aws, cloud.machine, events);
    throwTogether(failed);
    return events;
  },
});

export const handler = lambda(watchSources);
