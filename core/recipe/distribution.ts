import * as z from 'zod/mini';
import { secondsOf } from '../duration.ts';
import { launchTemplate } from '../publish/publish-keys.ts';
import { copyTo } from './accounts/copy-to.ts';
import {
  accountId,
  distinct,
  duration,
  holds,
  imageNameForm,
  kmsKey,
  name,
  ownTags,
  organizationArn,
  organizationalUnitArn,
  region,
} from './scalars.ts';

/** The time of a time-based copy, as EC2 takes it. */
export const completeWithin = duration('15m', '2d').check(
  holds((text) => secondsOf(text) % 900 === 0, 'be a multiple of 15 minutes'),
);

/** One entry of the key `distribute`: an image in a region, and who may use it there. */
export const target = z
  .strictObject({
    region: region.check(z.describe('Region of the target. home is the region that the pipeline runs in.')),
    id: z.exactOptional(
      name.check(
        z.describe(
          "Makes this target a further copy in its region, under this id: with its own key, name, tags or users. A channel holds that copy in the parameter <channel>/<id>. Without an id the target is the region's own image.",
        ),
      ),
    ),
    name: z.exactOptional(
      imageNameForm.check(
        z.describe(
          'Name of the image here, with {recipe} and {build}. Default: {recipe}-{build}, and {recipe}-{build}-<id> for a further copy.',
        ),
      ),
    ),
    tags: z.exactOptional(
      ownTags.check(z.describe('Tags of the image and its snapshots here, in addition to image.tags and before them.')),
    ),
    accounts: z
      ._default(distinct(accountId), [])
      .check(z.describe('Accounts that may launch it: 12 digits each, in quotes.')),
    organizations: z
      ._default(distinct(organizationArn), [])
      .check(z.describe('Organizations that may launch it, by ARN.')),
    organizationalUnits: z
      ._default(distinct(organizationalUnitArn), [])
      .check(z.describe('Organizational units that may launch it, by ARN.')),
    kmsKey: z.exactOptional(
      kmsKey.check(
        z.describe(
          'KMS key that encrypts the image here: id, ARN or alias/<name>. A copy is encrypted again with it. Accounts that the image is shared with need grants on the key.',
        ),
      ),
    ),
    allowPublic: z.exactOptional(
      z
        .boolean()
        .check(
          z.describe(
            'true: everyone may launch the image in this region. Its snapshots stay private. It needs an image without encryption, a deployment whose setting shareWith is any, and a region whose block public access for AMIs is off.',
          ),
        ),
    ),
    launchTemplate: z.exactOptional(launchTemplate),
    copyTo: z.exactOptional(copyTo),
    timeout: z
      ._default(duration('1h', '7d'), '48h')
      .check(z.describe('How long EC2 may take to copy the image here, 1h to 7d. Terabytes take days.')),
    completeWithin: z.exactOptional(
      completeWithin.check(
        z.describe(
          'Caps slow copies. A copy that is slower than 95 of 100 earlier ones of this target, or than this time, gets a second one beside it, which AWS completes within this time for a fee. The first to complete is kept and the other one is removed.',
        ),
      ),
    ),
    required: z
      ._default(z.boolean(), true)
      .check(
        z.describe('Whether a failure of this target fails the build. With false, the other targets are published.'),
      ),
  })
  .check(z.describe('An image in a region, and who may launch it there.'));
