import type { ArchivePlan } from '../../core/archive/archive-plan.ts';
import { restoredFrom, restoredName } from '../../core/archive/archive-record.ts';
import { Failure } from '../../core/errors.ts';
import type { AmiDescription } from '../../core/launch/source.ts';
import { buildTags, keptTag, madeBy, type Tags } from '../../core/tags.ts';
import type { Connection } from '../connection.ts';
import { deregisterWithSnapshots } from '../images/lifecycle.ts';
import { findOwnImages } from '../images/own-images.ts';
import { deleteSnapshot, findSnapshots } from '../images/snapshots.ts';

/** The tags of a restored AMI and of its snapshots. golden:kept keeps the sweep and the policies of recipes away from them. */
export const restoredTags = (plan: ArchivePlan): Tags => ({
  Name: restoredName(plan),
  ...buildTags(plan, 'image'),
  [keptTag]: restoredFrom(plan),
});

/**
 * The AMI that was restored, or is being restored, from the object. The name acts as the token.
 * @throws TwinFound if something else has the name.
 */
export async function findRestored(aws: Connection, plan: ArchivePlan): Promise<AmiDescription | undefined> {
  const name = restoredName(plan);
  const [first, ...others] = await findOwnImages(aws, aws.region, name);
  const isOurs = (image: AmiDescription) => madeBy(plan, image.tags) && image.tags[keptTag] === restoredFrom(plan);
  if (!first || (others.length === 0 && isOurs(first))) return first;
  const ids = [first, ...others].map(({ ami }) => ami).join(', ');
  throw new Failure(
    'TwinFound',
    `the name ${name} in ${aws.region} is taken by ${ids}, not (only) by an image restored from ${restoredFrom(plan)}; look at their tags before deregistering any`,
  );
}

/** Removes a restored AMI with its snapshots. Safe to repeat. @returns what was removed. @throws AwsTransient while EC2 holds a snapshot */
export async function removeRestoredImage(aws: Connection, plan: ArchivePlan): Promise<string[]> {
  const image = await findRestored(aws, plan);
  if (image) await deregisterWithSnapshots(aws, aws.region, image.ami, true);
  const snapshots = (await findSnapshots(aws, aws.region, plan)).filter(
    ({ tags }) => tags[keptTag] === restoredFrom(plan),
  );
  const held: string[] = [];
  for (const { snapshot } of snapshots) if (!(await deleteSnapshot(aws, aws.region, snapshot))) held.push(snapshot);
  if (held.length > 0)
    throw new Failure('AwsTransient', `EC2 in ${aws.region} says that an AMI still needs ${held.join(', ')}`);
  const disks = image?.disks.flatMap(({ snapshot }) => snapshot ?? []) ?? [];
  return [...(image ? [image.ami] : []), ...new Set([...disks, ...snapshots.map(({ snapshot }) => snapshot)])];
}
