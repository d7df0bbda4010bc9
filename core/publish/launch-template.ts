import * as z from 'zod/mini';
import { formed } from '../recipe/scalars.ts';

/** The key `launchTemplate` of a target. */
export const launchTemplate = z
  .strictObject({
    id: z.exactOptional(
      z
        .string()
        .check(formed(/^lt-[0-9a-f]{17}$/, 'be a launch template id such as lt-0123456789abcdef0'))
        .check(z.describe('Id of the launch template. Either id or name is given.')),
    ),
    name: z.exactOptional(
      z
        .string()
        .check(formed(/^[a-zA-Z0-9().\-/_]{3,128}$/, 'be 3 to 128 letters, digits and ().-/_'))
        .check(z.describe('Name of the launch template.')),
    ),
    setDefault: z
      ._default(z.boolean(), false)
      .check(z.describe('Whether the new version becomes the default one of the launch template.')),
  })
  .check(
    z.describe(
      'A launch template of the region that gets a version with the new image, made from its default version, when the image is published. It must exist and carry the tag golden:recipe=<name of the recipe>.',
    ),
  );
