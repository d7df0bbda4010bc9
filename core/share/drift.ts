import { changeLines, changesOf, wantedOf, type Permissions } from '../distribute/permissions.ts';
import type { Move } from '../channel/channel-record.ts';
import type { Place } from '../distribute/place.ts';
import type { AmiDescription } from '../launch/source.ts';
import type { Target } from '../recipe/types.ts';
import type { Tags } from '../tags.ts';

/** A difference between a published image and what the pipeline and the recipe say of it, which somebody else has made. */
export interface Drift {
  recipe: string;
  region: string;
  /** The AMI, or the parameter of a channel. */
  what: string;
  /** What was expected and what was found. */
  says: string;
  /** What to do. */
  mend: string;
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
  ami: string;
  build: string;
  /** Tags that the pipeline gave it. */
  tags: Tags;
  /** The deployed recipe's target. Absent if the place is no target any more: then anybody may use the image. */
  target?: Target | undefined;
  image: AmiDescription | undefined;
  permissions?: Permissions | undefined;
  /** The account of the pipeline. */
  owner: string;
}

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
  const { recipe, channel, region, ami, image, target, permissions, owner, build } = seen;
  const drift = (says: string, mend: string): Drift => ({ recipe, region, what: ami, says, mend });
  const state = stateDrift(seen);
  if (state !== undefined) return [drift(state, `golden rollback ${recipe} --channel ${channel}`)];
  const snapshots = (image?.disks ?? []).flatMap(({ snapshot }) => snapshot ?? []);
  const changes = target && permissions && changesOf({ snapshots }, wantedOf(target), owner, permissions);
  return [
    ...tagDrifts(seen).map((says) => drift(says, `set the tags of ${ami} as the plan of ${build} says`)),
    ...(changes ? changeLines(ami, changes) : []).map((line) =>
      drift(`the recipe would ${line}`, `golden share ${recipe} --apply`),
    ),
  ];
}

/** The drift of a channel's parameter in one region. Empty if it holds what the channel's last move wrote. */
export function parameterDrifts(
  { recipe, channel, build }: Pick<PublishedSeen, 'recipe' | 'channel' | 'build'>,
  parameter: string,
  { region, ami }: { region: string; ami: string },
  found: string | undefined,
): Drift[] {
  if (found === ami) return [];
  const says = `${parameter} holds ${found ?? 'nothing'}, and its last move wrote ${ami} of ${build}`;
  return [
    { recipe, region, what: parameter, says, mend: `golden rollback ${recipe} --channel ${channel} --to ${build}` },
  ];
}

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

const keyOfDrift = ({ region, what, says }: Drift): string => JSON.stringify([region, what, says]);

/** The drifts that another list does not have. */
export function newDrifts(drifts: Drift[], known: Drift[]): Drift[] {
  const keys = new Set(known.map(keyOfDrift));
  return drifts.filter((one) => !keys.has(keyOfDrift(one)));
}

/** The drifts that two looks have in common. What EC2 shows late, or somebody is changing now, is in one of them only. */
export function lastingDrifts(first: Drift[], second: Drift[]): Drift[] {
  const keys = new Set(first.map(keyOfDrift));
  // An image that two channels hold is seen twice.
  const seen = new Map(second.map((one) => [keyOfDrift(one), one]));
  return [...seen].filter(([key]) => keys.has(key)).map(([, one]) => one);
}

const mostTold = 50;

/** The mail about new drifts. */
export function driftMail(drifts: Drift[], deployment: string): { subject: string; text: string } {
  const recipes = [...new Set(drifts.map(({ recipe }) => recipe))];
  const subject = `${deployment}: published images of ${recipes.join(', ')} were changed`.slice(0, 99).trimEnd();
  const told = drifts
    .slice(0, mostTold)
    .map(({ recipe, region, says, mend }) => `${recipe} in ${region}: ${says}\n  to mend it: ${mend}`);
  const more = drifts.length > mostTold ? [`and ${drifts.length - mostTold} more, in drift.json of the recipes`] : [];
  const intro = 'Somebody else than the pipeline changed these, or a changed recipe was deployed and not applied yet.';
  return { subject, text: `${[intro, ...told, ...more].join('\n\n')}\n` };
}
