import * as z from 'zod/mini';
import { builder } from './builder/builder.ts';
import { completeWithin, target } from './distribution.ts';
import { image } from './image/image.ts';
import { publish } from '../publish/publish-keys.ts';
import { parameters } from './parameters/definitions.ts';
import { check, step } from './provision.ts';
import { retire } from '../retire/retire-keys.ts';
import { recipeName } from './names.ts';
import { duration, formed } from './scalars.ts';
import { variants } from '../variants/variant-keys.ts';
import { source } from './source.ts';
import { recipeEnv } from './steps/surroundings.ts';
import { triggers } from './upkeep.ts';

/** The schema of a recipe, key by key. rules.ts checks how the keys fit together. */
export const recipeSchema = z.strictObject({
  name: recipeName.check(
    z.describe(
      'Name of the recipe and of its file. At most 48 characters, because the image is called <name>-YYYYMMDD-HHMMSS-hhhh.',
    ),
  ),
  description: z
    ._default(z.string().check(z.maxLength(255), formed(/^[ -~]*$/, 'be printable ASCII: EC2 takes nothing else')), '')
    .check(z.describe('What the image is, for its users. It becomes the description of the AMI.')),
  parameters: z.exactOptional(parameters),
  source,
  builder,
  env: z.exactOptional(recipeEnv),
  provision: z
    ._default(z.array(step).check(z.maxLength(100)), [])
    .check(z.describe('Steps that set up the builder, in this order.')),
  checks: z
    ._default(z.array(check).check(z.maxLength(100)), [])
    .check(
      z.describe('Checks on a fresh instance of the image. All must pass before the image is shared with anybody.'),
    ),
  image: z.prefault(image, {}),
  distribute: z
    .array(target)
    .check(z.minLength(1), z.describe('Regions of the image, and the accounts that may launch it there.')),
  copies: z
    ._default(z.enum(['auto', 'beside-checks', 'after-checks']), 'auto')
    .check(
      z.describe(
        'When the image is copied to its other regions. beside-checks starts when the image is available, while its checks run: the build is faster, and a check that fails makes the copies useless. after-checks waits until the checks have passed. auto waits only if a check failed, or the candidate never booted, in the last build that was judged. In all cases nothing is shared with anybody before the checks have passed.',
      ),
    ),
  completeWithin: z.exactOptional(
    completeWithin.check(
      z.describe('The key completeWithin of every target that is a copy and does not say it itself.'),
    ),
  ),
  onFailure: z
    ._default(z.enum(['remove', 'keep-image', 'hold']), 'remove')
    .check(
      z.describe(
        'What happens when a build fails. remove removes everything that the build made. keep-image keeps finished images for a week, unpublished and unshared, so that a new start can go on with them. hold does the same, and keeps the builder or candidate whose step, check or boot failed for holdFor, so that a person can look at it. An image that no instance could be launched from, and that was therefore never checked, is kept in all cases.',
      ),
    ),
  holdFor: z.exactOptional(
    duration('5m', '8h').check(
      z.describe('How long onFailure: hold keeps an instance, 5m to 8h. Default 1h. The instance then ends itself.'),
    ),
  ),
  publish: z.exactOptional(publish),
  triggers: z.exactOptional(triggers),
  retire: z.exactOptional(retire),
  variants: z.exactOptional(variants),
});
