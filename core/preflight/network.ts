import type { Recipe } from '../recipe/types.ts';
import type { Problem } from '../recipe/recipe.ts';
import { groupsOfHold, notIsolated } from '../undo/isolation.ts';
import { routeNotes, routeProblems, subnetsPath, secretRouteNotes, type Known } from './reach.ts';
import type { NetworkFacts } from './facts.ts';

type Builder = Recipe['builder'];

/** Subnets that do not exist or have no free addresses. If the recipe names none, EC2 uses those of the default VPC. */
function subnetProblems({ subnets: named }: Builder, { subnets: { found } }: NetworkFacts, region: string): Problem[] {
  if (!found) return [];
  if (named.length === 0 && found.length === 0) {
    const message = `${region} has no default VPC with a default subnet, so EC2 does not know where to launch; name subnets in builder.subnets`;
    return [{ path: subnetsPath(), message }];
  }
  const known = new Set(found.map(({ subnet }) => subnet));
  const missing = named.flatMap((subnet, index): Problem[] => {
    const message = `${subnet} does not exist in ${region}, or is not shared with this account; correct the id`;
    return known.has(subnet) ? [] : [{ path: subnetsPath(index), message }];
  });
  if (found.length > 0 && found.every(({ freeAddresses }) => freeAddresses === 0)) {
    const message = `${found.map(({ subnet }) => subnet).join(', ')} in ${region} have no free address; name a subnet with room, or free addresses`;
    return [...missing, { path: subnetsPath(), message }];
  }
  return missing;
}

/** Groups that do not exist, belong to another VPC than a subnet, or block outgoing HTTPS, so that the agent is never online. */
function groupProblems({ securityGroups: named }: Builder, { network, region, deploymentGroups }: Known): Problem[] {
  const [groups, subnets] = [network.groups.found, network.subnets.found];
  if (!groups) return [];
  const problems = named.flatMap((group, index): Problem[] => {
    const path = ['builder', 'securityGroups', index];
    const seen = groups.find((one) => one.group === group);
    if (!seen) return [{ path, message: `${group} does not exist in ${region}; correct the id` }];
    const elsewhere = subnets?.find(({ vpc }) => vpc !== seen.vpc);
    if (!elsewhere) return [];
    if (deploymentGroups?.includes(group)) {
      const message = `${elsewhere.subnet} is in ${elsewhere.vpc}, but the deployment's security group ${group} is in ${seen.vpc}; name groups of ${elsewhere.vpc} in builder.securityGroups`;
      return [{ path: subnetsPath(), message }];
    }
    const message = `${group} is in ${seen.vpc}, but ${elsewhere.subnet} is in ${elsewhere.vpc}; name groups and subnets of one VPC`;
    return [{ path, message }];
  });
  for (const vpc of new Set(groups.map((group) => group.vpc))) {
    const own = groups.filter((group) => group.vpc === vpc);
    if (own.some(({ https }) => https)) continue;
    const called = `${own.map(({ group }) => group).join(', ')} of ${vpc}`;
    const whose = named.length > 0 ? called : `the default security group ${called}, which EC2 uses if none is named,`;
    const message = `${whose} lets no HTTPS out, so the SSM agent is never online; name a group with a rule for outgoing TCP 443`;
    problems.push({ path: ['builder', 'securityGroups'], message });
  }
  return problems;
}

/**
 * A held instance is reachable by nobody, so the recipe is refused if nothing can make it so. Each VPC is judged alone: default
 * groups may be of several, and an instance has only those of its own VPC.
 */
function holdProblems({ groups: { found = [] }, forHolds }: NetworkFacts): Problem[] {
  const deployments = forHolds?.found;
  if (!deployments) return [];
  return [...new Set(found.map(({ vpc }) => vpc))].flatMap((vpc): Problem[] => {
    const own = found.filter((group) => group.vpc === vpc);
    if (groupsOfHold(own, deployments)) return [];
    return [{ path: ['onFailure'], message: `hold needs an instance that nobody can reach: ${notIsolated(own)}` }];
  });
}

/** Default quota of security groups for a network interface (quotas of Amazon VPC). */
const usualGroups = 5;

/** A note and not a problem, since the account's actual quota is not read. */
function groupNotes({ securityGroups }: Builder): Problem[] {
  if (securityGroups.length <= usualGroups) return [];
  const message = `has ${securityGroups.length} groups, and EC2 takes ${usualGroups} for an instance unless the quota "Security groups per network interface" was raised; else the launch fails`;
  return [{ path: ['builder', 'securityGroups'], message }];
}

/**
 * EC2 chooses a default subnet for a launch that names none. A public address needs a launch that describes its network
 * interface. AWS does not say whether EC2 chooses a subnet for such a launch, too.
 */
function publicIpProblems({ subnets, publicIp }: Builder): Problem[] {
  if (publicIp === undefined || subnets.length > 0) return [];
  const message = 'needs subnets: name them in builder.subnets, or deploy with the setting subnets';
  return [{ path: ['builder', 'publicIp'], message }];
}

/** Doubts about the network of a recipe. They are notes in the manifest and stop no build. */
export const networkNotes = (recipe: Recipe, facts: Known): Problem[] => [
  ...groupNotes(recipe.builder),
  ...routeNotes(recipe.builder, facts),
  ...secretRouteNotes(recipe, facts),
];

/** What is wrong with the subnets and security groups of a recipe, judged by what Resolve saw of the account. */
export function networkProblems(recipe: Recipe, facts: Known): Problem[] {
  const { builder } = recipe;
  const { network, region } = facts;
  return [
    ...publicIpProblems(builder),
    ...subnetProblems(builder, network, region),
    ...groupProblems(builder, facts),
    ...holdProblems(network),
    ...routeProblems(builder, facts),
  ];
}
