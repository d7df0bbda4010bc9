import type { Recipe } from '../recipe/types.ts';
import type { Problem } from '../recipe/recipe.ts';
import type { Seen, SubnetFacts } from '../preflight/facts.ts';

/** An instance type that EC2 has in an Availability Zone. */
export interface Offering {
  instanceType: string;
  zone: string;
}

interface OfferingFacts {
  region: string;
  subnets: Seen<SubnetFacts[]>;
  offerings: Seen<Offering[]>;
}

const path = ['builder', 'instanceTypes'];

/** Where Launch would ask in vain: each type of the recipe that the region has, in each subnet whose zone lacks the type. */
function missing({ builder }: Recipe, { subnets: { found: subnets }, offerings: { found: offerings } }: OfferingFacts) {
  if (!subnets || !offerings) return { places: 0, lacking: [] };
  // A type that is nowhere in the region is told as such.
  const types = builder.instanceTypes.filter((name) => offerings.some(({ instanceType }) => instanceType === name));
  const places = types.flatMap((type) => subnets.map(({ subnet, zone }) => ({ type, subnet, zone })));
  const lacking = places.filter(
    ({ type, zone }) => !offerings.some((one) => one.instanceType === type && one.zone === zone),
  );
  return { places: places.length, lacking };
}

const inWords = (lacking: ReturnType<typeof missing>['lacking']) =>
  lacking.map(({ type, subnet, zone }) => `${type} in ${zone} (${subnet})`).join(', ');

/** Types and subnets that never fit together. */
export function offeringProblems(recipe: Recipe, facts: OfferingFacts): Problem[] {
  const { places, lacking } = missing(recipe, facts);
  if (places === 0 || lacking.length < places) return [];
  const message = `EC2 has none of the types in the zones of the subnets: ${inWords(lacking)}; name a type that these zones have, or subnets in other zones`;
  return [{ path, message }];
}

/** Places that Launch tries in vain before it finds another one. */
export function offeringNotes(recipe: Recipe, facts: OfferingFacts): Problem[] {
  const { places, lacking } = missing(recipe, facts);
  const { refused } = facts.offerings;
  if (refused !== undefined)
    return [{ path, message: `could not see which types the zones of ${facts.region} have: ${refused}` }];
  if (lacking.length === 0 || lacking.length === places) return [];
  return [{ path, message: `EC2 does not have ${inWords(lacking)}; Launch goes on to the other places` }];
}
