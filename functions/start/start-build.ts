import * as z from 'zod/mini';
import { startOnce } from '../../aws/executions/executions.ts';
import { sourcePermissions } from '../../aws/work/sources.ts';
import { decideOnStart } from '../../aws/work/start-facts.ts';
import { soundRecipes } from '../../core/recipe/catalog.ts';
import { severally, throwTogether } from '../../core/settle-all.ts';
import { startRequests } from '../../core/start/start-event.ts';
import { lambda, stage } from '../stage.ts';

/** Starts the builds that schedules and events ask for, unless there is a reason not to. Safe to repeat. */
export const startBuild = stage({
  name: 'StartBuild',
  input: z.unknown(),
  permissions: ['s3:GetObject', ...sourcePermissions, 'states:StartExecution', 'states:DescribeExecution'],
  async run(event, cloud) {
    const { aws, settings } = cloud;
    const catalog = await cloud.catalog();
    const asked = startRequests(event, soundRecipes(catalog, aws.region), settings.channelRoot, catalog);
    const { done, failed } = await severally(asked, async (one) => {
      const { start, skip, because } = await decideOnStart(one, cloud, catalog);
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
