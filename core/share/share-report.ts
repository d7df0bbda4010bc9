import { changeLines, type PermissionChanges, type Permissions, type Wanted } from '../distribute/permissions.ts';
import { onlyPlace, type Place } from '../distribute/place.ts';
import type { AmiDescription } from '../launch/source.ts';

/** A published image, and the channels that hold it in its place. */
export interface HeldImage extends Place {
  ami: string;
  channels: string[];
}

/** A published image with what has to change. */
export interface SharedImage extends HeldImage {
  build: string;
  snapshots: string[];
  wanted: Wanted;
  found: Permissions;
  changes: PermissionChanges;
}

/** What could not be looked at or changed, in one region. */
export interface ShareFailure {
  region: string;
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
  images.map(({ region, id, ami, channels, build, changes }) => {
    const lines = changeLines(ami, changes);
    const shown = lines.slice(0, images.length > manyImages ? 1 : mostShown);
    return { ...onlyPlace({ region, id }), ami, channels, build, changes: shown, more: lines.length - shown.length };
  });

const mend = 'golden rollback, or build the recipe again';

/** Why a published image cannot be shared. Undefined if it can be. */
export function notShareable(recipe: string, { ami, region }: HeldImage, image: AmiDescription | undefined) {
  if (!image) return `EC2 does not know ${ami} in ${region}, or it is disabled: ${mend}`;
  if (image.state !== 'available') return `${ami} in ${region} is ${image.state}: ${mend}`;
  if (image.tags['golden:recipe'] !== recipe || image.tags['golden:build'] === undefined)
    return `${ami} in ${region} is no image of ${recipe} by its tags: somebody changed the channel or the tags by hand`;
  if (image.disks.some(({ snapshot }) => !snapshot)) return `EC2 does not show all snapshots of ${ami} in ${region}`;
  return undefined;
}

/** The failures of an execution in one text, each with its region. The report has those that are too many. */
export function failuresInWords(failures: ShareFailure[]): string {
  const lines = failures.map(({ region, error }) => `${region}: ${error.slice(0, mostOfError)}`);
  let length = 0;
  const shown = lines.filter((line) => (length += line.length + 1) <= mostOfCause);
  return [
    ...shown,
    ...(shown.length < lines.length ? [`and ${lines.length - shown.length} more, in the report`] : []),
  ].join('\n');
}
