import * as z from 'zod/mini';
import { imageRootVolume, imageVolume } from './devices.ts';
import { distinct, duration, formed, mostTags, ownTags } from '../scalars.ts';

const allowedFile = z
  .string()
  .check(
    formed(
      /^(\/[\w.@+-]+\/|[A-Za-z]:\\[\w.@+ -]+\\)[\w.@%+=:,~*?/\\ -]{1,200}$/,
      'be an absolute path such as /etc/myapp/*.pem or C:\\myapp\\*.pem, whose first folder has no wildcard',
    ),
  );

/** The key `image` of a recipe: how the image is made from the builder, and its tags. */
export const image = z
  .strictObject({
    capture: z
      ._default(z.enum(['stopped', 'running']), 'stopped')
      .check(
        z.describe(
          'Whether the builder is stopped before its image is made. running is faster, but the disks are only as consistent as after a power cut.',
        ),
      ),
    register: z.exactOptional(
      z
        .boolean()
        .check(
          z.describe(
            'true: the pipeline makes snapshots of the builder and registers the image from them. EC2 then knows no source of the image. Refused for sources with a billing code, such as Windows and Red Hat.',
          ),
        ),
    ),
    allowFiles: z.exactOptional(
      distinct(allowedFile).check(
        z.maxLength(100), // the sanitizing script contains them, and SSM takes only about 56 kB of it
        z.describe(
          'Paths of files that look like credentials but may be in the image. * and ? match any characters, including /. Any other file that looks like credentials fails the build.',
        ),
      ),
    ),
    timeout: z
      ._default(duration('1h', '7d'), '24h')
      .check(z.describe('How long EC2 may take to make the image, 1h to 7d. Terabytes take days.')),
    imds: z
      ._default(z.enum(['v2', 'optional']), 'v2')
      .check(
        z.describe('v2: instances of the image demand IMDSv2. optional: they also answer requests without a token.'),
      ),
    rootVolume: z.exactOptional(imageRootVolume),
    volumes: z.exactOptional(
      z
        .array(imageVolume)
        .check(
          z.minLength(1),
          z.maxLength(40),
          z.describe('Devices in which the image differs from its builder: dropped, kept, or instance store.'),
        ),
    ),
    tags: z._default(ownTags, {}).check(
      z.refine(
        (tags) => Object.keys(tags).length <= mostTags,
        `must be at most ${mostTags} tags: AWS allows 50 and the pipeline needs the rest`,
      ),
      z.describe('Tags of the image and its snapshots, at most 40.'),
    ),
  })
  .check(z.describe('How the image is made, and its tags.'));
