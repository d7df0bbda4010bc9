import type { Plan } from '../../core/build/plan.ts';
import type { Addition } from '../../core/addition/addition.ts';
import { atWholeRecipe, copyFindings, findingsOfAddition } from '../../core/preflight/addition-findings.ts';
import type { TargetFacts } from '../../core/preflight/findings.ts';
import type { Problem } from '../../core/recipe/problems.ts';
import type { Recipe, Target } from '../../core/recipe/types.ts';
import { lookAtAccounts } from '../preflight/accounts.ts';
import { lookAtChannel } from '../preflight/channel.ts';
import { lookAtEncryption } from '../preflight/encryption.ts';
import { lookAtPublicAccess } from '../preflight/public-access.ts';
import { describeRegions } from '../preflight/regions.ts';
import { look } from '../preflight/seen.ts';
import { lookAtTemplates } from '../preflight/templates.ts';
import type { Connection } from '../connection.ts';

/**
 * What would make the copies of a published image fail.
 * @param recipe As deployed. The problems have their places in it.
 */
export async function foreseeAddition(
  aws: Connection,
  recipe: Recipe,
  plan: Plan,
  {
    targets,
    further,
    channel,
  }: Pick<Addition, 'targets'> & { further: Target[]; channel: Addition['channel'] | undefined },
  { channelRoot, deployment }: { channelRoot: string; deployment: string },
): Promise<{ problems: Problem[]; notes: Problem[] }> {
  const { publish: _, ...rest } = recipe;
  const only: Recipe = { ...rest, distribute: targets, ...(channel && { publish: { channel: channel.channel } }) };
  const wide: Recipe = { ...rest, distribute: [...targets, ...further] };
  const [regions, encryption, publicAccess, held, templates, accounts] = await Promise.all([
    look(() => describeRegions(aws)),
    lookAtEncryption(aws, wide, plan.source),
    lookAtPublicAccess(aws, only),
    lookAtChannel(aws, only, { channelRoot, deployment }),
    lookAtTemplates(aws, only),
    lookAtAccounts(aws, wide),
  ]);
  const { region, account, source } = plan;
  const facts: TargetFacts = {
    region,
    account,
    source,
    regions,
    encryption,
    publicAccess,
    ...held,
    ...templates,
    accounts,
  };
  const [ofTargets, ofCopies] = [findingsOfAddition(only, facts), copyFindings(wide, further, facts)];
  const placed = (found: Problem[], within: Recipe) => atWholeRecipe(found, recipe, within);
  return {
    problems: [...placed(ofTargets.problems, only), ...placed(ofCopies.problems, wide)],
    notes: [...placed(ofTargets.notes, only), ...placed(ofCopies.notes, wide)],
  };
}
