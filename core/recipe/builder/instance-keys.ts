import * as z from 'zod/mini';
import { mostTags, ownTags } from '../scalars.ts';

/** The keys of `builder` for the tags and the metadata service of builder and candidate. */
export const instanceKeys = {
  tags: z.exactOptional(
    ownTags.check(
      z.refine((tags) => Object.keys(tags).length <= mostTags, `must be at most ${mostTags} tags`),
      z.describe(
        'Tags of builder and candidate, their volumes and network interfaces, from their launch. They also get those of image.tags; these win. The image does not get them.',
      ),
    ),
  ),
  imds: z.exactOptional(
    z
      .strictObject({
        hopLimit: z.exactOptional(
          z
            .int()
            .check(
              z.minimum(1),
              z.maximum(64),
              z.describe('How many network hops an answer may take, 1 to 64. Default 2, so that containers get one.'),
            ),
        ),
        tags: z.exactOptional(
          z.boolean().check(z.describe('Whether the instance can read its own tags there. Default false.')),
        ),
        ipv6: z.exactOptional(
          z.boolean().check(z.describe('Whether it also answers by IPv6, for subnets without IPv4. Default false.')),
        ),
      })
      .check(
        z.describe(
          'Instance metadata service of builder and candidate. It always demands tokens (IMDSv2). What servers of the image demand is image.imds.',
        ),
      ),
  ),
};
