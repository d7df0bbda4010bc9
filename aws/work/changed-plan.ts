import type { Plan } from '../../core/build/plan.ts';
import type { DeploymentSettings } from '../../core/deployment/deployment-settings.ts';
import { secretNotes, unreadableSecrets } from '../../core/deployment/unreadable-secrets.ts';
import { channelNotes, channelProblems } from '../../core/preflight/channel.ts';
import { told, type Problem } from '../../core/recipe/problems.ts';
import type { Catalog } from '../../core/recipe/types.ts';
import { planAgain } from '../../core/retry/replan.ts';
import type { Requested } from '../../core/start/execution-input.ts';
import type { Connection } from '../connection.ts';
import { lookAtChannel } from '../preflight/channel.ts';
import { lateLooks } from '../preflight/late-looks.ts';
import { describeRegions } from '../preflight/regions.ts';
import { look } from '../preflight/seen.ts';

/**
 * The plan of a changed recipe for a build that goes on with its held instance, and what would make it fail. It looks only at the
 * parts that may differ from the recipe of the build: the secrets of steps, and the channel.
 */
export async function changedPlan(
  cloud: { aws: Connection; deployment: string; settings: DeploymentSettings },
  plan: Plan,
  requested: Requested,
  catalog: Catalog,
): Promise<{ next: Plan; problems: Problem[] }> {
  const { aws, deployment, settings } = cloud;
  const next = planAgain(plan, requested, { catalog, deployment, settings });
  const { document, source, region, account } = next;
  const [regions, channel, { secrets }] = await Promise.all([
    look(() => describeRegions(aws)),
    lookAtChannel(aws, document, { channelRoot: settings.channelRoot, deployment, replaces: plan.replaces }),
    lateLooks(aws, document, account),
  ]);
  const facts = { region, account, source, regions, ...channel, ...(secrets && { secrets }) };
  const notes = told([...secretNotes(document, facts), ...channelNotes(facts)]);
  const problems = [...unreadableSecrets(document, facts), ...channelProblems(facts)];
  return { next: { ...next, ...(notes.length > 0 && { notes }) }, problems };
}
