import * as z from 'zod/mini';
import { formed, name } from '../recipe/scalars.ts';

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

/** The key `publish` of a recipe: the channel that points at the newest image. */
export const publish = z
  .strictObject({
    channel: name.check(
      z.describe(
        'Channel that points at the new image: the SSM parameter <channelRoot>/<recipe>/<channel> in every target region, and <channelRoot>/<recipe>/<channel>/<id> for a further copy. channelRoot is a setting of the deployment, for the stage prod /golden.',
      ),
    ),
    watermark: z.exactOptional(
      z
        .boolean()
        .check(
          z.describe(
            'true: published images, and no others, carry the watermark of the recipe, by which Allowed AMIs of other accounts let only published images be launched.',
          ),
        ),
    ),
  })
  .check(z.describe('Where users find the image. If left out, nothing is published.'));
