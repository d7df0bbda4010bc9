import type { Recipe } from '../recipe/types.ts';
import type { Problem } from '../recipe/recipe.ts';
import { carries, mostWatermarks, watermarkKey } from '../publish/watermark.ts';
import type { Facts } from './facts.ts';

/**
 * Watermarks of the source image that the image would inherit, and that Verify or EC2 would refuse after the whole build. EC2
 * makes no image with a watermark public: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-watermark.html
 */
export function watermarkProblems(
  { name, publish, distribute, image }: Recipe,
  { source, account, channel }: Pick<Facts, 'source' | 'account' | 'channel'>,
): Problem[] {
  const { ami, watermarks = [] } = source ?? {};
  if (watermarks.length === 0 || image.register) return []; // a registered image inherits none
  const listed = watermarks.join(', ');
  const open = distribute.flatMap(({ allowPublic }, index): Problem[] => {
    const message = `is true, but the image inherits the watermarks of its source ${ami} (${listed}), and EC2 makes no image with a watermark public; name another source, or remove the line`;
    return allowPublic ? [{ path: ['distribute', index, 'allowPublic'], message }] : [];
  });
  if (publish?.watermark !== true || !channel) return open;
  const key = watermarkKey(account, channel.deployment, name);
  if (carries({ watermarks }, key)) {
    const message = `${ami} carries ${key}, the watermark of published images of this recipe, and the image would inherit it before its checks; name a source that was not made from an image of ${name}`;
    return [...open, { path: ['source'], message }];
  }
  if (watermarks.length < mostWatermarks) return open;
  const message = `is true, but the image inherits ${watermarks.length} watermarks of its source ${ami}, and EC2 takes no sixth: ${listed}; name another source, have its owner take one off (DetachImageWatermark), or remove the line`;
  return [...open, { path: ['publish', 'watermark'], message }];
}
