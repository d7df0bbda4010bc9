import type { BuildIdentity, Tags } from '../tags.ts';
import { parameterOfPlace, type Place } from './place.ts';

/** The tag that names the deployment that made an image. Images of earlier versions do not carry it. */
export const deploymentTag = 'golden:deployment';

/** The AMI that a channel holds in a place, with the image's tags. The tags are empty where the image is gone. */
export interface ChannelHolder extends Place {
  ami: string;
  tags: Tags;
}

/** The published build whose images the next one replaces in the channel. */
export interface Replaced {
  build: string;
  images: (Place & { ami: string })[];
}

/** A build of the recipe whose images a channel may hold, as the pipeline's own bucket tells of it. */
export interface HoldingBuild extends BuildIdentity, Replaced {
  deployment?: string | undefined;
}

/** The build whose images another one replaces. Only an older build is known well enough, because heldAgainst looks for newer ones. */
export const knownBefore = (
  { recipe, build, deployment }: BuildIdentity & { deployment?: string | undefined },
  replaces: Replaced | undefined,
): HoldingBuild | undefined => (replaces && replaces.build < build ? { ...replaces, recipe, deployment } : undefined);

/** The AMI that a channel holds, if it is one of a known build: then its tags need not be read. */
export function knownHolder(
  value: Place & { ami: string },
  known: HoldingBuild | undefined,
): ChannelHolder | undefined {
  if (!known?.images.some(({ region, ami }) => region === value.region && ami === value.ami)) return undefined;
  const { recipe, build, deployment } = known;
  const tags = { 'golden:recipe': recipe, 'golden:build': build, ...(deployment && { [deploymentTag]: deployment }) };
  return { ...value, tags };
}

/** A deployment's name, unique in the account. It includes the region, since two regions may have the same service and stage. */
export const deploymentName = (deployment: string, region: string): string => `${deployment}-${region}`;

/**
 * Why a deployment must not move a channel, one reason for each place. Empty where it may. Two deployments that share a channel
 * would overwrite each other's images. An image without the tag comes from an earlier version or was made by hand, so it does not
 * count.
 */
export function heldByOthers(parameter: string, deployment: string | undefined, holders: ChannelHolder[]): string[] {
  if (deployment === undefined) return [];
  return holders.flatMap(({ region, id, ami, tags }) => {
    const other = tags[deploymentTag];
    if (other === undefined || other === deployment) return [];
    const way = `deploy with a channelRoot of its own, or delete the parameter in ${region} if ${other} no longer exists`;
    return [
      `${parameterOfPlace(parameter, { id })} in ${region} holds ${ami} of the deployment ${other}, and this one is ${deployment}; ${way}`,
    ];
  });
}

/**
 * Why a build must not be published to a channel; undefined where it may. Another deployment may hold the channel. A build that was
 * stopped and resumed may be older than the one that the channel holds.
 */
export function heldAgainst(
  { recipe, build, deployment, image }: BuildIdentity & { deployment?: string; image: string },
  parameter: string,
  holders: ChannelHolder[],
): string | undefined {
  const others = heldByOthers(parameter, deployment, holders);
  if (others.length > 0) return `${image} is not published:\n${others.join('\n')}`;
  const newer = holders.find(({ tags }) => tags['golden:recipe'] === recipe && (tags['golden:build'] ?? '') > build);
  if (!newer) return undefined;
  const { region, id, ami, tags } = newer;
  const held = `${parameterOfPlace(parameter, { id })} in ${region} holds ${ami} of the newer build ${tags['golden:build']}`;
  return `${held}; ${image} is not published over it`;
}
