import * as z from 'zod/mini';
import { startOnce } from '../../aws/executions/executions.ts';
import { buildingExecution } from '../../aws/memory/locks.ts';
import { readDocument } from '../../aws/memory/documents.ts';
import { readRecipeRecords } from '../../aws/memory/recipe-records.ts';
import { findSource, sourcePermissions } from '../../aws/work/sources.ts';
import { placeOfArn } from '../../core/build/identity.ts';
import { recipeOf, soundRecipes } from '../../core/recipe/catalog.ts';
import { Failure } from '../../core/errors.ts';
import { severally, throwTogether } from '../../core/settle-all.ts';
import { decideStart, automaticBuildsOff, type Decision } from '../../core/start/start-decision.ts';
import { startRequests, type StartRequest } from '../../core/start/start-event.ts';
import { lambda, stage, type StageContext } from '../stage.ts';

async function decide(asked: StartRequest, cloud: StageContext): Promise<Decision> {
  if (!cloud.settings.automaticBuilds) return automaticBuildsOff;
  const catalog = await cloud.catalog();
  const names = Object.keys(catalog.recipes);
  const unknown = `there is no recipe "${asked.recipe}"; there are ${names.join(', ')}`;
  if (!names.includes(asked.recipe)) throw new Failure('EventRefused', unknown);
  const recipe = recipeOf(catalog, asked.recipe, cloud.aws.region);
  const { account } = placeOfArn(cloud.machine);
  const source = await findSource(cloud.aws, recipe, { account, now: cloud.now(), ...cloud.settings });
  const { publish } = recipe;
  const [parent] = recipe.source.channel?.split('/') ?? [];
  return decideStart(asked, {
    records: await readRecipeRecords(cloud, names),
    source: source.ami,
    content: { recipe, scripts: catalog.scripts, pipelineVersion: catalog.version },
    building: await buildingExecution(cloud, recipe.name),
    parentBuilding: parent === undefined ? undefined : await buildingExecution(cloud, parent),
    channel: publish && (await readDocument(cloud, { recipe: asked.recipe, channel: publish.channel }, 'channel')),
    now: cloud.now(),
  });
}

/** Starts the builds that schedules and events ask for, unless there is a reason not to. Safe to repeat. */
export const startBuild = stage({
  name: 'StartBuild',
  input: z.unknown(),
  permissions: ['s3:GetObject', ...sourcePermissions, 'states:StartExecution', 'states:DescribeExecution'],
  async run(event, cloud) {
    const { aws, settings, catalog } = cloud;
    const asked = startRequests(event, soundRecipes(await catalog(), aws.region), settings.channelRoot);
    const { done, failed } = await severally(asked, async (one) => {
      const { start, skip, because } = await decide(one, cloud);
      const execution = start && (await startOnce(aws, cloud.machine, start.names, start.input));
      const skipped = start ? { skipped: 'already started', because: start.names[0] } : { skipped: skip, because };
      const outcome = { recipe: one.recipe, ...one.trigger, ...(execution === undefined ? skipped : { execution }) };
      cloud.log({ level: 'INFO', state: 'StartBuild', ...outcome });
      return outcome;
    });
    throwTogether(failed);
    return done;
  },
});

export const handler = lambda(startBuild);
