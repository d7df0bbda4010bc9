import { expiresTag } from '../tags.ts';
import type { KeptImage } from './kept.ts';
import { thingName, type UndoAction } from './undo.ts';

/**
 * The result of one look at a build, in words: the things just removed, the things left, the things that AWS refused to remove,
 * and the images kept.
 */
export interface Removal {
  removed: string[];
  /** Includes the things that AWS was too busy to remove. */
  left: string[];
  refused: string[];
  kept: KeptImage[];
  /** The answers of AWS when it was too busy. The next look tries again. */
  busy: string[];
}

/**
 * AWS's answer to an action. `not yet`: an AMI still needs the snapshot. `nothing`: there was nothing to do. `busy`: AWS asks us
 * to try again later.
 */
export type RemovalAnswer = 'done' | 'not yet' | 'nothing' | { refused: string } | { busy: string };

/** The result of a look that removed nothing. */
export const nothingRemoved: Removal = { removed: [], left: [], refused: [], kept: [], busy: [] };

/** A look that AWS was too busy to answer. */
export const unseen = (answer: string): Removal => ({ ...nothingRemoved, left: [answer], busy: [answer] });

/** Refuses an action on a thing if AWS refused to remove another thing that uses it. */
export function heldBy(action: UndoAction, staying: ReadonlySet<string>): RemovalAnswer | undefined {
  const holder = 'after' in action && action.after.find(({ id }) => staying.has(id));
  return holder ? { refused: `${holder.id} needs it` } : undefined;
}

/** The name of what an action is about, for an action that was not carried out. */
function subjectOf(action: UndoAction): string {
  if (action.do === 'restore') return `${action.parameter} in ${action.region}`;
  if (action.do === 'revoke') return `permissions of ${action.id} in ${action.region}`;
  if (action.do === 'default') return `default version of ${action.template} in ${action.region}`;
  if (action.do === 'unversion') return `version ${action.version} of ${action.template} in ${action.region}`;
  if (action.do === 'unmark') return `watermark of ${action.image.id} in ${action.region}`;
  if (action.do === 'keep') return `expiry of ${action.image.id} in ${action.region}`;
  return action.do === 'leave' ? action.what : thingName(action.thing);
}

const pasts = { terminate: 'terminated', deregister: 'deregistered', delete: 'deleted', cancel: 'cancelled' };

/** An action that AWS refused or was too busy to carry out. */
function notCarriedOut(action: UndoAction, answer: { refused: string } | { busy: string }): Removal {
  if ('refused' in answer) return { ...nothingRemoved, refused: [`${subjectOf(action)}: ${answer.refused}`] };
  return { ...nothingRemoved, left: [`${subjectOf(action)}: ${answer.busy}`], busy: [answer.busy] };
}

/** Puts an action and AWS's answer in words. */
export function removalOf(action: UndoAction, answer: RemovalAnswer): Removal {
  if (action.do === 'keep') {
    const { region, image, until } = action;
    const expires = typeof answer === 'object' ? (image.tags[expiresTag] ?? null) : until;
    const kept = [{ region, ami: image.id, snapshots: image.snapshots, expires }];
    return { ...(typeof answer === 'object' ? notCarriedOut(action, answer) : nothingRemoved), kept };
  }
  if (typeof answer === 'object') return notCarriedOut(action, answer);
  if (action.do === 'leave') return { ...nothingRemoved, refused: [`${action.what}: ${action.why}`] };
  if (action.do === 'revoke') {
    const removed = answer === 'done' ? [`took back the permissions of ${action.id} in ${action.region}`] : [];
    return { ...nothingRemoved, removed };
  }
  if (action.do === 'restore') {
    const { ami, parameter, region } = action;
    const removed =
      ami === undefined ? `deleted ${parameter} in ${region}` : `restored ${parameter} = ${ami} in ${region}`;
    return { ...nothingRemoved, removed: [removed], left: [`${parameter} in ${region} (just restored)`] };
  }
  if (action.do === 'unmark') {
    const { image, region, watermark } = action;
    const removed = [`took the watermark ${watermark} from ${image.id} in ${region}`];
    return { ...nothingRemoved, removed, left: [`watermark of ${image.id} in ${region} (just removed)`] };
  }
  if (action.do === 'default' || action.do === 'unversion') {
    const { version, template, region } = action;
    const removed =
      action.do === 'default'
        ? `restored the default version ${version} of ${template} in ${region}`
        : `deleted version ${version} of ${template} in ${region}`;
    return { ...nothingRemoved, removed: [removed], left: [`${template} in ${region} (just restored)`] };
  }
  const { thing } = action;
  const name = thingName(thing);
  if (action.do === 'wait') return { ...nothingRemoved, left: [`${name} (${thing.state})`] };
  if (answer === 'not yet') return { ...nothingRemoved, left: [`${name} (in use)`] };
  const removed = [`${pasts[action.do]} ${name}`];
  // EC2 takes a while to remove everything but a snapshot.
  const state = thing.kind === 'image' ? 'just deregistered' : thing.state;
  return { ...nothingRemoved, removed, left: thing.kind === 'snapshot' ? [] : [`${name} (${state})`] };
}

export const together = (removals: Removal[]): Removal => ({
  removed: removals.flatMap(({ removed }) => removed),
  left: removals.flatMap(({ left }) => left),
  refused: removals.flatMap(({ refused }) => refused),
  kept: removals.flatMap(({ kept }) => kept),
  busy: removals.flatMap(({ busy }) => busy),
});
