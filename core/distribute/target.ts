import { fewOf, missing, type Shared } from './distribution.ts';
import { because, lastingWrongs, type ImageObserved, type Wrong } from './lasting.ts';
import { Failure } from '../errors.ts';
import { type Plan, imageTags } from '../build/plan.ts';
import type { Target } from '../recipe/types.ts';
import { expiresTag, madeBy } from '../tags.ts';

export interface TargetObserved extends ImageObserved {
  sharing: Shared;
  /** Accounts that may make volumes from each snapshot, by snapshot id. `all` means everyone. */
  snapshotAccounts: Record<string, string[]>;
}

/** Every difference between an image and the recipe, permissions aside. */
export function imageWrongs(plan: Plan, target: Target, observed: ImageObserved): Wrong[] {
  const { image, snapshots } = observed;
  if (!image) return [{ says: 'its AMI is not there' }];
  const { ami, state, stateReason, tags, disks } = image;
  const { description, image: settings } = plan.document;
  const wrongs = lastingWrongs(plan, target, observed);
  const says = (words: string, forGood = false) => void wrongs.push({ says: words, ...(forGood && { forGood }) });
  if (state !== 'available') says(`${ami} is ${state}${because(stateReason)}`, !/^(pending|transient)$/.test(state));
  if (description && image.description === undefined) says(`${ami} has no description, though the recipe gives one`);
  else if (description && image.description !== description)
    says(`${ami} is described as "${image.description}", not as the recipe says`);
  if (!madeBy(plan, tags)) says(`${ami} does not carry this build's tags`);
  if (tags[expiresTag] !== undefined) says(`${ami} still carries ${expiresTag}, by which a sweep would remove it`);
  if (settings.imds === 'v2' && !image.imdsV2) says(`${ami} does not demand IMDSv2`);
  const wanted = Object.entries(imageTags(plan)).filter(([key]) => !/^golden:(recipe|build|role)$/.test(key));
  for (const [key, value] of wanted) if (tags[key] !== value) says(`${ami} lacks the tag ${key}=${value}`);
  for (const { device, snapshot } of disks) {
    const seen = snapshots[snapshot ?? ''];
    if (!snapshot) says(`${ami} ${device} has no snapshot`);
    else if (!seen) says(`${snapshot} (${device} of ${ami}) is not there`);
    else if (seen.state === 'error') continue;
    else if (wanted.some(([key, value]) => seen.tags[key] !== value) || !madeBy(plan, seen.tags))
      says(`${snapshot} (${device} of ${ami}) does not carry the image's tags`);
  }
  return wrongs;
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
