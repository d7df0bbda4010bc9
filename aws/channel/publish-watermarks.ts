import type { Plan } from '../../core/build/plan.ts';
import type { ChannelLedger } from '../../core/distribute/channel.ts';
import { placeName } from '../../core/distribute/place.ts';
import { Failure, lastingFailure } from '../../core/errors.ts';
import { carries, watermarkOf } from '../../core/publish/watermark.ts';
import type { Connection } from '../connection.ts';
import { describeImage } from '../images/images.ts';
import { attachWatermark } from '../images/watermarks.ts';

type Made = ChannelLedger['after'][number];

/** The images of a publish that do not carry the recipe's watermark yet. Empty where the recipe asks for none. */
export async function unmarked(aws: Connection, plan: Plan, made: Made[]): Promise<Made[]> {
  const key = watermarkOf(plan);
  if (key === undefined) return [];
  const seen = await Promise.all(
    made.map(async (one) => ({ one, image: await describeImage(aws, one.region, one.ami) })),
  );
  return seen.flatMap(({ one, image }) => (image && carries(image, key) ? [] : [one]));
}

export const saysUnmarked = ({ ami, ...at }: Made): string => `${ami} in ${placeName(at)} has no watermark yet`;

/**
 * Puts the recipe's watermark on images. EC2 does not say how it answers an image that has it, so what it refuses is looked at again.
 * @throws PublishFailed if EC2 refuses; others may carry it.
 */
export async function markImages(aws: Connection, plan: Plan, images: Made[]): Promise<void> {
  const key = watermarkOf(plan) ?? '';
  const mark = async ({ region, ami }: Made) => {
    try {
      await attachWatermark(aws, region, ami, key);
    } catch (error) {
      const failure = lastingFailure(error);
      const image = await describeImage(aws, region, ami);
      if (image && carries(image, key)) return;
      const message = `${ami} did not get its watermark, so nothing is published: ${failure.message}`;
      throw new Failure('PublishFailed', message, { cause: failure });
    }
  };
  await Promise.all(images.map(mark));
}
