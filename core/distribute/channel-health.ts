import type { Breaker } from '../start/breaker.ts';
import type { ChannelValue } from './channel.ts';
import type { Manifest } from '../build/manifest.ts';
import type { Measurement } from '../report/metrics.ts';
import type { AmiDescription } from '../launch/source.ts';
import { parameterOfPlace, onlyPlace, type Place } from './place.ts';

/** A channel in one place: the AMI id in its parameter, and that AMI as EC2 describes it. */
interface ChannelSeen extends ChannelValue {
  image?: AmiDescription | undefined;
}

/** The places in which the newest published build wrote a channel. Empty if the recipe has changed its channel since. */
export const placesHolding = (published: Manifest | undefined, parameter: string): Place[] =>
  (published?.targets ?? []).filter((one) => one.parameter === parameterOfPlace(parameter, one)).map(onlyPlace);

/** Why nothing can be launched from a channel in one place. Undefined where the channel is healthy. */
function broken(channel: string, { region, id, ami, image }: ChannelSeen): string | undefined {
  const parameter = parameterOfPlace(channel, { id });
  if (ami === undefined) return `${parameter} is gone in ${region}`;
  if (!image) return `${parameter} in ${region} holds ${ami}, which EC2 does not know any more`;
  return image.state === 'available' ? undefined : `${parameter} in ${region} holds ${ami}, which is ${image.state}`;
}

const day = 24 * 3600 * 1000;

/** Measures the age of a channel's images, and the number of places in which the channel is broken. */
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

/** Measures whether the breaker keeps a recipe from starting automatically. */
export const measureBreaker = (recipe: string, breaker: Breaker): Measurement => ({
  of: { Recipe: recipe },
  values: { BreakerOpen: breaker.open ? 1 : 0 },
  about: { recipe, breaker },
});
