import { diskWrongs } from './disk-wrongs.ts';
import { needsCopy } from './distribution.ts';
import { imageNameIn } from './image-name.ts';
import { imageDisks } from '../launch/disks.ts';
import { isAlias, isKey, managedAlias, showKey, type KeySeen } from '../launch/keys.ts';
import type { Plan } from '../build/plan.ts';
import type { Target } from '../recipe/types.ts';
import type { AmiDescription } from '../launch/source.ts';
import type { Tags } from '../tags.ts';

/** A snapshot as EC2 describes it. */
interface SnapshotObserved {
  state: string;
  stateReason?: string | undefined;
  /** ARN of the KMS key. Absent where the snapshot is not encrypted. */
  keyArn?: string | undefined;
  /** ISO 8601. Absent until it is completed, and where EC2 does not tell. */
  completedAt?: string | undefined;
  tags: Tags;
}

/** The parts of an available image that never change. */
export type LastingImage = Pick<AmiDescription, 'ami' | 'name' | 'architecture' | 'disks' | 'ephemeral'>;

/** An available image as the state that waited for it hands it on. */
export type ReadyImage = LastingImage & Pick<AmiDescription, 'imdsV2'>;

// Step Functions limits the size of a state, and a build can have sixty targets.
const mostDisks = 4;

/** The parts of an available image that later states need. Undefined if they are too many to hand on. */
export const readyImage = ({
  ami,
  name,
  architecture,
  imdsV2,
  disks,
  ephemeral,
}: AmiDescription): ReadyImage | undefined =>
  disks.length > mostDisks ? undefined : { ami, name, architecture, imdsV2, disks, ...(ephemeral && { ephemeral }) };

/** What EC2 and KMS report about an image in a target region. */
export interface ImageObserved<Image = AmiDescription> {
  image: Image | undefined;
  /** Snapshots by id. A snapshot that EC2 does not show, or not yet, is absent. */
  snapshots: Record<string, SnapshotObserved>;
  /** What KMS reports about the keys of `keysToSee`, by name. */
  keys: Record<string, KeySeen>;
}

/** When EC2 had completed the last snapshot of an image. Undefined if EC2 does not tell it of every snapshot. */
export function completionOf({ snapshots }: Pick<ImageObserved, 'snapshots'>): string | undefined {
  const times = Object.values(snapshots).map(({ completedAt }) => completedAt);
  return times.includes(undefined)
    ? undefined
    : times.reduce((last, time) => ((time ?? '') > (last ?? '') ? time : last), undefined);
}

/** A difference between a target and the recipe. */
export interface Wrong {
  says: string;
  /** The difference is permanent. Any other may disappear, since EC2 is eventually consistent. */
  forGood?: boolean;
}

const isShared = ({ accounts, organizations, organizationalUnits, copyTo = [] }: Target) =>
  accounts.length + organizations.length + organizationalUnits.length + copyTo.length > 0;

/** The encryption that the recipe asks for on an image's disk: the builder's disk decides for the first AMI, the target for a
 * copy. */
function askedOf(plan: Plan, target: Target, device: string): { encrypted: boolean; key: string | undefined } {
  const disk = imageDisks(plan).find((one) => one.device === device);
  const key = needsCopy(plan, target) ? target.kmsKey : disk?.kmsKey;
  return { encrypted: disk?.encrypted === true || key !== undefined, key };
}

/** The names of the keys that KMS must describe before an image in a target can be judged. */
export function keysToSee(plan: Plan, target: Target, image: LastingImage): string[] {
  const asked = image.disks.flatMap(({ device }) => askedOf(plan, target, device).key ?? []);
  const encrypted = image.disks.some((disk) => disk.encrypted);
  return [...asked, ...(isShared(target) && encrypted ? [managedAlias] : [])];
}

/** Every way in which a target's snapshots are encrypted wrongly, or under a key that the image's users cannot use. */
export function encryptionWrongs(
  plan: Plan,
  target: Target,
  { image, snapshots, keys }: ImageObserved<LastingImage>,
): Wrong[] {
  const managed = keys[managedAlias];
  return (image?.disks ?? []).flatMap(({ device, snapshot = '', encrypted: isEncrypted }): Wrong[] => {
    const seen = snapshots[snapshot];
    // The AMI shows which disks are encrypted, but only the snapshots show their keys.
    if (!seen && isEncrypted) return [];
    const found = seen?.keyArn;
    const { encrypted, key } = askedOf(plan, target, device);
    const what = `${snapshot} (${device} of ${image?.ami})`;
    const wrong = (says: string): Wrong[] => [
      { says: `${what} ${says}; a snapshot keeps its key for good, so the recipe must be built again`, forGood: true },
    ];
    if (found === undefined)
      return encrypted ? wrong(`is not encrypted${key === undefined ? '' : `, though ${key} was asked for`}`) : [];
    if (key !== undefined && !isKey(found, key, keys[key])) {
      const asked = keys[key];
      // The key of an alias is unknown where KMS refuses the look, and waiting does not change the refusal.
      if (isAlias(key) && asked && 'refused' in asked) {
        const says = `KMS does not show whether ${key} encrypts ${what}; ${showKey}`;
        return [{ says: `${says}. It refused ${asked.refused}`, forGood: true }];
      }
      const which =
        asked && 'arn' in asked ? ` (${asked.arn})` : asked ? ` (which KMS does not show: ${asked.unseen})` : '';
      return wrong(`is encrypted with ${found}, not with ${key}${which} as asked`);
    }
    if (isShared(target) && isKey(found, managedAlias, managed))
      return wrong(`is shared but encrypted with the AWS-managed key ${found}, which nobody else can use`);
    return [];
  });
}

export const because = (reason: string | undefined) => (reason === undefined ? '' : `: ${reason}`);

/** Every permanent difference between an available image and the recipe, permissions aside. */
export function lastingWrongs(plan: Plan, target: Target, observed: ImageObserved<LastingImage>): Wrong[] {
  const { image, snapshots } = observed;
  if (!image) return [];
  const { ami, name, architecture, disks } = image;
  const called = imageNameIn(plan, target);
  const wrongs = name === called ? [] : [`${ami} is called ${name}, not ${called}`];
  if (architecture !== plan.source.architecture)
    wrongs.push(`${ami} is ${architecture}, its source is ${plan.source.architecture}`);
  wrongs.push(...diskWrongs(plan, image));
  for (const { device, snapshot = '' } of disks) {
    const { state, stateReason } = snapshots[snapshot] ?? {};
    if (state === 'error') wrongs.push(`${snapshot} (${device} of ${ami}) failed${because(stateReason)}`);
  }
  return [...encryptionWrongs(plan, target, observed), ...wrongs.map((says) => ({ says, forGood: true }))];
}
