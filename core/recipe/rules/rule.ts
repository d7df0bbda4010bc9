import type {
  Builder,
  Check,
  ImageSettings,
  Publish,
  Recipe,
  Retire,
  Source,
  Step,
  Target,
  Triggers,
} from '../types.ts';

export type Path = (string | number)[];

/**
 * The well-formed parts of a recipe. A part with problems of its own is undefined. The rules can still judge the rest, so that a
 * reader gets all problems at once.
 */
export interface SoundParts {
  name?: string;
  source?: Source;
  builder?: Builder;
  env?: Record<string, string>;
  provision: (Step | undefined)[];
  checks: (Check | undefined)[];
  image?: ImageSettings;
  distribute: (Target | undefined)[];
  completeWithin?: string;
  onFailure?: Recipe['onFailure'];
  holdFor?: string;
  publish?: Publish;
  triggers?: Triggers;
  retire?: Retire;
}

/** What the rules need to judge a recipe, beside the recipe. */
export interface RuleContext {
  scripts: Record<string, string>;
  /** Whether the document has a key at all, even with a wrong value. */
  stated: (path: Path) => boolean;
  /** The region the pipeline runs in, where it is known. */
  home?: string;
}

export interface Rule {
  /** The rule in words, for docs/recipe.md. */
  says: string;
  look(parts: SoundParts, report: (path: Path, message: string) => void, around: RuleContext): void;
}

/** The defined entries of a list, with their index. */
export const sound = <T>(list: (T | undefined)[]): [number, T][] =>
  [...list.entries()].filter((entry): entry is [number, T] => entry[1] !== undefined);

/** Entries that repeat the key of an earlier entry, with that entry's index. */
export function repeats<T>(
  list: [number, T][],
  keyOf: (entry: T) => string | undefined,
): [index: number, first: number, entry: T][] {
  const seen = new Map<string, number>();
  return list.flatMap(([index, entry]) => {
    const key = keyOf(entry);
    if (key === undefined) return [];
    const first = seen.get(key);
    if (first === undefined) seen.set(key, index);
    return first === undefined ? [] : [[index, first, entry] as [number, number, T]];
  });
}
