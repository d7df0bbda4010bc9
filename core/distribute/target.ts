import { diskWrongs } from './disk-wrongs.ts';
import { imageDisks } from '../launch/disks.ts';
import { fewOf, missing, type Shared } from './distribution.ts';
import { Failure } from '../errors.ts';
import { isAlias, isKey, managedAlias, showKey, type KeySeen } from '../launch/keys.ts';
import { type Plan, imageTags } from '../build/plan.ts';
import type { Target } from '../recipe/types.ts';
import type { AmiDescription } from '../launch/source.ts';
import { expiresTag, madeBy, type Tags } from '../tags.ts';

/** A snapshot as EC2 describes it. */
export interface SnapshotObserved {
  state: string;
  stateReason?: string | undefined;
  /** ARN of the KMS key. Absent where the snapshot is not encrypted. */
  keyArn?: string | undefined;
  tags: Tags;
}

/** What EC2 and KMS report about an image in a target region. */
export interface ImageObserved {
  image: AmiDescription | undefined;
  /** Snapshots by id. A snapshot that EC2 does not show, or not yet, is absent. */
  snapshots: Record<string, SnapshotObserved>;
  /** What KMS reports about the keys of `keysToSee`, by name. */
  keys: Record<string, KeySeen>;
}

export interface TargetObserved extends ImageObserved {
  sharing: Shared;
  /** Accounts that may make volumes from each snapshot, by snapshot id. `all` means everyone. */
  snapshotAccounts: Record<string, string[]>;
}

/** A difference between a target and the recipe. */
export interface Wrong {
  says: string;
  /** The difference is permanent. Any other may disappear, since EC2 is eventually consistent. */
  forGood?: boolean;
}

const isShared = ({ accounts, organizations, organizationalUnits }: Target) =>
  accounts.length + organizations.length + organizationalUnits.length > 0;

/** The encryption that the recipe asks for on an image's disk: the builder's disk decides at home, the target elsewhere. */
function askedOf(plan: Plan, target: Target, device: string): { encrypted: boolean; key: string | undefined } {
  const disk = imageDisks(plan).find((one) => one.device === device);
  const key = target.region === plan.region ? disk?.kmsKey : target.kmsKey;
  return { encrypted: disk?.encrypted === true || key !== undefined, key };
}

/** The names of the keys that KMS must describe before an image in a target can be judged. */
export function keysToSee(plan: Plan, target: Target, image: AmiDescription): string[] {
  const asked = image.disks.flatMap(({ device }) => askedOf(plan, target, device).key ?? []);
  const encrypted = image.disks.some((disk) => disk.encrypted);
  return [...asked, ...(isShared(target) && encrypted ? [managedAlias] : [])];
}

/** Every way in which a target's snapshots are encrypted wrongly, or under a key that the image's users cannot use. */
export function encryptionWrongs(plan: Plan, target: Target, { image, snapshots, keys }: ImageObserved): Wrong[] {
  const managed = keys[managedAlias];
  return (image?.disks ?? []).flatMap(({ device, snapshot = '' }): Wrong[] => {
    const seen = snapshots[snapshot];
    if (!seen) return [];
    const { keyArn: found } = seen;
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

/** Every difference between an image and the recipe, permissions aside. */
export function imageWrongs(plan: Plan, target: Target, observed: ImageObserved): Wrong[] {
  const { image, snapshots } = observed;
  if (!image) return [{ says: 'its AMI is not there' }];
  const { ami, state, stateReason, tags, disks } = image;
  const { description, image: settings } = plan.document;
  const because = (reason: string | undefined) => (reason === undefined ? '' : `: ${reason}`);
  const wrongs: Wrong[] = [];
  const says = (words: string, forGood = false) => void wrongs.push({ says: words, ...(forGood && { forGood }) });
  if (state !== 'available') says(`${ami} is ${state}${because(stateReason)}`, !/^(pending|transient)$/.test(state));
  if (image.name !== plan.image) says(`${ami} is called ${image.name}, not ${plan.image}`, true);
  if (description && image.description === undefined) says(`${ami} has no description, though the recipe gives one`);
  else if (description && image.description !== description)
    says(`${ami} is described as "${image.description}", not as the recipe says`);
  if (image.architecture !== plan.source.architecture)
    says(`${ami} is ${image.architecture}, its source is ${plan.source.architecture}`, true);
  if (!madeBy(plan, tags)) says(`${ami} does not carry this build's tags`);
  if (tags[expiresTag] !== undefined) says(`${ami} still carries ${expiresTag}, by which a sweep would remove it`);
  if (settings.imds === 'v2' && !image.imdsV2) says(`${ami} does not demand IMDSv2`);
  const wanted = Object.entries(imageTags(plan)).filter(([key]) => !/^golden:(recipe|build|role)$/.test(key));
  for (const [key, value] of wanted) if (tags[key] !== value) says(`${ami} lacks the tag ${key}=${value}`);
  for (const wrong of diskWrongs(plan, image)) says(wrong, true);
  for (const { device, snapshot } of disks) {
    const seen = snapshots[snapshot ?? ''];
    if (!snapshot) says(`${ami} ${device} has no snapshot`);
    else if (!seen) says(`${snapshot} (${device} of ${ami}) is not there`);
    else if (seen.state === 'error') says(`${snapshot} (${device} of ${ami}) failed${because(seen.stateReason)}`, true);
    else if (wanted.some(([key, value]) => seen.tags[key] !== value) || !madeBy(plan, seen.tags))
      says(`${snapshot} (${device} of ${ami}) does not carry the image's tags`);
  }
  return [...encryptionWrongs(plan, target, observed), ...wrongs];
}

/** Every difference between a target and the recipe. Empty means that the target may be published. */
export function targetWrongs(plan: Plan, target: Target, observed: TargetObserved): Wrong[] {
  const { image, sharing, snapshotAccounts } = observed;
  const wrongs = imageWrongs(plan, target, observed);
  if (!image) return wrongs;
  // The pipeline makes nothing public, and removes no permission that somebody else gave.
  const isPublic = (what: string): Wrong => ({ says: `${what}, and the recipe does not say so`, forGood: true });
  if (sharing.everyone) wrongs.push(isPublic(`${image.ami} is public: everyone may launch it`));
  const unshared = missing(target, sharing);
  for (const one of [...unshared.accounts, ...unshared.organizations, ...unshared.organizationalUnits])
    wrongs.push({ says: `${image.ami} is not shared with ${one}` });
  for (const { snapshot } of image.disks) {
    if (!snapshot) continue;
    const allowed = new Set(snapshotAccounts[snapshot]);
    if (allowed.has('all')) wrongs.push(isPublic(`${snapshot} is public: everyone may read it`));
    for (const account of target.accounts)
      if (!allowed.has(account)) wrongs.push({ says: `${snapshot} is not shared with ${account}` });
  }
  return wrongs;
}

/** @throws TargetsIncomplete where a difference is permanent, so that waiting cannot help. */
export function refuseHopeless(wrongs: Wrong[]): void {
  const hopeless = wrongs.filter(({ forGood }) => forGood).map(({ says }) => says);
  if (hopeless.length > 0) throw new Failure('TargetsIncomplete', fewOf(hopeless, '; '));
}
