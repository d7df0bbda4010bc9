import type { Plan } from '../build/plan.ts';
import type { Wrong } from '../distribute/lasting.ts';
import { inheritedWrongs, targetWrongs, type TargetObserved } from '../distribute/target.ts';
import type { Target } from '../recipe/types.ts';
import type { AmiDescription } from '../launch/source.ts';

/** EC2 takes no more watermarks on an AMI, those that it inherited included. */
export const mostWatermarks = 5;

/**
 * Key of the watermark that published images of a recipe carry: `<account>:<deployment>/<recipe>`. Each recipe has a key of its own,
 * because the images that are made from an image inherit its watermarks. Another deployment's images do not pass for published ones.
 */
export const watermarkKey = (account: string, deployment: string, recipe: string): string =>
  `${account}:${deployment}/${recipe}`;

/** The watermark that a build's images get when they are published. Undefined where the recipe asks for none. */
export const watermarkOf = ({ account, deployment, recipe, document }: Plan): string | undefined =>
  document.publish?.watermark === true && deployment !== undefined
    ? watermarkKey(account, deployment, recipe)
    : undefined;

type Marked = Pick<AmiDescription, 'ami' | 'watermarks'>;

export const carries = ({ watermarks = [] }: Pick<Marked, 'watermarks'>, key: string): boolean =>
  watermarks.includes(key);

/**
 * Watermarks by which an image would pass for a published one before it is published, or that leave no room for its own. A target
 * that a published build gets later is a copy of a published image, which may carry the watermark.
 */
function watermarkWrongs(plan: Plan, image: Marked | undefined): Wrong[] {
  const key = watermarkOf(plan);
  if (key === undefined || !image) return [];
  if (carries(image, key)) {
    if (plan.adds) return [];
    const says = `${image.ami} carries the watermark ${key} before it is published; was it made from an image of this recipe?`;
    return [{ says }];
  }
  const { ami, watermarks = [] } = image;
  if (watermarks.length < mostWatermarks) return [];
  const says = `${ami} carries ${watermarks.length} watermarks of its sources, and EC2 takes no sixth: ${watermarks.join(', ')}`;
  return [{ says, forGood: true }];
}

/** The watermark that a published image must carry before a channel moves to it. */
function missingWatermark(plan: Plan, image: Marked | undefined): Wrong[] {
  const key = watermarkOf(plan);
  if (key === undefined || !image || carries(image, key)) return [];
  return [{ says: `${image.ami} does not carry the watermark ${key} of a published image` }];
}

/** Which watermark an image may carry: none yet before its publish, its own afterwards. A copy in another account gets none. */
type Watermarked = 'not yet' | 'published' | 'whichever';

/**
 * Every difference between a target and the recipe, and between a copy and its original: before the target is published, and before
 * a channel moves to a published one.
 */
export const verifyWrongs = (
  plan: Plan,
  target: Target,
  observed: TargetObserved,
  original: AmiDescription | undefined,
  watermarked: Watermarked = 'not yet',
): Wrong[] => [
  ...targetWrongs(plan, target, observed),
  ...inheritedWrongs(original, observed.image),
  ...(watermarked === 'not yet' ? watermarkWrongs(plan, observed.image) : []),
  ...(watermarked === 'published' ? missingWatermark(plan, observed.image) : []),
];
