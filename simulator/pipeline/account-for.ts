import { secretReaders } from '../../core/deployment/secret-readers.ts';
import { secretReference, withoutKey } from '../../core/recipe/steps/secrets.ts';
import type { SimulatedCloud } from '../aws/cloud.ts';
import { setSecret } from '../aws/ssm/guest-secrets.ts';
import type { Builder, Catalog } from '../../core/recipe/types.ts';
import { createRandom } from '../random.ts';
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

const ownVpc = 'vpc-0123456789abcdef0';

/** Creates the subnets and security groups that recipes name, in a VPC of their own behind a NAT gateway. */
function networkFor(catalog: Catalog, home: string): NonNullable<CloudOptions['network']> {
  const builders = soundRecipes(catalog, home).map(({ builder }) => builder);
  const usual = { vpc: ownVpc, route: 'nat', publicIp: false, freeAddresses: 4091 } as const;
  const byTags = withTags(builders.flatMap(({ network }) => network ?? []));
  return {
    vpcs: byTags.vpcs,
    subnets: [
      ...[...new Set(builders.flatMap(({ subnets }) => subnets))].map((id) => ({
        ...usual,
        id,
        zone: 'a' as const,
        tags: {},
      })),
      ...byTags.subnets.map((subnet) => ({ ...usual, ...subnet })),
    ],
    securityGroups: [
      ...builders.flatMap(({ subnets, securityGroups, network }) =>
        securityGroups.map((id) => ({
          id,
          egress: 'all' as const,
          ingress: 'none' as const,
          tags: {},
          ...((subnets.length > 0 || network?.subnets) && { vpc: ownVpc }),
        })),
      ),
      ...byTags.securityGroups,
    ],
  };
}

/** For the tags that recipes name: a subnet in each of two zones, or a security group. All are in one VPC, which has all tags of VPCs. */
function withTags(networks: NonNullable<Builder['network']>[]) {
  const id = (kind: string, ...of: unknown[]) => `${kind}-0${createRandom(kind, JSON.stringify(of)).hex(16)}`;
  const without = (tags: Record<string, string>) =>
    Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, value.replace(/[*?]/g, 'x')]));
  return {
    vpcs: [
      { id: ownVpc, tags: without(Object.assign({}, ...networks.map(({ vpc }) => vpc)) as Record<string, string>) },
    ],
    subnets: networks.flatMap(({ subnets: tags }) =>
      tags ? (['a', 'b'] as const).map((zone) => ({ id: id('subnet', tags, zone), zone, tags: without(tags) })) : [],
    ),
    securityGroups: networks.flatMap(({ securityGroups: tags, subnets, vpc }) =>
      tags
        ? [
            {
              id: id('sg', tags),
              egress: 'all' as const,
              ingress: 'none' as const,
              tags: without(tags),
              ...((subnets || vpc) && { vpc: ownVpc }),
            },
          ]
        : [],
    ),
  };
}

/** The Dedicated Hosts, placement groups and key pairs that recipes name. */
function hardwareFor(catalog: Catalog, home: string): NonNullable<CloudOptions['hardware']> {
  const builders = soundRecipes(catalog, home).map(({ builder }) => builder);
  const hosts = builders.flatMap(({ tenancy, hostId = 'h-0123456789abcdef0', instanceTypes: [type = ''] }) =>
    tenancy === 'host' ? [{ id: hostId, family: type.split('.')[0] ?? '', zone: 'a' as const, instances: 8 }] : [],
  );
  return {
    dedicatedHosts: hosts,
    placementGroups: builders.flatMap(({ placementGroup }) => placementGroup ?? []),
    keyPairs: builders.flatMap(({ candidateKeyPair: name }) =>
      name === undefined ? [] : [{ name, type: 'rsa' as const }],
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
  Pick<
    CloudOptions,
    | 'keys'
    | 'keyUsers'
    | 'roles'
    | 'otherKeys'
    | 'network'
    | 'hardware'
    | 'instanceProfiles'
    | 'secretReaders'
    | 'optedIn'
  >
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
  hardware: hardwareFor(catalog, home),
  instanceProfiles: [instanceProfile, ...profilesOf(catalog, home), ...Object.values(secretProfiles(catalog, home))],
  secretReaders: secretsByProfile(catalog, home, instanceProfile),
  optedIn: [home, ...regionsIn(catalog, home)],
});

// A simulated deployment has an instance profile for each recipe with secrets, and its account has the secrets.

const profileOf = (recipe: string) => `golden-secrets-of-${recipe}`;

export const secretProfiles = (catalog: Catalog, home: string): Record<string, string> =>
  Object.fromEntries(secretReaders(catalog, home).map(({ recipe }) => [recipe, profileOf(recipe)]));

/** The secrets that each of these profiles may read. The profile of the deployment may read none. */
const secretsByProfile = (catalog: Catalog, home: string, own: string): Record<string, string[]> => ({
  [own]: [],
  ...Object.fromEntries(secretReaders(catalog, home).map(({ recipe, secrets }) => [profileOf(recipe), secrets])),
});

/** Puts a text of its own into each secret that a recipe names, or JSON with a text of its own under each key that it names. */
export function addSecrets({ world }: SimulatedCloud, catalog: Catalog, home: string): void {
  const named = soundRecipes(catalog, home).flatMap(({ provision }) =>
    provision.flatMap(({ secrets = {} }) => Object.values(secrets)),
  );
  for (const name of new Set(named.map(withoutKey))) {
    const same = named.filter((each) => withoutKey(each) === name).map(secretReference);
    const fields = same.flatMap(({ key = [] }) => key).map((key) => [key, `simulated value of ${name}:${key}`]);
    const value = fields.length > 0 ? JSON.stringify(Object.fromEntries(fields)) : `simulated value of ${name}`;
    setSecret(world, home, name, value, same);
  }
}
