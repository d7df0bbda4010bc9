import type { Catalog } from '../../core/recipe/types.ts';
import { accountCopiesOf } from '../../core/accounts/account-copies.ts';
import { parseRecipe } from '../../core/recipe/recipe.ts';
import { regionsIn } from '../../core/sweep/regions-in-use.ts';
import type { CloudOptions } from '../aws/cloud.ts';

/** Creates every key that a recipe names, in the region in which it is named. */
function keysOf({ recipes, scripts }: Catalog, home: string): Record<string, string[]> {
  const keys: Record<string, string[]> = {};
  for (const document of Object.values(recipes)) {
    const { recipe } = parseRecipe(document, scripts, { home });
    if (!recipe) continue;
    const { rootVolume, volumes } = recipe.builder;
    const named = [rootVolume, ...volumes].map(({ kmsKey }) => ({ region: home, kmsKey }));
    for (const { region, kmsKey } of [...named, ...recipe.distribute]) if (kmsKey) (keys[region] ??= []).push(kmsKey);
  }
  return keys;
}

/** Everybody with whom a recipe shares its images may use the keys. */
function keyUsersOf({ recipes, scripts }: Catalog, home: string): NonNullable<CloudOptions['keyUsers']> {
  const targets = Object.values(recipes).flatMap(
    (document) => parseRecipe(document, scripts, { home }).recipe?.distribute ?? [],
  );
  const ofOrganizations = targets.flatMap((target) => [...target.organizations, ...target.organizationalUnits]);
  return {
    accounts: [...new Set(targets.flatMap(({ accounts }) => accounts))],
    organizations: [...new Set(ofOrganizations.flatMap((arn) => arn.split('/')[1] ?? []))],
  };
}

/** Creates the subnets and security groups that recipes name, in a VPC of their own behind a NAT gateway. */
function networkFor({ recipes, scripts }: Catalog): NonNullable<CloudOptions['network']> {
  const builders = Object.values(recipes).flatMap((document) => parseRecipe(document, scripts).recipe?.builder ?? []);
  const vpc = 'vpc-0123456789abcdef0';
  return {
    subnets: [...new Set(builders.flatMap(({ subnets }) => subnets))].map((id) => ({
      id,
      vpc,
      route: 'nat',
      publicIp: false,
      freeAddresses: 4091,
    })),
    securityGroups: builders.flatMap(({ subnets, securityGroups }) =>
      securityGroups.map((id) => ({ id, egress: 'all' as const, ...(subnets.length > 0 && { vpc }) })),
    ),
  };
}

/** The instance profiles that recipes name. */
const profilesOf = ({ recipes, scripts }: Catalog): string[] =>
  Object.values(recipes).flatMap((document) => parseRecipe(document, scripts).recipe?.builder.instanceProfile ?? []);

/** The roles of other accounts that recipes name, and those accounts' keys. */
function othersIn({ recipes, scripts }: Catalog, home: string): Pick<Account, 'roles' | 'otherKeys'> {
  const copies = Object.values(recipes).flatMap((document) => {
    const { recipe } = parseRecipe(document, scripts, { home });
    return recipe ? accountCopiesOf(recipe) : [];
  });
  return {
    roles: copies.map(({ account, role, externalId }) => ({ account, name: role, externalId })),
    otherKeys: copies.flatMap(({ account, region, kmsKey }) => (kmsKey ? [{ account, region, name: kmsKey }] : [])),
  };
}

type Account = Required<
  Pick<CloudOptions, 'keys' | 'keyUsers' | 'roles' | 'otherKeys' | 'network' | 'instanceProfiles' | 'optedIn'>
>;

/**
 * An account with everything that recipes name: keys, networks, instance profiles, regions of targets. A scenario can remove parts
 * of it. `instanceProfile` is the one of the deployment.
 */
export const accountFor = (
  catalog: Catalog,
  home: string,
  { instanceProfile }: { instanceProfile: string },
): Account => ({
  keys: keysOf(catalog, home),
  keyUsers: keyUsersOf(catalog, home),
  ...othersIn(catalog, home),
  network: networkFor(catalog),
  instanceProfiles: [instanceProfile, ...profilesOf(catalog)],
  optedIn: [home, ...regionsIn(catalog, home)],
});
