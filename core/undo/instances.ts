import { isOfHold } from './hold.ts';
import type { UndoScope } from './scope.ts';
import { hasEnded, isAttached, type Kind, type Thing } from './things.ts';

/** The removal of a thing, or why it does not go. `after`: things that must go first. */
export type RemovalAction =
  | { do: 'terminate' | 'deregister' | 'delete'; region: string; thing: Thing; after: Thing[] }
  /** The thing is about to go. */
  | { do: 'wait'; region: string; thing: Thing; after: Thing[] }
  /** The thing cannot go, and a person must know. */
  | { do: 'leave'; region: string; what: string; why: string };

interface Seen {
  things: Thing[];
  /** Looks that AWS refused, with its answer. */
  unseen: { of: string; region: string; answer: string }[];
}

/** Instances go, and then the volumes that they leave behind. */
export function decideInstances(scope: Pick<UndoScope, 'held'>, { things, unseen }: Seen): RemovalAction[] {
  const blind = (kind: Kind) =>
    unseen
      .filter(({ of }) => of === kind)
      .map(({ region, answer }): RemovalAction => ({ do: 'leave', region, what: `${kind}s`, why: answer }));
  // Without the instances nobody knows whether a volume is about to come free.
  const unknown = blind('instance');
  if (unknown.length > 0) return unknown;
  const left = things.filter((thing) => !hasEnded(thing) && !isOfHold(scope.held, thing));
  const going = left.filter(({ kind }) => kind === 'instance');
  const volumes = left.filter(({ kind }) => kind === 'volume');
  return [
    ...going.map((thing): RemovalAction => {
      const dying = thing.state === 'shutting-down';
      return { do: dying ? 'wait' : 'terminate', region: thing.region, thing, after: [] };
    }),
    ...blind('volume'),
    ...volumes.map((thing): RemovalAction => {
      const after = going.filter(({ id }) => id === thing.instance);
      return { do: isAttached(thing) ? 'wait' : 'delete', region: thing.region, thing, after };
    }),
  ];
}
