import type { Plan } from '../../core/build/plan.ts';
import { copyToken } from '../../core/distribute/distribution.ts';
import { imageNameIn, imageTags } from '../../core/distribute/image-name.ts';
import { placeName } from '../../core/distribute/place.ts';
import { firstAndRival } from '../../core/copying/race.ts';
import { secondsOf } from '../../core/duration.ts';
import { Failure, lastingFailure } from '../../core/errors.ts';
import type { Target } from '../../core/recipe/types.ts';
import type { Connection } from '../connection.ts';
import { copyImage } from '../images/image-making.ts';
import { findImagesIn } from '../images/images.ts';

/** The actions of these functions. */
export const copyPermissions = ['ec2:DescribeImages', 'ec2:CopyImage', 'ec2:CreateTags'];

const isUsable = ({ state }: { state: string }) => /^(pending|available)$/.test(state);

/**
 * The copies that a build has in a target: the one that goes on, a second one that races it, and how many there ever were.
 * @throws TwinFound if there are more than the build can have made.
 */
export async function findCopies(
  aws: Connection,
  plan: Plan,
  target: Target,
): Promise<{ first?: string | undefined; rival?: string | undefined; count: number }> {
  const all = await findImagesIn(aws, target, plan);
  const usable = all.filter(isUsable);
  if (usable.length > (target.completeWithin === undefined ? 1 : 2)) {
    const ids = usable.map(({ ami }) => ami).join(', ');
    const what = `${ids} all claim to be ${imageNameIn(plan, target)} in ${placeName(target)}`;
    throw new Failure('TwinFound', `${what}; deregister all but one, then start the build again`);
  }
  const [first, rival] = firstAndRival(usable);
  return { first: first?.ami, rival: rival?.ami, count: all.length };
}

/** Begins the copy of the first AMI to a target. @param generation See copyToken. */
export const beginCopy = (
  aws: Connection,
  plan: Plan,
  target: Target,
  ami: string,
  generation: number | 'rival',
): Promise<string> =>
  copyImage(aws, {
    region: target.region,
    from: { region: plan.adds?.from.region ?? plan.region, ami },
    name: imageNameIn(plan, target),
    description: plan.document.description,
    token: copyToken(plan, target, ami, generation),
    kmsKey: target.kmsKey,
    tags: imageTags(plan, target),
    ...(generation === 'rival' && { withinMinutes: secondsOf(target.completeWithin ?? '15m') / 60 }),
  });

/**
 * Begins a second copy beside a slow one, or finds it. CleanUp or Compensate removes the copy that comes second.
 * @returns null if AWS refuses it: then the slow one goes on alone.
 */
export async function beginRival(
  aws: Connection,
  plan: Plan,
  target: Target,
  ami: string,
  slow: string,
): Promise<{ rival: string | null; refused?: string }> {
  const copies = await findImagesIn(aws, target, plan);
  const known = copies.find((one) => one.ami !== slow && isUsable(one));
  if (known) return { rival: known.ami };
  try {
    return { rival: await beginCopy(aws, plan, target, ami, 'rival') };
  } catch (error) {
    return { rival: null, refused: lastingFailure(error).message };
  }
}
