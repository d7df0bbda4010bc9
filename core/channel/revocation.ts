import type { BuildIdentity } from '../tags.ts';
import { permissionChange, type PermissionChanges, type Users } from '../distribute/permissions.ts';

/** An AMI of a build that is revoked or restored. */
export interface ImageOfBuild {
  region: string;
  ami: string;
  /** The account of a copy. Absent for the pipeline's own images. */
  account?: string | undefined;
  /** The place of the copy in its region, as in the recipe. Only copies in other accounts need it. */
  id?: string | undefined;
}

export const onlyImage = ({ region, ami, account, id }: ImageOfBuild): ImageOfBuild => ({
  region,
  ami,
  ...(account !== undefined && { account, ...(id !== undefined && { id }) }),
});

/** An AMI of a revoked build, with those who might launch it. EC2 forgets them when the AMI is disabled. */
export interface RevokedImage extends ImageOfBuild {
  users: Users;
  /** Who might read each snapshot. Absent in documents of earlier versions, which left these permissions as they were. */
  snapshotUsers?: Record<string, Users>;
}

/** What has to change before nobody may read the snapshots of a revoked image, or exactly those who might before. */
export function snapshotChanges(
  { snapshotUsers = {} }: Pick<RevokedImage, 'snapshotUsers'>,
  found: Record<string, Users>,
  disables: boolean,
  owner?: string,
): PermissionChanges['snapshots'] {
  const wanted = (users: Users) => (disables ? [] : users);
  return Object.fromEntries(
    Object.entries(snapshotUsers).map(([id, users]) => [id, permissionChange(wanted(users), found[id] ?? [], owner)]),
  );
}

/**
 * The record of a revoke, `builds/<recipe>/<build>/revocation.json`. It is written before the first AMI is disabled, since EC2
 * forgets the permissions then. `revoking` and `restoring` are underway by `execution`.
 */
export interface Revocation {
  schema: 1;
  state: 'revoking' | 'revoked' | 'restoring' | 'restored';
  execution: string;
  who: string;
  at: string;
  why?: string | undefined;
  /** The images are disabled because they are old, and not because anything is wrong with them. */
  retired?: true | undefined;
  /** The execution that deregisters the images. From then on nobody restores them. */
  deregisteredBy?: string | undefined;
  images: RevokedImage[];
  /** The builds that the same execution revokes or restores, this one among them. Only the document of the first one has it. */
  together?: BuildIdentity[];
  /** Who asked for the images back. */
  restoredBy?: string;
  /** The execution failed, and takes back what it had begun. */
  undoes?: true;
}

/** Whether nobody may use a build any more. */
export const isRevoked = (revocation: Revocation | undefined): revocation is Revocation =>
  revocation !== undefined && revocation.state !== 'restored';

/** Who revoked a build, when and why, in words. */
export const saysRevoked = (build: string, { who, at, why, retired }: Revocation): string =>
  `${build} was ${retired ? 'retired' : 'revoked'} by ${who} at ${at}${why === undefined ? '' : `: ${why}`}`;

/** What becomes of an AMI of a revoke that is underway: disabled, or enabled with the permissions that it had. */
export const isToBeDisabled = ({ state }: Pick<Revocation, 'state'>): boolean =>
  state === 'revoking' || state === 'revoked';

const isSettled = ({ state }: Revocation): boolean => state === 'revoked' || state === 'restored';

/** Whether an execution has revoked or restored all of its builds. Then they stay so, even if the execution fails afterwards. */
export const areAllDone = (revocations: (Revocation | undefined)[], execution: string): boolean =>
  revocations.every((one) => one?.execution === execution && isSettled(one) && !one.undoes);

/** The document after its execution failed: the opposite of what was underway or done. Undefined if nothing of it is left to do. */
export function turnedBack(revocation: Revocation | undefined, execution: string): Revocation | undefined {
  if (revocation?.execution !== execution) return undefined;
  if (revocation.undoes) return isSettled(revocation) ? undefined : revocation;
  return { ...revocation, state: isToBeDisabled(revocation) ? 'restoring' : 'revoking', undoes: true };
}

export const settledRevocation = (revocation: Revocation): Revocation => ({
  ...revocation,
  state: isToBeDisabled(revocation) ? 'revoked' : 'restored',
});

/** A build that a revoke disables or a restore enables, with its AMIs. */
export interface RevokedBuild {
  recipe: string;
  build: string;
  images: ImageOfBuild[];
}

/** Leaves room for what the later states add to the state of an execution. */
const mostBytes = 160 * 1024;

/** Why one execution cannot revoke so many builds. Undefined where it can. */
export function tooManyToRevoke(planned: { moves: unknown[]; builds: RevokedBuild[] }): string | undefined {
  if (JSON.stringify(planned).length <= mostBytes) return undefined;
  const [asked] = planned.builds;
  const count = planned.builds.length - 1;
  return `${asked?.build} and ${count} builds made from it are more than one execution can revoke, so nothing is revoked; revoke some of those builds first, or use --descendants rebuild`;
}
