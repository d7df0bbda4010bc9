import * as z from 'zod/mini';
import { accountId, distinct, duration, formed, kmsKey, name, oneLine, region } from './scalars.ts';

const organization = z
  .string()
  .check(
    formed(
      /^arn:aws[a-z-]*:organizations::\d{12}:organization\/o-[a-z0-9]{10,32}$/,
      'be an organization ARN such as arn:aws:organizations::111122223333:organization/o-exampleorgid',
    ),
  );
const organizationalUnit = z
  .string()
  .check(
    formed(
      /^arn:aws[a-z-]*:organizations::\d{12}:ou\/o-[a-z0-9]{10,32}\/ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}$/,
      'be an OU ARN such as arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-ab12-cdefgh34',
    ),
  );

/** One entry of the key `distribute`: a region that gets the image, and who may use it there. */
export const target = z
  .strictObject({
    region: region.check(z.describe('Region of the target. home is the region that the pipeline runs in.')),
    accounts: z
      ._default(distinct(accountId), [])
      .check(z.describe('Accounts that may launch it: 12 digits each, in quotes.')),
    organizations: z
      ._default(distinct(organization), [])
      .check(z.describe('Organizations that may launch it, by ARN.')),
    organizationalUnits: z
      ._default(distinct(organizationalUnit), [])
      .check(z.describe('Organizational units that may launch it, by ARN.')),
    kmsKey: z.exactOptional(
      kmsKey.check(
        z.describe(
          'KMS key that encrypts the image in this region: id, ARN or alias/<name>. Accounts that the image is shared with need grants on the key.',
        ),
      ),
    ),
    timeout: z
      ._default(duration('1h', '7d'), '48h')
      .check(z.describe('How long EC2 may take to copy the image here, 1h to 7d. Terabytes take days.')),
    required: z
      ._default(z.boolean(), true)
      .check(
        z.describe('Whether a failure of this target fails the build. With false, the other targets are published.'),
      ),
  })
  .check(z.describe('A region, and who may launch the image there.'));

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
    imds: z._default(z.enum(['v2', 'optional']), 'v2').check(z.describe('v2: instances of the image demand IMDSv2.')),
    // "Tag restrictions" of docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html: EC2 takes any character in a tag.
    tags: z
      ._default(
        z.record(
          z
            .string()
            .check(
              z.minLength(1),
              z.maxLength(128),
              z.regex(/^(?!aws:|golden:)/i, 'must not start with aws: or golden:, which are reserved'),
              oneLine,
            ),
          z.string().check(z.maxLength(256), oneLine),
        ),
        {},
      )
      .check(
        z.refine(
          (tags) => Object.keys(tags).length <= 40,
          'must be at most 40 tags: AWS allows 50 and the pipeline needs the rest',
        ),
        z.describe('Tags of the image and its snapshots, at most 40.'),
      ),
  })
  .check(z.describe('How the image is made, and its tags.'));

/** The key `publish` of a recipe: the channel that points at the newest image. */
export const publish = z
  .strictObject({
    channel: name.check(
      z.describe(
        'Channel that points at the new image: the SSM parameter <channelRoot>/<recipe>/<channel> in every target region. channelRoot is a setting of the deployment, for the stage prod /golden.',
      ),
    ),
  })
  .check(z.describe('Where users find the image. If left out, nothing is published.'));
