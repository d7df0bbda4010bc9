import { hasEnded, type Thing } from './things.ts';

export type ImportAction =
  /** `after` is empty: nothing else uses an import. */
  | { do: 'cancel' | 'delete' | 'wait'; region: string; thing: Thing; after: Thing[] }
  /** EC2 does not show the imports, so a person must look at them. */
  | { do: 'leave'; region: string; what: string; why: string };

interface SeenImports {
  things: Thing[];
  unseen: { of: string; region: string; answer: string }[];
}

/**
 * An import that is under way is cancelled. EC2 gives the snapshot of an import no tags, so the snapshot of one that is complete is
 * known by its import alone, and goes with it.
 */
export const decideImports = ({ things, unseen }: SeenImports): ImportAction[] => [
  ...unseen.flatMap(({ of, region, answer }): ImportAction[] =>
    of === 'import' ? [{ do: 'leave', region, what: `imports in ${region}`, why: answer }] : [],
  ),
  ...things.flatMap((thing): ImportAction[] => {
    const { kind, region } = thing;
    return kind === 'import' && !hasEnded(thing) ? [{ do: nextOf(thing), region, thing, after: [] }] : [];
  }),
];

function nextOf({ state }: Thing): 'cancel' | 'delete' | 'wait' {
  if (state === 'completed') return 'delete';
  return state === 'deleting' ? 'wait' : 'cancel';
}
