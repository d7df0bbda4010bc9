import { changeLines, changesOf, wantedOf, type Permissions } from '../distribute/permissions.ts';
import type { Move } from '../channel/channel-record.ts';
import type { Place } from '../distribute/place.ts';
import { snapshotsOf, type AmiDescription } from '../launch/source.ts';
import type { Target } from '../recipe/types.ts';
import type { Tags } from '../tags.ts';

/** A difference between a published image and what the pipeline and the recipe say of it, which somebody else has made. */
export interface Drift {
  recipe: string;
  region: string;
  /** The account of a copy. Absent in the pipeline's own. */
  account?: string;
  /** The AMI, the parameter of a channel, a launch template, or the role of another account. */
  what: string;
  /** What was expected and what was found. */
  says: string;
  /** What to do. */
  mend: string;
  /** AWS's whole answer. It differs each time, so drifts are compared without it. */
  detail?: string;
}

/** The document `drift.json` of a recipe: what the newest check of its published images found. */
export interface DriftReport {
  schema: 1;
  /** ISO 8601. */
  checkedAt: string;
  drifts: Drift[];
}

/** An image that a channel holds by the channel's last move, as EC2 shows it. */
export interface PublishedSeen extends Place {
  recipe: string;
  channel: string;
  /** The account of a copy. Absent in the pipeline's own. */
  account?: string;
  ami: string;
  build: string;
  /** Tags that the pipeline gave it. */
  tags: Tags;
  /** The deployed recipe's target. Absent if the place is no target any more: then anybody may use the image. */
  target?: Target | undefined;
  image: AmiDescription | undefined;
  permissions?: Permissions | undefined;
  /** The account that owns the image. */
  owner: string;
}

/** Where a drift is. */
const placeOf = ({ recipe, region, account }: Pick<PublishedSeen, 'recipe' | 'region' | 'account'>) => ({
  recipe,
  region,
  ...(account !== undefined && { account }),
});

function stateDrift({ ami, image }: PublishedSeen): string | undefined {
  if (!image) return `${ami} was deregistered`;
  return image.state === 'available' ? undefined : `${ami} is ${image.state}, not available`;
}

function tagDrifts({ ami, tags, image }: PublishedSeen): string[] {
  const found = image?.tags ?? {};
  const changed = Object.entries(tags).filter(([key, value]) => found[key] !== value);
  const says = (key: string, value: string) =>
    `the tag ${key} of ${ami} is ${found[key] === undefined ? 'gone' : `"${found[key]}"`}, and was "${value}"`;
  return [
    ...changed.map(([key, value]) => says(key, value)),
    ...('golden:expires' in found ? [`${ami} carries golden:expires, by which a sweep may remove it`] : []),
  ];
}

/** Every drift of a published image: gone, disabled, tagged otherwise, shared otherwise. */
export function imageDrifts(seen: PublishedSeen): Drift[] {
  const { recipe, channel, ami, image, target, permissions, owner, build } = seen;
  const drift = (says: string, mend: string): Drift => ({ ...placeOf(seen), what: ami, says, mend });
  const state = stateDrift(seen);
  if (state !== undefined) return [drift(state, `golden rollback ${recipe} --channel ${channel}`)];
  const snapshots = snapshotsOf(image);
  const changes = target && permissions && changesOf({ snapshots }, wantedOf(target), owner, permissions);
  return [
    ...tagDrifts(seen).map((says) => drift(says, `set the tags of ${ami} as the plan of ${build} says`)),
    ...(changes ? changeLines(ami, changes) : []).map((line) =>
      drift(`the recipe would ${line}`, `golden share ${recipe} --apply`),
    ),
  ];
}

type PublishedPlace = Pick<PublishedSeen, 'recipe' | 'channel' | 'build' | 'region' | 'account' | 'ami'>;

const movesBack = ({ recipe, channel, build }: PublishedPlace): string =>
  `golden rollback ${recipe} --channel ${channel} --to ${build}`;

/** The drift of a channel's parameter in one place. Empty if it holds what the channel's last move wrote. */
export function parameterDrifts(place: PublishedPlace, parameter: string, found: string | undefined): Drift[] {
  const { ami, build } = place;
  if (found === ami) return [];
  const says = `${parameter} holds ${found ?? 'nothing'}, and its last move wrote ${ami} of ${build}`;
  return [{ ...placeOf(place), what: parameter, says, mend: movesBack(place) }];
}

/**
 * The drift of a launch template whose default version is to hold the image.
 * @param found The image of the default version. Undefined if the template is gone, or its default version names no image.
 */
export function templateDrifts(place: PublishedPlace, template: string, found: string | undefined): Drift[] {
  const { ami, build } = place;
  if (found === ami) return [];
  const says = `the default version of ${template} has ${found ?? 'no image'}, and the channel has ${ami} of ${build}`;
  return [{ ...placeOf(place), what: template, says, mend: movesBack(place) }];
}

/** An account that does not let the pipeline look at its copies. They may differ in anything. */
export const unseenDrift = (
  place: Pick<PublishedSeen, 'recipe' | 'region' | 'account'>,
  role: string,
  { code, message }: { code: string | undefined; message: string },
): Drift => ({
  ...placeOf(place),
  what: role,
  says: `the copies could not be looked at: ${role} answered ${code ?? 'nothing'}`,
  mend: 'look at the role: infrastructure/examples/copy-target-role.yml has its policy and its trust',
  detail: message,
});

// A build that died is undone within minutes. After this time, nobody will.
const undoSeconds = 2 * 3600;

/** Whether a move, or the undoing of one, may be changing a channel right now, so that a difference is no drift. */
export const isMoving = (
  underway: Move | undefined,
  mover: 'runs' | 'dead' | 'complete' | undefined,
  now: Date,
): boolean =>
  underway !== undefined &&
  mover !== 'complete' &&
  (mover === 'runs' || now.getTime() - Date.parse(underway.at) < undoSeconds * 1000);
