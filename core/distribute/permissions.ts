import { inBatches } from '../batches.ts';

/** The users of an AMI or a snapshot, as EC2 names them: ids of accounts, ARNs of organizations and OUs, and `all` for everyone. */
export type Users = readonly string[];

/** EC2's name for everyone. */
export const everyone = 'all';

/** The lists of a target. */
interface Listed {
  accounts: string[];
  organizations: string[];
  organizationalUnits: string[];
  /** Everyone may launch the image. */
  allowPublic?: boolean | undefined;
}

/** Who may launch an image by the recipe, and who may read its snapshots. Organizations, OUs and everyone get no snapshots. */
export const listedUsers = ({ accounts, organizations, organizationalUnits, allowPublic = false }: Listed): Users => [
  ...accounts,
  ...organizations,
  ...organizationalUnits,
  ...(allowPublic ? [everyone] : []),
];

export const isAccount = (user: string): boolean => /^\d{12}$/.test(user);

/** Permissions to add and to remove, in one request to EC2 or in several. */
export interface PermissionChange {
  add: Users;
  remove: Users;
}

/**
 * The difference between the users that a recipe names and those that EC2 shows.
 * @param owner The account that owns the image. A comparison leaves it out: it may always use its images. A grant counts it.
 */
export function permissionChange(wanted: Users, found: Users, owner?: string): PermissionChange {
  const without = (list: Users, others: Users) => {
    const known = new Set([...others, ...(owner === undefined ? [] : [owner])]);
    return [...new Set(list)].filter((user) => !known.has(user));
  };
  return { add: without(wanted, found), remove: without(found, wanted) };
}

/** Who may use an AMI and each of its snapshots. */
export interface Permissions {
  users: Users;
  snapshotUsers: Record<string, Users>;
}

/** What has to change before an image and its snapshots have exactly these users. */
export interface PermissionChanges {
  image: PermissionChange;
  snapshots: Record<string, PermissionChange>;
}

/** Who is to use an image, and which accounts are to use its snapshots. */
export interface Wanted {
  users: Users;
  accounts: Users;
}

export const wantedOf = (target: Listed): Wanted => ({ users: listedUsers(target), accounts: target.accounts });

/** What was found, apart from accounts that use an image only for a while. An account that is wanted counts. */
export function apartFrom({ users, snapshotUsers }: Permissions, lent: Users, wanted: Wanted): Permissions {
  const stays = (user: string) => !lent.includes(user) || wanted.users.includes(user);
  const kept = Object.entries(snapshotUsers).map(([id, list]) => [id, list.filter(stays)] as const);
  return { users: users.filter(stays), snapshotUsers: Object.fromEntries(kept) };
}

/** @param found Nobody may use an image that was just made: EC2 copies no permissions. */
export const changesOf = (
  { snapshots }: { snapshots: string[] },
  wanted: Wanted,
  owner?: string,
  found: Permissions = { users: [], snapshotUsers: {} },
): PermissionChanges => ({
  image: permissionChange(wanted.users, found.users, owner),
  snapshots: Object.fromEntries(
    snapshots.map((id) => [id, permissionChange(wanted.accounts, found.snapshotUsers[id] ?? [], owner)]),
  ),
});

const reversed = ({ add, remove }: PermissionChange): PermissionChange => ({ add: remove, remove: add });

/** The changes that take others back. */
export const takenBackChanges = ({ image, snapshots }: PermissionChanges): PermissionChanges => ({
  image: reversed(image),
  snapshots: Object.fromEntries(Object.entries(snapshots).map(([id, change]) => [id, reversed(change)])),
});

/** One line for each permission that is granted or revoked. */
export function changeLines(ami: string, { image, snapshots }: PermissionChanges): string[] {
  const lines = (what: string, { add, remove }: PermissionChange) => [
    ...remove.map((user) => `revoke ${what} from ${user}`),
    ...add.map((user) => `grant ${what} to ${user}`),
  ];
  return [...lines(ami, image), ...Object.entries(snapshots).flatMap(([id, change]) => lines(id, change))];
}

/**
 * AWS's limit for ModifyImageAttribute is 10,000 account ids in a request. The other users count as much here, since no limit for
 * them is known.
 */
const mostOfImage = 10_000;

/**
 * The requests that change the users of an image. One request adds and removes at once, so no moment shows half of the change. A
 * change that is too large for that removes first, because EC2 has a quota for the users of an AMI.
 */
export function imageRequests({ add, remove }: PermissionChange): PermissionChange[] {
  if (add.length + remove.length === 0) return [];
  if (add.length + remove.length <= mostOfImage) return [{ add, remove }];
  return [
    ...inBatches(remove, mostOfImage).map((some) => ({ add: [], remove: some })),
    ...inBatches(add, mostOfImage).map((some) => ({ add: some, remove: [] })),
  ];
}

/** AWS's limit for ModifySnapshotAttribute, whose requests either add or remove. */
const mostOfSnapshot = 500;

/** The requests that change the users of a snapshot. `add` comes before the image is shared, and `remove` after that. */
export const snapshotRequests = ({ add, remove }: PermissionChange): Record<'add' | 'remove', PermissionChange[]> => ({
  add: inBatches(add, mostOfSnapshot).map((some) => ({ add: some, remove: [] })),
  remove: inBatches(remove, mostOfSnapshot).map((some) => ({ add: [], remove: some })),
});
