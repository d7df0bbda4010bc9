import * as z from 'zod/mini';
import { duration } from '../recipe/scalars.ts';

const age = duration('1d', '3650d');

/** The key `retire` of a recipe: when its older images are retired. */
export const retire = z
  .strictObject({
    keep: z
      ._default(z.int().check(z.minimum(1), z.maximum(1000)), 3)
      .check(z.describe('How many of the newest published builds stay as they are, however old they are.')),
    deprecateAfter: z.exactOptional(
      age.check(
        z.describe(
          'Age at which an image is deprecated: EC2 hides it from the listings of other accounts. People who know its id can still launch it.',
        ),
      ),
    ),
    disableAfter: z.exactOptional(
      age.check(
        z.describe(
          'Age at which an image is disabled, if nobody uses it: nobody can launch it, and nobody shares it any more. golden restore brings it back, with those who could launch it.',
        ),
      ),
    ),
    deregisterAfter: z.exactOptional(
      age.check(
        z.describe(
          'Age at which an image is deregistered, if nobody uses it. This cannot be undone, apart from the Recycle Bin.',
        ),
      ),
    ),
    snapshots: z
      ._default(z.enum(['delete', 'keep']), 'delete')
      .check(z.describe('What happens to the snapshots of an image that is deregistered. keep tags them golden:kept.')),
  })
  .check(
    z.describe(
      'When older images of the recipe are retired, step by step and in every region and account. Images that a channel holds, that a rollback would need, or that are newer stay. If left out, all images stay.',
    ),
  );
