import type { DeployedRecipe } from '../../core/deployment/deployment-settings.ts';
import { profileNotes, profileProblems } from '../../core/forecast/instance-profile.ts';
import { offeringNotes, offeringProblems } from '../../core/forecast/offerings.ts';
import { quotaNotes, quotaProblems } from '../../core/forecast/quotas.ts';
import { parameterNotes, regionQuotaNotes, regionQuotaProblems } from '../../core/forecast/region-quota-findings.ts';
import type { Connection } from '../connection.ts';
import { lookAtProfile } from './instance-profile.ts';
import { describeOfferings } from '../preflight/instance-types.ts';
import { foresee, type Foreseen, type PreflightSetting } from '../preflight/preflight.ts';
import { readVcpus } from './vcpus.ts';
import { readRegionUses } from './region-uses.ts';
import { look } from '../preflight/seen.ts';

/**
 * What Resolve looks at, and what only a plan looks at. A build waits for its room anyway, and its launch comes right after Resolve
 * and costs nothing where EC2 refuses it.
 */
export async function foreseePlan(
  aws: Connection,
  recipe: DeployedRecipe,
  at: PreflightSetting,
): Promise<Pick<Foreseen, 'source' | 'problems' | 'notes' | 'network'>> {
  const { instanceProfile, instanceTypes: types, spot } = recipe.builder;
  const [{ source, problems, notes, network, facts: seen }, vcpus, offerings, profile, uses] = await Promise.all([
    foresee(aws, recipe, at),
    look(() => readVcpus(aws, spot)),
    look(() => describeOfferings(aws, types)),
    lookAtProfile(aws, instanceProfile),
    readRegionUses(aws, recipe),
  ]);
  const facts = { ...seen, vcpus, offerings, subnets: seen.network.subnets, uses };
  return {
    source,
    network,
    problems: [
      ...problems,
      ...profileProblems(recipe, profile),
      ...quotaProblems(recipe, facts),
      ...offeringProblems(recipe, facts),
      ...regionQuotaProblems(recipe, facts),
    ],
    notes: [
      ...notes,
      ...profileNotes(recipe, profile),
      ...quotaNotes(recipe, facts),
      ...offeringNotes(recipe, facts),
      ...regionQuotaNotes(recipe, facts),
      ...parameterNotes(facts),
    ],
  };
}
