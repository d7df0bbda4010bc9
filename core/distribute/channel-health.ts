import type { Breaker } from '../start/breaker.ts';
import type { ChannelValue } from './channel.ts';
import type { Manifest } from '../build/manifest.ts';
import type { Measurement } from '../report/metrics.ts';
import type { AmiDescription } from '../launch/source.ts';

/** What a region shows of a channel: what it holds, and the AMI as EC2 knows it. */
export interface ChannelSeen extends ChannelValue {
  image?: AmiDescription | undefined;
}

/** The regions in which the newest published build left a channel. A recipe that changed its channel since has none. */
export const regionsHolding = (published: Manifest | undefined, parameter: string): string[] =>
  (published?.targets ?? []).filter((target) => target.parameter === parameter).map(({ region }) => region);

/** Why nothing can be launched from what a channel holds in one region; undefined where something can. */
function broken(parameter: string, { region, ami, image }: ChannelSeen): string | undefined {
  if (ami === undefined) return `${parameter} is gone in ${region}`;
  if (!image) return `${parameter} in ${region} holds ${ami}, which EC2 does not know any more`;
  return image.state === 'available' ? undefined : `${parameter} in ${region} holds ${ami}, which is ${image.state}`;
}

const day = 24 * 3600 * 1000;

/** How old what a channel points at is, and in how many regions it points at nothing. */
export function measureChannel(
  recipe: string,
  channel: string,
  parameter: string,
  seen: ChannelSeen[],
  now: Date,
): Measurement {
  const wrong = seen.flatMap((one) => broken(parameter, one) ?? []);
  const ages = seen.flatMap(({ image }) =>
    image?.state === 'available' ? (now.getTime() - Date.parse(image.createdAt)) / day : [],
  );
  const about = { level: wrong.length > 0 ? 'WARN' : 'INFO', recipe, broken: wrong };
  return {
    of: { Recipe: recipe, Channel: channel },
    values: { BrokenChannels: wrong.length, ...(ages.length > 0 && { ImageAge: ages }) },
    about,
  };
}

/** Whether a recipe is still started by itself. */
export const measureBreaker = (recipe: string, breaker: Breaker): Measurement => ({
  of: { Recipe: recipe },
  values: { BreakerOpen: breaker.open ? 1 : 0 },
  about: { recipe, breaker },
});
