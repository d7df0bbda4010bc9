import type { Hold } from './hold.ts';
import type { Removal } from './removal.ts';

/** The time from which a look counts: an answer that was lost before it has taken effect by then. */
export interface CleanUp {
  /** The execution that undoes the build. */
  as: string;
  /** When it began to, or was redriven. ISO 8601. */
  began: string;
  settleSeconds: number;
  /** The instance that stays for a person to look at. */
  held?: Hold | undefined;
}

/** `settling.json`: the places of a failed build that a clean-up need not look at again for now. */
export interface Settling extends Pick<CleanUp, 'as' | 'began'> {
  /** By place: when the last look began, if it left nothing there. ISO 8601. */
  quiet: Record<string, string>;
}

const settledAt = ({ began, settleSeconds }: CleanUp) => new Date(began).getTime() + settleSeconds * 1000;

/** Whether every lost answer has taken effect, so that what a look does not show is not there. */
export const hasSettled = (cleanUp: CleanUp, now: Date): boolean => now.getTime() >= settledAt(cleanUp);

/** What this clean-up knows already. The looks of another clean-up, or from before a redrive, do not count. */
export const settlingOf = (known: Settling | undefined, { as, began }: CleanUp): Settling =>
  known?.as === as && known.began === began ? known : { as, began, quiet: {} };

/**
 * The places to look at now. Until the build has settled, a place where nothing was left is not looked at again. Afterwards
 * every place gets a look that counts, so that an AMI or a snapshot that comes to light late is found.
 */
export function placesToSee(places: string[], { quiet }: Settling, cleanUp: CleanUp, now: Date): string[] {
  return places.filter((place) => {
    const seen = quiet[place];
    if (seen === undefined) return true;
    return hasSettled(cleanUp, now) && new Date(seen).getTime() < settledAt(cleanUp);
  });
}

/**
 * What is known after a look. Images that the build keeps are looked at every time, and so are places where AWS refused
 * something, because the last look's answer is what people are told.
 */
export function settlingAfter(before: Settling, looks: [place: string, removal: Removal][], now: Date): Settling {
  const quiet = { ...before.quiet };
  for (const [place, { left, refused, kept }] of looks) {
    if (left.length + refused.length + kept.length === 0) quiet[place] = now.toISOString();
    else delete quiet[place];
  }
  return { ...before, quiet };
}
