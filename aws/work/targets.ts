import { keysToSee, type ImageObserved, type LastingImage } from '../../core/distribute/lasting.ts';
import type { TargetObserved } from '../../core/distribute/target.ts';
import type { Plan } from '../../core/build/plan.ts';
import type { Target } from '../../core/recipe/types.ts';
import { Failure } from '../../core/errors.ts';
import { snapshotsOf, type AmiDescription } from '../../core/launch/source.ts';
import type { Connection } from '../connection.ts';
import { describeAnyImage } from '../images/disabling.ts';
import { describeImage } from '../images/images.ts';
import { describeKeys } from '../keys.ts';
import { ownSnapshots } from '../images/snapshots.ts';
import { readPermissions } from './permissions.ts';

/** The actions that observeImage calls. */
export const imagePermissions = ['ec2:DescribeImages', 'ec2:DescribeSnapshots', 'kms:DescribeKey'];

/** The snapshots of an image in a target region, and the keys that they should be encrypted with. */
async function observeDisks<Image extends LastingImage>(
  aws: Connection,
  plan: Plan,
  target: Target,
  image: Image,
): Promise<ImageObserved<Image>> {
  const [snapshots, keys] = await Promise.all([
    ownSnapshots(aws, target.region, snapshotsOf(image)),
    describeKeys(aws, target.region, keysToSee(plan, target, image)),
  ]);
  return { image, snapshots: Object.fromEntries(snapshots.map((one) => [one.snapshot, one])), keys };
}

/**
 * The keys of an image's encrypted disks, for what has to be known before the image is shared. An image without encryption tells by itself
 * whether it is right, so that nothing is read. Verify reads the snapshots in either case.
 */
export const observeKeys = async <Image extends LastingImage>(
  aws: Connection,
  plan: Plan,
  target: Target,
  image: Image,
): Promise<ImageObserved<Image>> =>
  image.disks.some(({ encrypted }) => encrypted)
    ? observeDisks(aws, plan, target, image)
    : { image, snapshots: {}, keys: {} };

/**
 * An AMI that was available before, with all its snapshots.
 * @throws AwsTransient if EC2 shows an older state, in which it is pending or not there.
 */
export async function availableImage(aws: Connection, region: string, ami: string): Promise<AmiDescription> {
  const image = await describeImage(aws, region, ami);
  if (image?.state === 'available' && image.disks.every(({ snapshot }) => snapshot)) return image;
  throw new Failure('AwsTransient', `EC2 in ${region} does not show all of ${ami} although it was available`);
}

/** An image in a target region with its snapshots and keys, even a disabled one. */
export async function observeImage(aws: Connection, plan: Plan, target: Target, ami: string): Promise<ImageObserved> {
  const image = await describeAnyImage(aws, target.region, ami);
  return image ? observeDisks(aws, plan, target, image) : { image, snapshots: {}, keys: {} };
}

/** Everything that Verify checks of a target, read back from its region. */
export async function observeTarget(aws: Connection, plan: Plan, target: Target, ami: string): Promise<TargetObserved> {
  const observed = await observeImage(aws, plan, target, ami);
  if (!observed.image) return { ...observed, users: [], snapshotUsers: {} };
  const snapshots = snapshotsOf(observed.image);
  return { ...observed, ...(await readPermissions(aws, { region: target.region, ami, snapshots })) };
}
