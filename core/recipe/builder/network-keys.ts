import * as z from 'zod/mini';
import { oneLine } from '../scalars.ts';

// "Tag restrictions" of docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html. EC2's filters take * and ? as wildcards.
const tagsOf = (what: string, example: string) =>
  z
    .record(
      z.string().check(z.minLength(1), z.maxLength(128), oneLine),
      z.string().check(z.minLength(1), z.maxLength(256), oneLine),
    )
    .check(
      z.refine((tags) => Object.keys(tags).length > 0, 'must name at least one tag'),
      z.refine((tags) => Object.keys(tags).length <= 20, 'must name at most 20 tags'),
      z.describe(`Tags of ${what}, such as ${example}. In a value, * and ? match any characters.`),
    );

/** The key `network` of `builder`: subnets and security groups by their tags, which stay the same when ids change. */
export const network = z
  .strictObject({
    vpc: z.exactOptional(tagsOf('the VPC, for subnets or security groups below', '{ Name: build }')),
    subnets: z.exactOptional(tagsOf('the subnets', '{ tier: private }')),
    securityGroups: z.exactOptional(tagsOf('the security groups', '{ use: images }')),
  })
  .check(
    z.describe(
      'Subnets and security groups by their tags instead of their ids. Each build looks them up before it begins, and keeps what it found.',
    ),
  );
