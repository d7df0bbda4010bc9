// What an account has by its scenario, and what recipes name beside that.
import type { Scenario } from '../pipeline/scenario.ts';

export type NamedHardware = Pick<Scenario, 'dedicatedHosts' | 'placementGroups' | 'keyPairs'>;
export type NamedNetwork = Pick<Scenario['network'], 'vpcs' | 'subnets' | 'securityGroups'>;

/** The scenario with Dedicated Hosts and key pairs, unless it has its own, and with placement groups. */
export const withHardware = (scenario: Scenario, named?: NamedHardware): Scenario => ({
  ...scenario,
  dedicatedHosts: scenario.dedicatedHosts.length > 0 ? scenario.dedicatedHosts : (named?.dedicatedHosts ?? []),
  keyPairs: scenario.keyPairs.length > 0 ? scenario.keyPairs : (named?.keyPairs ?? []),
  placementGroups: [...scenario.placementGroups, ...(named?.placementGroups ?? [])],
});

/** The scenario's network, with what the recipes name. A scenario that tags anything says itself what is to be found by tags. */
export function networkBeside({ network: own }: Scenario, named?: NamedNetwork): Scenario['network'] {
  const isTagged = ({ tags }: { tags: Record<string, string> }) => Object.keys(tags).length > 0;
  const tagsItself = [...own.vpcs, ...own.subnets, ...own.securityGroups].some(isTagged);
  const more = <T extends { tags: Record<string, string> }>(list: T[] = []) =>
    tagsItself ? list.filter((one) => !isTagged(one)) : list;
  return {
    ...own,
    vpcs: [...own.vpcs, ...more(named?.vpcs)],
    subnets: [...own.subnets, ...more(named?.subnets)],
    securityGroups: [...own.securityGroups, ...more(named?.securityGroups)],
  };
}
