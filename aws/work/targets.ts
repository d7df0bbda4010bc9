import { keysToSee, type ImageObserved, type TargetObserved } from '../../core/distribute/target.ts';
import type { Plan } from '../../core/build/plan.ts';
import type { Target } from '../../core/recipe/types.ts';
import type { AmiDescription } from '../../core/launch/source.ts';
import type { Connection } from '../connection.ts';
import { launchPermissions } from '../images/image-attributes.ts';
import { describeImage } from '../images/images.ts';
import { describeKeys } from '../keys.ts';
import { ownSnapshots, volumePermissions } from '../images/snapshots.ts';

/** What observeImage calls. */
export const imagePermissions = ['ec2:DescribeImages', 'ec2:DescribeSnapshots', 'kms:DescribeKey'];

const nobody = { accounts: [], organizations: [], organizationalUnits: [], everyone: false };

const snapshotsOf = (image: AmiDescription | undefined): string[] =>
  (image?.disks ?? []).flatMap(({ snapshot }) => snapshot ?? []);

/** An image in a target region with its snapshots, and the keys that they should be encrypted with. */
export async function observeImage(aws: Connection, plan: Plan, target: Target, ami: string): Promise<ImageObserved> {
  const { region } = target;
  const image = await describeImage(aws, region, ami);
  if (!image) return { image, snapshots: {}, keys: {} };
  const [snapshots, keys] = await Promise.all([
    ownSnapshots(aws, region, snapshotsOf(image)),
    describeKeys(aws, region, keysToSee(plan, target, image)),
  ]);
  return { image, snapshots: Object.fromEntries(snapshots.map((one) => [one.snapshot, one])), keys };
}

/** Everything that Verify checks of a target, read back from its region. */
export async function observeTarget(aws: Connection, plan: Plan, target: Target, ami: string): Promise<TargetObserved> {
  const observed = await observeImage(aws, plan, target, ami);
  if (!observed.image) return { ...observed, sharing: nobody, snapshotAccounts: {} };
  const { region } = target;
  const accounts = snapshotsOf(observed.image).map(
    async (id) => [id, await volumePermissions(aws, region, id)] as const,
  );
  const [sharing, ...entries] = await Promise.all([launchPermissions(aws, region, ami), ...accounts]);
  return { ...observed, sharing, snapshotAccounts: Object.fromEntries(entries) };
}
