import { hitOf, mostHitImages, type Hits } from '../../core/usage/hits.ts';
import type { Connection } from '../connection.ts';
import { usageOf } from './image-usage.ts';

interface HitsAsked {
  /** The AMIs that are revoked. */
  images: { region: string; ami: string }[];
  /** The parameters that the revoke moves away from them. */
  channels: string[];
  now: Date;
}

/**
 * Who uses the AMIs of a revoke, as far as EC2 tells now. Asks EC2 for the usage reports that are missing.
 * @returns with `underway`, the AMIs whose report EC2 is making.
 */
export async function hitsOn(
  aws: Connection,
  { images, channels, now }: HitsAsked,
): Promise<Hits & { underway: string[] }> {
  const looked = images.slice(0, mostHitImages);
  const regions = [...new Set(looked.map(({ region }) => region))];
  // What was made from the AMIs is known already: the revoke was decided by it.
  const family = { known: { members: [], beyond: {} } };
  const usages = await Promise.all(
    regions.map((region) => {
      const amis = looked.filter((one) => one.region === region).map(({ ami }) => ami);
      return usageOf(aws, { account: '', region, amis, now, family, asksForReports: true });
    }),
  );
  return {
    images: usages.flat().map((usage) => hitOf(usage, channels)),
    more: images.length - looked.length,
    underway: usages.flat().flatMap(({ ami, reportUnderway }) => (reportUnderway ? [ami] : [])),
  };
}
