import { changeLines, type PermissionChanges, type Permissions, type Wanted } from '../distribute/permissions.ts';
import { targetName } from '../accounts/account-copies.ts';
import type { AccountRole } from '../accounts/account-role.ts';
import { onlyPlace, type Place } from '../distribute/place.ts';
import type { AmiDescription } from '../launch/source.ts';

/** A published image, and the channels that hold it in its place. */
export interface HeldImage extends Place {
  /** The account that has it as a copy of its own. Absent for an image of the pipeline's account. */
  account?: string;
  ami: string;
  channels: string[];
}

/** A published image with what has to change. */
export interface SharedImage extends HeldImage {
  build: string;
  /** The role by which a copy in another account is changed. */
  role?: string;
  externalId?: string;
  snapshots: string[];
  /** Accounts that use the image while a distribution makes their copies. They keep it until then. */
  lent?: string[];
  wanted: Wanted;
  found: Permissions;
  changes: PermissionChanges;
}

/** The role by which an image is looked at and changed. Undefined for an image of the pipeline's own account. */
export const roleToOwner = ({ region, account, role, externalId }: SharedImage): AccountRole | undefined =>
  account !== undefined && role !== undefined
    ? { region, account, role, ...(externalId !== undefined && { externalId }) }
    : undefined;

/** What could not be looked at or changed, in one region. */
export interface ShareFailure {
  region: string;
  /** As in HeldImage. */
  account?: string | undefined;
  ami?: string | undefined;
  error: string;
  /** AWS throttled, or was not there: the same look may succeed later. */
  transient?: true;
}

/** The record of an execution of share-image: who changed which permissions of published images, when, why, and how it ended. */
export interface ShareReport {
  schema: 1;
  execution: string;
  startedAt: string;
  recipe: string;
  who: string;
  why?: string;
  planOnly: boolean;
  images: SharedImage[];
  failures: ShareFailure[];
  notes: string[];
  /** When every image was read back. Absent for a plan, and until then. */
  endedAt?: string;
}

/** An image as the table of `golden share` shows it. */
export interface ShareRow extends HeldImage {
  build: string;
  changes: string[];
  /** Changes that are only in the report. */
  more: number;
}

// Step Functions passes on at most 256 KiB. A recipe can have sixty targets, and each of its channels another image there.
const mostShown = 6;
const manyImages = 100;
// A cause has at most 32,768 characters.
const mostOfCause = 30_000;
const mostOfError = 1000;

/** A row for every image, few words each. The report has all of them. */
export const shareRows = ({ images }: Pick<ShareReport, 'images'>): ShareRow[] =>
  images.map(({ region, id, account, ami, channels, build, changes }) => {
    const lines = changeLines(ami, changes);
    const shown = lines.slice(0, images.length > manyImages ? 1 : mostShown);
    const at = { ...onlyPlace({ region, id }), ...(account !== undefined && { account }) };
    return { ...at, ami, channels, build, changes: shown, more: lines.length - shown.length };
  });

const mend = 'golden rollback, or build the recipe again';

/** Why a published image cannot be shared. Undefined if it can be. */
export function notShareable(recipe: string, held: HeldImage, image: AmiDescription | undefined) {
  const what = `${held.ami} in ${targetName(held)}`;
  if (!image) return `EC2 does not know ${what}, or it is disabled: ${mend}`;
  if (image.state !== 'available') return `${what} is ${image.state}: ${mend}`;
  if (image.tags['golden:recipe'] !== recipe || image.tags['golden:build'] === undefined)
    return `${what} is no image of ${recipe} by its tags: somebody changed the channel or the tags by hand`;
  if (image.disks.some(({ snapshot }) => !snapshot)) return `EC2 does not show all snapshots of ${what}`;
  return undefined;
}

/** The failures of an execution in one text, each with its region. The report has those that are too many. */
export function failuresInWords(failures: ShareFailure[]): string {
  const lines = failures.map((one) => `${targetName(one)}: ${one.error.slice(0, mostOfError)}`);
  let length = 0;
  const shown = lines.filter((line) => (length += line.length + 1) <= mostOfCause);
  return [
    ...shown,
    ...(shown.length < lines.length ? [`and ${lines.length - shown.length} more, in the report`] : []),
  ].join('\n');
}
