import type { Recipe } from '../recipe/types.ts';
import type { Problem } from '../recipe/recipe.ts';
import type { InstanceTypeFacts } from '../launch/instance-type-facts.ts';
import type { Seen } from '../preflight/facts.ts';

/** The quota of running On-Demand instances of the standard families, in vCPUs, and the vCPUs that run now. */
export interface VcpuFacts {
  most: number;
  running: number;
  /** The same for Spot Instances. Absent where the recipe does not ask for one. */
  spot?: Pick<VcpuFacts, 'most' | 'running'>;
}

/** The families A, C, D, H, I, M, R, T and Z share the quota: https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html */
export const isStandard = (instanceType: string): boolean =>
  /^[acdhimrtz]/.test(instanceType) && !/^(dl|hpc|inf|trn|mac)\d/.test(instanceType);

/** Name in Service Quotas. */
export const vcpuQuota = 'L-1216C47A';
/** All Standard Spot Instance Requests, in vCPUs: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-spot-limits.html */
export const spotQuota = 'L-34B43A08';

const path = ['builder', 'instanceTypes'];

interface QuotaFacts {
  region: string;
  vcpus: Seen<VcpuFacts>;
  instanceTypes: Seen<InstanceTypeFacts[]>;
}

/** The vCPUs of the smallest type of the recipe. Undefined where a type has another quota, or is not known. */
function least({ builder }: Recipe, types: InstanceTypeFacts[] = []): number | undefined {
  const sizes = builder.instanceTypes.map((name) =>
    isStandard(name) ? types.find(({ instanceType }) => instanceType === name)?.vcpus : undefined,
  );
  const known = sizes.filter((size) => size !== undefined);
  return known.length === sizes.length ? Math.min(...known) : undefined;
}

/** A builder that the account can never run. */
export function quotaProblems(recipe: Recipe, { region, vcpus: { found }, instanceTypes }: QuotaFacts): Problem[] {
  const needed = least(recipe, instanceTypes.found);
  if (!found || needed === undefined || needed <= found.most) return [];
  const message = `need at least ${needed} vCPUs, and the account may run ${found.most} in ${region}; have the quota ${vcpuQuota} of EC2 (running On-Demand standard instances) raised, or name a smaller type`;
  return [{ path, message }];
}

/** Quotas that may delay a build or break it, but may also be free or raised by the time. */
export function quotaNotes(
  recipe: Recipe,
  { region, vcpus: { found, refused }, instanceTypes }: QuotaFacts,
): Problem[] {
  const notes: Problem[] = [];
  const needed = least(recipe, instanceTypes.found);
  if (found && needed !== undefined && needed <= found.most && needed + found.running > found.most) {
    const message = `need at least ${needed} vCPUs, and ${found.running} of the ${found.most} that the account may run in ${region} are in use now; Launch waits until others have ended (quota ${vcpuQuota} of EC2)`;
    notes.push({ path, message });
  }
  if (found?.spot && needed !== undefined && needed + found.spot.running > found.spot.most) {
    const message = `needs at least ${needed} vCPUs, and ${found.spot.running} of the ${found.spot.most} that the account may run as spot in ${region} are in use now; unless others end, the builder starts on demand (quota ${spotQuota} of EC2)`;
    notes.push({ path: ['builder', 'spot'], message });
  }
  if (refused !== undefined)
    notes.push({
      path,
      message: `could not see how many vCPUs the account may run, so a launch may have to wait: ${refused}`,
    });
  return notes;
}
