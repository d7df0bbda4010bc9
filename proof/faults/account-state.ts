import type { LaunchPermission } from '@aws-sdk/client-ec2';
import type { Simulation } from '../../simulator/pipeline/simulation.ts';
import { borrower, pipelineAccount, parameter } from './setting.ts';
import type { Image } from '../../simulator/aws/state/images.ts';

/** One EC2 resource, as a trial finds it. */
export interface ResourceState {
  region: string;
  kind: 'instance' | 'volume' | 'image' | 'snapshot' | 'grant';
  state: string;
  /** The other accounts that may use it. */
  shared: string[];
}

/**
 * The resources by id of the account and of the account that copies an image, and the channel's value in each region. The channel
 * of that account stands under `<region> <account>`.
 */
export interface AccountState {
  things: Map<string, ResourceState>;
  channel: Map<string, string | undefined>;
  /** In each region: the AMIs of the launch template's versions, the default one with a star. */
  versions: Map<string, string[]>;
  /** Images that carry a watermark. */
  marked: Set<string>;
}

const ours = new Set([pipelineAccount, borrower]);

export const launchers = ({ permissions }: { permissions: LaunchPermission[] }): string[] =>
  permissions
    .map(({ UserId, Group, OrganizationArn, OrganizationalUnitArn }) =>
      String(UserId ?? Group ?? OrganizationArn ?? OrganizationalUnitArn),
    )
    .toSorted();

export function presentIn({ cloud }: Simulation, regions: string[]): AccountState {
  const things: AccountState['things'] = new Map();
  const channel: AccountState['channel'] = new Map();
  const versions: AccountState['versions'] = new Map();
  const marked: AccountState['marked'] = new Set();
  for (const region of regions) {
    const { instances, volumes, images, snapshots, parameters, launchTemplates } = cloud.world.region(region);
    for (const { id, state } of instances.values())
      if (state !== 'terminated') things.set(id, { region, kind: 'instance', state, shared: [] });
    for (const { id, state } of volumes.values()) things.set(id, { region, kind: 'volume', state, shared: [] });
    for (const image of images.values())
      if (ours.has(image.owner) && image.state !== 'deregistered')
        things.set(image.id, { region, kind: 'image', state: image.state, shared: launchers(image) });
    for (const { id, state, owner, sharedWith } of snapshots.values())
      if (ours.has(owner)) things.set(id, { region, kind: 'snapshot', state, shared: [...sharedWith].toSorted() });
    for (const { versions: all, default: standard } of launchTemplates.values())
      versions.set(
        region,
        all.map(({ number, data }) => `${String(data['ImageId'])}${number === standard ? '*' : ''}`),
      );
    for (const { id, watermarks = [], state } of images.values())
      if (watermarks.length > 0 && state !== 'deregistered') marked.add(id);
    for (const key of new Set(cloud.keys.get(region)?.values()))
      for (const id of key.grants.keys()) things.set(id, { region, kind: 'grant', state: 'granted', shared: [] });
    const held = (account: string) => parameters.get(`${account} ${parameter}`)?.versions.at(-1)?.value;
    channel.set(region, held(pipelineAccount));
    channel.set(`${region} ${borrower}`, held(borrower));
  }
  return { things, channel, versions, marked };
}

/** Images that builds made in a region, including deleted ones. The copies of the other account have the same names. */
export const imagesMade = ({ cloud }: Simulation, region: string, owner: string = pipelineAccount): Image[] =>
  [...cloud.world.region(region).images.values()].filter((one) => one.owner === owner && one.name.startsWith('base-'));
