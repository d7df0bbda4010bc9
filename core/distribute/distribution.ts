import { clientToken } from '../build/identity.ts';
import { Failure } from '../errors.ts';
import type { Plan } from '../build/plan.ts';
import { accountCopiesOf, targetName } from '../accounts/account-copies.ts';
import { copyTag, inPlace, isSamePlace, placeName, type Place } from './place.ts';
import type { Target } from '../recipe/types.ts';
import type { Tags } from '../tags.ts';

/** The outcome for one target after Copy and Grant. After Verify it is what was found for one target. */
export interface TargetResult extends Place {
  ami?: string | undefined;
  snapshots?: string[] | undefined;
  /** When EC2 had completed its last snapshot, ISO 8601. Absent where EC2 does not tell. */
  completedAt?: string | undefined;
  error?: string | undefined;
}

export function targetIn(plan: Plan, place: Place): Target {
  const target = inPlace(plan.document.distribute, place);
  if (!target)
    throw new Failure('StageInputInvalid', `${placeName(place)} is no target of ${plan.recipe} ${plan.build}`);
  return target;
}

/** The image is made in the pipeline's region, so its own target there needs no copy. A target that is added later always does. */
export const needsCopy = (
  { region, adds }: Pick<Plan, 'region' | 'adds'>,
  place: Place & { account?: string },
): boolean =>
  place.account !== undefined ||
  !isSamePlace(place, { region }) ||
  (adds !== undefined && inPlace(adds.targets, place) !== undefined);

/** The AMIs of a build in one place, among those of its region. */
export const imagesIn = <T extends { tags: Tags }>(images: T[], { id }: Pick<Place, 'id'>): T[] =>
  images.filter(({ tags }) => tags[copyTag] === id);

/**
 * The copy that is there already, among a build's images in one place.
 * @throws TwinFound if there are several.
 */
export function existingCopy<T extends { ami: string; state: string }>(
  images: T[],
  where: string,
  { image }: Plan,
): T | undefined {
  const usable = images.filter(({ state }) => /^(pending|available)$/.test(state));
  if (usable.length <= 1) return usable[0];
  const ids = usable.map(({ ami }) => ami).join(', ');
  throw new Failure(
    'TwinFound',
    `${ids} in ${where} all claim to be ${image}; deregister all but one, then start the build again`,
  );
}

/**
 * `generation` counts this build's failed copies in the place, or says that the copy races a slow one. EC2 would answer a used
 * token with the copy of that token.
 */
export const copyToken = (plan: Plan, place: Place, ami: string, generation: number | 'rival'): string =>
  clientToken(plan.recipe, plan.build, placeName(place), ami, generation, plan.resumedAt);

const shown = 5;

/** Shortens a list for a message: a thousand accounts must not push a failure over Step Functions' limits. */
export const fewOf = (list: string[], separator: string): string =>
  list.length <= shown
    ? list.join(separator)
    : `${list.slice(0, shown).join(separator)}${separator}and ${list.length - shown} more`;

/** Refuses to publish an incomplete build. @throws TargetsIncomplete naming each required target that is wrong, and why. */
export function refuseIncomplete(plan: Plan, results: (TargetResult & { account?: string })[]): void {
  const { document } = plan;
  const all = [...document.distribute, ...accountCopiesOf(document)];
  const required = new Set(all.filter((target) => target.required).map(targetName));
  const wrong = results.filter((one) => one.error !== undefined && required.has(targetName(one)));
  if (wrong.length === 0) return;
  const list = wrong.map((one) => `${targetName(one)}: ${(one.error ?? '').slice(0, 400)}`).join('\n');
  throw new Failure(
    'TargetsIncomplete',
    `${wrong.length} of ${required.size} required targets of ${plan.image} not right, so nothing is published:\n${list}`,
  );
}
