import type { Catalog } from '../../core/recipe/types.ts';
import { accountCopiesOf } from '../../core/accounts/account-copies.ts';
import { soundRecipes } from '../../core/recipe/catalog.ts';
import { regionsIn } from '../../core/sweep/regions-in-use.ts';
import type { CloudOptions } from '../aws/cloud.ts';

/** Creates every key that a recipe names, in the region in which it is named. */
function keysOf(catalog: Catalog, home: string): Record<string, string[]> {
  const keys: Record<string, string[]> = {};
  for (const recipe of soundRecipes(catalog, home)) {
    const { rootVolume, volumes } = recipe.builder;
    const named = [rootVolume, ...volumes].map(({ kmsKey }) => ({ region: home, kmsKey }));
    for (const { region, kmsKey } of [...named, ...recipe.distribute]) if (kmsKey) (keys[region] ??= []).push(kmsKey);
  }
  return keys;
}

/** Everybody with whom a recipe shares its images may use the keys. */
function keyUsersOf(catalog: Catalog, home: string): NonNullable<CloudOptions['keyUsers']> {
  const targets = soundRecipes(catalog, home).flatMap(({ distribute }) => distribute);
  const ofOrganizations = targets.flatMap((target) => [...target.organizations, ...target.organizationalUnits]);
  return {
    accounts: [...new Set(targets.flatMap(({ accounts }) => accounts))],
    organizations: [...new Set(ofOrganizations.flatMap((arn) => arn.split('/')[1] ?? []))],
  };
}

/** Creates the subnets and security groups that recipes name, in a VPC of their own behind a NAT gateway. */
function networkFor(catalog: Catalog, home: string): NonNullable<CloudOptions['network']> {
  const builders = soundRecipes(catalog, home).map(({ builder }) => builder);
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
const profilesOf = (catalog: Catalog, home: string): string[] =>
  soundRecipes(catalog, home).flatMap(({ builder }) => builder.instanceProfile ?? []);

/** The roles of other accounts that recipes name, and those accounts' keys. */
function othersIn(catalog: Catalog, home: string): Pick<Account, 'roles' | 'otherKeys'> {
  const copies = soundRecipes(catalog, home).flatMap(accountCopiesOf);
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
  network: networkFor(catalog, home),
  instanceProfiles: [instanceProfile, ...profilesOf(catalog, home)],
  optedIn: [home, ...regionsIn(catalog, home)],
});
