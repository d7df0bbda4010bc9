import type { Tags } from '../tags.ts';

/** The tag that says which deployment made an image. Images of versions before it do not carry it. */
export const deploymentTag = 'golden:deployment';

/** What a channel holds in a region, with the tags of that image; none where the image is gone. */
export interface ChannelHolder {
  region: string;
  ami: string;
  tags: Tags;
}

/** The name of a deployment that no other in the account has: two regions may have the same service and stage. */
export const deploymentName = (deployment: string, region: string): string => `${deployment}-${region}`;

/**
 * Why a deployment must not move a channel, one reason for each region; empty where it may. A channel that two deployments move
 * in turn is what neither of them says. An image without the tag is of an earlier version, or of somebody's own making.
 */
export function heldByOthers(parameter: string, deployment: string | undefined, holders: ChannelHolder[]): string[] {
  if (deployment === undefined) return [];
  return holders.flatMap(({ region, ami, tags }) => {
    const other = tags[deploymentTag];
    if (other === undefined || other === deployment) return [];
    const way = `deploy with a channelRoot of its own, or delete the parameter in ${region} if ${other} is no more`;
    return [`${parameter} in ${region} holds ${ami} of the deployment ${other}, and this one is ${deployment}; ${way}`];
  });
}
