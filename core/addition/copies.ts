import {
  accountCopiesOf,
  inAccountPlace,
  onlyAccountPlace,
  type AccountCopy,
  type AccountPlace,
} from '../accounts/account-copies.ts';
import type { AccountLedger } from '../accounts/account-ledger.ts';
import type { AccountResult } from '../accounts/planned-copies.ts';
import type { Target } from '../recipe/types.ts';
import { asShared, type BuildSharing } from '../share/build-sharing.ts';
import type { Addition, PublishedImage } from './addition.ts';
import { inPlace } from '../distribute/place.ts';

/** The copies in other accounts that a recipe asks for and a build does not have. */
export const missingCopies = (distribute: Target[], published: AccountLedger['after']): AccountCopy[] =>
  accountCopiesOf({ distribute }).filter((copy) => !inAccountPlace(published, copy));

type CopyTo = NonNullable<Target['copyTo']>;

const copyToAt = (target: Target, list: readonly AccountPlace[]): CopyTo =>
  (target.copyTo ?? []).filter(({ account }) => inAccountPlace(list, { ...target, account }));

/** A target with exactly these copies in other accounts. */
function withCopies(target: Target, copyTo: CopyTo): Target {
  const { copyTo: _all, ...rest } = target;
  return copyTo.length > 0 ? { ...rest, copyTo } : rest;
}

/**
 * The targets of a build that have an image and get copies in other accounts. They stay as they are, with the users that they
 * have now, so that FinishAccountCopy takes no account's permission back that the recipe names.
 */
export function furtherTargets(
  distribute: Target[],
  planned: Target[],
  published: PublishedImage[],
  sharing: BuildSharing | undefined,
  missing: AccountCopy[],
): Target[] {
  return planned.flatMap((target) => {
    const now = inPlace(distribute, target);
    const more = now && inPlace(published, target) ? copyToAt(now, missing) : [];
    if (more.length === 0) return [];
    const kept = (target.copyTo ?? []).filter(({ account }) => !more.some((one) => one.account === account));
    return [withCopies(asShared(target, sharing), [...kept, ...more])];
  });
}

/** A target with no more copies in other accounts than those of a list. */
export const withCopiesIn = (target: Target, list: AccountPlace[]): Target =>
  withCopies(target, copyToAt(target, list));

/** The copies that an execution has made right. */
export const reachedCopies = ({ copies = [] }: Addition, copiedTo: AccountResult[]): AccountResult[] =>
  copies.flatMap((at) => {
    const result = inAccountPlace(copiedTo, at);
    return result?.ami !== undefined && result.error === undefined ? [{ ...onlyAccountPlace(at), ...result }] : [];
  });

/** Targets with the copies in other accounts that are there: those that were published before, and those that were reached. */
export const withReached = (targets: Target[], { copied = [] }: Addition, reached: AccountResult[]): Target[] =>
  targets.map((target) => withCopiesIn(target, [...copied, ...reached]));

/** The accounts that a running distribution lends the image of a place. */
export const lentTo = ({ copies = [] }: Addition, place: { region: string; id?: string | undefined }): string[] =>
  copies.filter(({ region, id }) => region === place.region && id === place.id).map(({ account }) => account);
