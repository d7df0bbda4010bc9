import type { ImageOfBuild, Revocation } from '../channel/revocation.ts';
import type { BuildIdentity } from '../tags.ts';

// Images that are retired. An image is one build's AMIs in all regions and accounts, and all of them take each step together.

/** The steps by which an image is retired, in their order. */
export const retireSteps = ['deprecate', 'disable', 'deregister'] as const;
export type RetireStep = (typeof retireSteps)[number];

/** An AMI of a build, in one region of one account. */
export interface RetiringAmi extends ImageOfBuild {
  state: string;
  /** ISO 8601, in the past or future. */
  deprecatedAt?: string | undefined;
  /** EC2 refuses to deregister it. */
  isProtected?: boolean | undefined;
  /** Of an instance store-backed AMI, the manifest of its bundle in S3. Such an AMI has no snapshots. */
  bundle?: string | undefined;
  /** Its snapshots, with the sizes of their disks. */
  snapshots: { snapshot: string; gib: number }[];
}

/** A build as the bucket and EC2 know it. */
export interface RetiringBuild extends BuildIdentity {
  amis: RetiringAmi[];
  /** Whether a build has published it. Undefined if this pipeline's bucket knows no such build. */
  published: boolean | undefined;
  /** The execution that is at work on the build right now. */
  busy?: string | undefined;
  revocation?: Revocation | undefined;
  /** Parts of the build that could not be looked at, in words. */
  unseen: string[];
}

/** When a build began, which its id tells. The age of an image counts from then, in all regions. */
export function timeOfBuild(build: string): number {
  const [, y = '', mo = '', d = '', h = '', mi = '', s = ''] =
    /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(build) ?? [];
  return Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s));
}

const isGone = ({ state }: RetiringAmi): boolean => state === 'deregistered';

/** The AMIs that still exist. */
export const presentAmis = ({ amis }: Pick<RetiringBuild, 'amis'>): RetiringAmi[] => amis.filter((ami) => !isGone(ami));

export const isDeprecated = ({ deprecatedAt }: Pick<RetiringAmi, 'deprecatedAt'>, now: Date): boolean =>
  deprecatedAt !== undefined && Date.parse(deprecatedAt) <= now.getTime();

/** EC2 takes no date of deprecation that is past when the call arrives, and rounds the date to the minute. */
export const deprecationAheadMs = 120_000;
const roundingMs = 60_000;

/** Whether an AMI is deprecated, or will be in a few minutes by a call that was made just now. A later date is somebody else's. */
export const isBeingDeprecated = (ami: Pick<RetiringAmi, 'deprecatedAt'>, now: Date): boolean =>
  isDeprecated(ami, new Date(now.getTime() + deprecationAheadMs + roundingMs));

export const saysAmi = ({ ami, region, account }: Pick<RetiringAmi, 'ami' | 'region' | 'account'>): string =>
  `${ami} in ${region}${account === undefined ? '' : ` of account ${account}`}`;

/** The state of a build: that of its least advanced AMI. */
export type RetiredState = 'active' | 'deprecated' | 'disabled' | 'gone';

export function stateOfBuild(build: Pick<RetiringBuild, 'amis'>, now: Date): RetiredState {
  const present = presentAmis(build);
  if (present.length === 0) return 'gone';
  if (present.every(({ state }) => state === 'disabled')) return 'disabled';
  return present.every((one) => one.state === 'disabled' || isDeprecated(one, now)) ? 'deprecated' : 'active';
}

/** Whether somebody wants a build back that was revoked or retired. A step that failed and was taken back is no such wish. */
export const isWantedBack = (revocation: Revocation | undefined): boolean =>
  (revocation?.state === 'restored' || revocation?.state === 'restoring') && revocation.undoes === undefined;

/** Whether a revocation has ended. Otherwise its execution is at work, or died. */
export const isDecided = ({ state }: Revocation): boolean => state === 'revoked' || state === 'restored';
