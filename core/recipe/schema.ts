import * as z from 'zod/mini';
import { builder } from './builder.ts';
import { image, publish, target } from './distribution.ts';
import { check, step } from './provision.ts';
import { formed, name } from './scalars.ts';
import { source } from './source.ts';
import { triggers } from './upkeep.ts';

/** The schema of a recipe, key by key. rules.ts checks how the keys fit together. */
export const recipeSchema = z.strictObject({
  name: name.check(
    z.describe(
      'Name of the recipe and of its file. At most 48 characters, as the image is called <name>-YYYYMMDD-HHMMSS-hhhh.',
    ),
  ),
  description: z
    ._default(z.string().check(z.maxLength(255), formed(/^[ -~]*$/, 'be printable ASCII: EC2 takes nothing else')), '')
    .check(z.describe('What the image is, for its users; becomes the description of the AMI.')),
  source,
  builder,
  provision: z
    ._default(z.array(step).check(z.maxLength(100)), [])
    .check(z.describe('Steps that make the builder what the image shall be, in this order.')),
  checks: z
    ._default(z.array(check).check(z.maxLength(100)), [])
    .check(
      z.describe('Checks on a fresh instance of the candidate image; all must pass before anything is distributed.'),
    ),
  image: z.prefault(image, {}),
  distribute: z
    .array(target)
    .check(z.minLength(1), z.describe('Regions the image goes to and whom it is shared with.')),
  onFailure: z
    ._default(z.enum(['remove', 'keep-image']), 'remove')
    .check(
      z.describe(
        'What becomes of the images of a build that fails: all go, or finished ones stay for a week, unpublished and unshared, for a start that goes on with them. An image that was never checked, because no instance of it could be launched, stays in either case.',
      ),
    ),
  publish: z.exactOptional(publish),
  triggers: z.exactOptional(triggers),
});

/** Keys that people expect in a recipe but that have no effect yet, each with a message. */
export const notYet: Readonly<Record<string, string>> = {
  retire: 'is not supported yet: nothing deprecates or deregisters older images; remove the key',
};
