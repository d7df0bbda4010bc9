import {
  accountCopiesOf,
  accountPlaceName,
  inAccountPlace,
  onlyAccountPlace,
  type AccountPlace,
} from '../accounts/account-copies.ts';
import type { AccountLedger } from '../accounts/account-ledger.ts';
import { canonical } from '../build/content-digest.ts';
import type { Target } from '../recipe/types.ts';
import { asShared, asSharedCopy, type BuildSharing } from '../share/build-sharing.ts';
import { listedUsers } from '../distribute/permissions.ts';
import { inPlace, placeName, type Place } from '../distribute/place.ts';

/** An image that a build has published, in one place. */
export interface PublishedImage extends Place {
  ami: string;
  snapshots?: string[] | undefined;
}

/**
 * Targets that a published build gets later, because they came into the recipe after the build. The build's plan keeps it. Only the
 * execution that adds the targets acts by it: see planOfExecution.
 */
export interface Addition {
  /** ARN of the execution that adds the targets, and when it started, ISO 8601. */
  execution: string;
  startedAt: string;
  who: string;
  why?: string;
  targets: Target[];
  /** Targets that have an image and get copies in other accounts. Absent where there are none. */
  further?: Target[];
  /** The copies in other accounts that are made. Absent where there are none. */
  copies?: AccountPlace[];
  /** What was published before. All of it stays. `copied` are its copies in other accounts. */
  published: PublishedImage[];
  copied?: AccountLedger['after'];
  /** The image that is copied. */
  from: { region: string; ami: string };
  /** The channel that holds the build, and gets the new images. Absent where the new images are in no channel. */
  channel?: { channel: string; parameter: string };
  /** The targets that the build was planned with. The digest of its content is about them. */
  planned: Target[];
  /** Present where the build then is all that the deployed recipe asks for: the recipe's digest and its targets. */
  whole?: { digest: string; distribute: Target[] };
}

/** An execution that took a published image to further targets. */
export interface AddedTargets {
  execution: string;
  startedAt: string;
  who: string;
  why?: string;
  /** The places that it reached, by name. */
  targets: string[];
  /** When it ended, ISO 8601. */
  at: string;
  /** What could not be removed. */
  left: string[];
  failure?: { error: string; cause: string };
}

/** Part of a manifest and a plan. `added`: executions that took the image to further targets later. Absent where there are none. */
export interface WithAdded {
  added?: AddedTargets[];
}

/** The targets of a recipe where a build has no image yet. */
export const missingTargets = (distribute: Target[], published: PublishedImage[]): Target[] =>
  distribute.filter((target) => !inPlace(published, target));

const listed = (target: Target): string => listedUsers(target).toSorted().join(' ');

/** What only a build decides of its target. Users, and what copies wait for, may change afterwards. */
function made(target: Target): string {
  const { accounts: _a, organizations: _o, organizationalUnits: _u, allowPublic: _p, copyTo: _c, ...rest } = target;
  const { required: _r, timeout: _t, ...image } = rest;
  return canonical(image);
}

/** How an image that a build has already differs from the deployed recipe. `golden share` mends who may use it. */
interface OlderDifference {
  says: string;
  ofUsers: boolean;
}

/** How the images that a build has already differ from the deployed recipe. An addition changes none of that. */
export function olderDifferences(
  distribute: Target[],
  planned: Target[],
  published: PublishedImage[],
  sharing: BuildSharing | undefined,
): OlderDifference[] {
  return published.flatMap((image) => {
    const where = placeName(image);
    const now = inPlace(distribute, image);
    if (!now) return [{ says: `${where} is no target any more; ${image.ami} stays there`, ofUsers: false }];
    const then = inPlace(planned, image);
    if (!then) return [];
    const shared = listed(asShared(then, sharing)) === listed(now);
    const unlike = `the recipe asks for another image in ${where} now, by its key, name, tags or launch template; only a new build has that`;
    const users = `the recipe has other users for ${where} now; golden share --apply makes it so`;
    return [
      ...(made(then) === made(now) ? [] : [{ says: unlike, ofUsers: false }]),
      ...(shared ? [] : [{ says: users, ofUsers: true }]),
      ...copyDifferences(now, then, sharing),
    ];
  });
}

/** The same for the copies of a target in other accounts, of those that the build has made. */
function copyDifferences(now: Target, then: Target, sharing: BuildSharing | undefined): OlderDifference[] {
  const wanted = accountCopiesOf({ distribute: [now] });
  return accountCopiesOf({ distribute: [then] }).flatMap((before) => {
    const copy = inAccountPlace(wanted, before);
    const where = accountPlaceName(onlyAccountPlace(before));
    if (!copy) return [{ says: `${where} is no target any more; its copy stays there`, ofUsers: false }];
    const isSame = before.kmsKey === copy.kmsKey && before.publishes === copy.publishes;
    const { accounts } = asSharedCopy(before, sharing);
    const unlike = `the recipe asks for another copy in ${where} now, by its key or its parameter; only a new build has that`;
    const users = `the recipe has other users for ${where} now; golden share --apply makes it so`;
    return [
      ...(isSame ? [] : [{ says: unlike, ofUsers: false }]),
      ...(accounts.toSorted().join() === copy.accounts.toSorted().join() ? [] : [{ says: users, ofUsers: true }]),
    ];
  });
}

/** What a channel holds of a build that gets further targets. */
export function channelHolds(
  published: PublishedImage[],
  values: (Place & { ami?: string })[],
): 'all' | 'none' | 'some' {
  const held = published.filter((image) => inPlace(values, image)?.ami === image.ami);
  if (held.length === published.length && held.length > 0) return 'all';
  return held.length === 0 ? 'none' : 'some';
}
