import type { DeployedRecipe } from '../../core/deployment/deployment-settings.ts';
import { profileNotes, profileProblems } from '../../core/forecast/instance-profile.ts';
import { offeringNotes, offeringProblems } from '../../core/forecast/offerings.ts';
import { quotaNotes, quotaProblems } from '../../core/forecast/quotas.ts';
import type { Problem } from '../../core/recipe/recipe.ts';
import type { Connection } from '../connection.ts';
import { lookAtProfile } from './instance-profile.ts';
import { describeInstanceTypes, describeOfferings } from './instance-types.ts';
import { describeSubnets } from './network.ts';
import { readVcpus } from './quotas.ts';
import { look } from './seen.ts';

/**
 * What only a plan looks at. A build waits for its room anyway, and its launch comes right after Resolve and costs nothing where EC2
 * refuses it.
 */
export async function planFindings(
  aws: Connection,
  recipe: DeployedRecipe,
): Promise<{ problems: Problem[]; notes: Problem[] }> {
  const { instanceProfile, instanceTypes: types } = recipe.builder;
  const [vcpus, instanceTypes, offerings, subnets, profile] = await Promise.all([
    look(() => readVcpus(aws)),
    look(() => describeInstanceTypes(aws, types)),
    look(() => describeOfferings(aws, types)),
    look(() => describeSubnets(aws, recipe.builder.subnets)),
    lookAtProfile(aws, instanceProfile),
  ]);
  const facts = { region: aws.region, vcpus, instanceTypes, offerings, subnets };
  return {
    problems: [
      ...profileProblems(recipe, profile),
      ...quotaProblems(recipe, facts),
      ...offeringProblems(recipe, facts),
    ],
    notes: [...profileNotes(recipe, profile), ...quotaNotes(recipe, facts), ...offeringNotes(recipe, facts)],
  };
}
