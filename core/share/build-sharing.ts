import { inAccountPlace, targetName, type AccountCopy, type AccountPlace } from '../accounts/account-copies.ts';
import { inPlace, type Place } from '../distribute/place.ts';
import type { Target } from '../recipe/types.ts';

/** The lists of a target by which its image is shared. */
export type SharingLists = Place & Pick<Target, 'accounts' | 'organizations' | 'organizationalUnits' | 'allowPublic'>;

/** The accounts that may use a copy in another account. */
type CopySharing = AccountPlace & Pick<AccountCopy, 'accounts'>;

/** A change of the permissions of a build's images after they were published. */
interface SharingChange {
  execution: string;
  who: string;
  why?: string | undefined;
  /** ISO 8601. */
  at: string;
  /** The places by name. */
  regions: string[];
}

/** Who may use the images of a build since `golden share` changed that. Regions that were never changed are as in the plan. */
export interface BuildSharing {
  schema: 1;
  targets: SharingLists[];
  /** Copies in other accounts. Absent where none was shared again. */
  copies?: CopySharing[];
  /** Newest last. */
  changes: SharingChange[];
}

const mostChanges = 100;

/** The document after an execution of share-image. Repeating it changes nothing. */
export function withSharing(
  before: BuildSharing | undefined,
  { targets, copies = [] }: Pick<BuildSharing, 'targets' | 'copies'>,
  change: Omit<SharingChange, 'regions'>,
): BuildSharing {
  const { targets: known = [], copies: knownCopies = [], changes = [] } = before ?? {};
  if (changes.some(({ execution }) => execution === change.execution)) return before as BuildSharing;
  const regions = [...targets, ...copies].map(targetName);
  const changed = (one: Place) => regions.includes(targetName(one));
  const allCopies = [...knownCopies.filter((one) => !changed(one)), ...copies];
  return {
    schema: 1,
    targets: [...known.filter((one) => !changed(one)), ...targets],
    ...(allCopies.length > 0 && { copies: allCopies }),
    changes: [...changes, { ...change, regions }].slice(-mostChanges),
  };
}

/** A copy of a build's plan in another account, with the users that it has now. */
export function asSharedCopy(copy: AccountCopy, sharing: BuildSharing | undefined): AccountCopy {
  const { accounts } = inAccountPlace(sharing?.copies ?? [], copy) ?? copy;
  return { ...copy, accounts };
}

/** A target of a build's plan, with the users that the image has now. */
export function asShared(target: Target, sharing: BuildSharing | undefined): Target {
  const { allowPublic: planned, ...rest } = target;
  const shared = inPlace(sharing?.targets ?? [], target);
  const {
    accounts,
    organizations,
    organizationalUnits,
    allowPublic = false,
  } = shared ?? { ...target, allowPublic: planned };
  return { ...rest, accounts, organizations, organizationalUnits, ...(allowPublic && { allowPublic }) };
}
