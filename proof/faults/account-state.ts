import type { LaunchPermission } from '@aws-sdk/client-ec2';
import type { Simulation } from '../../simulator/pipeline/simulation.ts';
import { pipelineAccount, parameter } from './setting.ts';
import type { Image } from '../../simulator/aws/state/images.ts';

/** One EC2 resource, as a trial finds it. */
export interface ResourceState {
  region: string;
  kind: 'instance' | 'volume' | 'image' | 'snapshot';
  state: string;
  /** The other accounts that may use it. */
  shared: string[];
}

/** The account's resources by id, and the channel's value in each region. */
export interface AccountState {
  things: Map<string, ResourceState>;
  channel: Map<string, string | undefined>;
  /** In each region: the AMIs of the launch template's versions, the default one with a star. */
  versions: Map<string, string[]>;
  /** Images that carry a watermark. */
  marked: Set<string>;
}

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
    const { instances, volumes, images, snapshots, parameters } = cloud.world.region(region);
    for (const { id, state } of instances.values())
      if (state !== 'terminated') things.set(id, { region, kind: 'instance', state, shared: [] });
    for (const { id, state } of volumes.values()) things.set(id, { region, kind: 'volume', state, shared: [] });
    for (const image of images.values())
      if (image.owner === pipelineAccount && image.state !== 'deregistered')
        things.set(image.id, { region, kind: 'image', state: image.state, shared: launchers(image) });
    for (const { id, state, owner, sharedWith } of snapshots.values())
      if (owner === pipelineAccount)
        things.set(id, { region, kind: 'snapshot', state, shared: [...sharedWith].toSorted() });
    for (const { versions: all, default: standard } of cloud.world.region(region).launchTemplates.values())
      versions.set(
        region,
        all.map(({ number, data }) => `${String(data['ImageId'])}${number === standard ? '*' : ''}`),
      );
    for (const { id, watermarks = [], state } of images.values())
      if (watermarks.length > 0 && state !== 'deregistered') marked.add(id);
    channel.set(region, parameters.get(`${pipelineAccount} ${parameter}`)?.versions.at(-1)?.value);
  }
  return { things, channel, versions, marked };
}

/** Images that builds made in a region, including deleted ones. */
export const imagesMade = ({ cloud }: Simulation, region: string): Image[] =>
  [...cloud.world.region(region).images.values()].filter(
    ({ owner, name }) => owner === pipelineAccount && name.startsWith('base-'),
  );
