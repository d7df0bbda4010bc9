import { fewOf, type TargetResult } from './distribution.ts';
import { because, lastingWrongs, type ImageObserved, type Wrong } from './lasting.ts';
import { everyone, permissionChange, listedUsers, type Users } from './permissions.ts';
import { Failure } from '../errors.ts';
import { imageTags } from './image-name.ts';
import type { Plan } from '../build/plan.ts';
import { isRegistered } from '../launch/registrable.ts';
import type { AmiDescription } from '../launch/source.ts';
import type { Target } from '../recipe/types.ts';
import { expiresTag, madeBy } from '../tags.ts';

export interface TargetObserved extends ImageObserved {
  /** Who may launch the AMI. */
  users: Users;
  /** Who may make volumes from each snapshot, by snapshot id. */
  snapshotUsers: Record<string, Users>;
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
  for (const words of registeredWrongs(plan, image)) says(words, true);
  const wanted = Object.entries(imageTags(plan, target)).filter(([key]) => !/^golden:(recipe|build|role)$/.test(key));
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

/** What RegisterImage was asked for and the image lacks. CreateImage takes all this from the source by itself. */
function registeredWrongs({ document, source }: Plan, { ami, bootMode, tpm, ena }: AmiDescription): string[] {
  if (!isRegistered(document)) return [];
  const mode = (one = 'the mode of the instance type') => one;
  return [
    ...(bootMode === source.bootMode
      ? []
      : [`${ami} boots by ${mode(bootMode)}, its source by ${mode(source.bootMode)}`]),
    ...((tpm ?? false) === (source.tpm ?? false) ? [] : [`${ami} and its source differ in needing a NitroTPM`]),
    ...(source.ena === false || ena !== false ? [] : [`${ami} is not enabled for ENA, its source is`]),
  ];
}

/**
 * Permissions that the recipe names and EC2 does not show, and those that EC2 shows and the recipe does not name. A public image
 * of a build that was started again may be seen late: GrantPermissions has revoked what an earlier execution left.
 */
function permissionWrongs(plan: Plan, what: string, wanted: Users, found: Users): Wrong[] {
  const { add, remove } = permissionChange(wanted, found, plan.account);
  const lasts = plan.resumedAt === undefined && { forGood: true };
  return [
    ...remove.map((user): Wrong => {
      if (user !== everyone) return { says: `${what} is shared with ${user}, and the recipe does not say so` };
      const may = what.startsWith('snap-') ? 'read' : 'launch';
      return { says: `${what} is public: everyone may ${may} it, and the recipe does not say so`, ...lasts };
    }),
    ...add.map((user): Wrong => ({ says: `${what} is not shared with ${user}` })),
  ];
}

/** Every difference between a target and the recipe. Empty means that the target may be published. */
export function targetWrongs(plan: Plan, target: Target, observed: TargetObserved): Wrong[] {
  const { image, users, snapshotUsers } = observed;
  const wrongs = imageWrongs(plan, target, observed);
  if (!image) return wrongs;
  wrongs.push(...permissionWrongs(plan, image.ami, listedUsers(target), users));
  for (const { snapshot } of image.disks)
    if (snapshot) wrongs.push(...permissionWrongs(plan, snapshot, target.accounts, snapshotUsers[snapshot] ?? []));
  return wrongs;
}

/** What a copy has not inherited of the image that it was made of. Neither can be changed afterwards. */
export function inheritedWrongs(first: AmiDescription | undefined, image: AmiDescription | undefined): Wrong[] {
  if (!first || !image) return [];
  const modeOf = ({ bootMode = 'the mode of the instance type' }: AmiDescription) => bootMode;
  const wrong = (says: string): Wrong => ({ says: `${image.ami} ${says}`, forGood: true });
  return [
    ...(first.bootMode === image.bootMode
      ? []
      : [wrong(`boots by ${modeOf(image)}, and ${first.ami} by ${modeOf(first)}`)]),
    ...(first.tpm && !image.tpm ? [wrong(`needs no NitroTPM, and ${first.ami} needs one`)] : []),
  ];
}

/** What Verify found of a target. `hopeless`: it can never become right. */
export function judged(wrongs: Wrong[], found: TargetResult): { hopeless: boolean; result: TargetResult } {
  const hopeless = wrongs.filter(({ forGood }) => forGood);
  const told = (hopeless.length > 0 ? hopeless : wrongs).map(({ says }) => says);
  return { hopeless: hopeless.length > 0, result: told.length > 0 ? { ...found, error: fewOf(told, '; ') } : found };
}

/** @throws TargetsIncomplete where a difference is permanent, so that waiting cannot help. */
export function refuseHopeless(wrongs: Wrong[]): void {
  const hopeless = wrongs.filter(({ forGood }) => forGood).map(({ says }) => says);
  if (hopeless.length > 0) throw new Failure('TargetsIncomplete', fewOf(hopeless, '; '));
}
