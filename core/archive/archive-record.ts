import type { BuildIdentity } from '../tags.ts';

/** Who asked for something, when and why. */
interface AskedFor {
  execution: string;
  who: string;
  /** ISO 8601. */
  at: string;
  why?: string | undefined;
}

/** An AMI that was restored from the object. */
interface RestoredImage extends AskedFor {
  ami: string;
  region: string;
  snapshots: string[];
}

/** The document `archive.json` of a build: its image as one object in S3, and what was restored from the object. */
export interface ArchiveRecord {
  schema: 1;
  /** Absent where another deployment stored the image. */
  stored?: (AskedFor & { ami: string; bytes: number; gib: number }) | undefined;
  bucket: string;
  object: string;
  /** Newest last. */
  restored: RestoredImage[];
}

const mostRestored = 50;

/** The record after a restore. A repeated execution writes its restore once. */
export function withRestored(
  before: ArchiveRecord | undefined,
  { bucket, object }: Pick<ArchiveRecord, 'bucket' | 'object'>,
  restored: RestoredImage,
): ArchiveRecord {
  const others = (before?.restored ?? []).filter(({ ami }) => ami !== restored.ami);
  const stored = before?.object === object ? before.stored : undefined;
  return { schema: 1, ...(stored && { stored }), bucket, object, restored: [...others, restored].slice(-mostRestored) };
}

/** The name of a restored AMI. The original's name may still be taken, by the original itself or by the Recycle Bin. */
export const restoredName = ({ recipe, build }: BuildIdentity): string => `${recipe}-${build}-restored`;

/** The value of golden:kept on a restored AMI and its snapshots. */
export const restoredFrom = ({ bucket, object }: Pick<ArchiveRecord, 'bucket' | 'object'>): string =>
  `s3://${bucket}/${object}`;
