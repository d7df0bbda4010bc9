import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';

/** The artifact bucket, in the pipeline's region: the pipeline's only memory besides AWS itself. */
export interface Artifacts {
  aws: Connection;
  bucket: string;
}

// The S3 client is loaded at first use: most looks need no S3, and it is a third of a function's code. The promise is kept because
// Node looks a module up again at each `import`.
let bucketModule: Promise<typeof import('./bucket.ts')> | undefined;
const openBucket = () => (bucketModule ??= import('./bucket.ts'));

/** An object as it was read: its text and its version. */
interface Versioned {
  text: string;
  version: string;
}

export async function readObject(
  { aws, bucket }: Artifacts,
  key: string,
  range?: string,
): Promise<Versioned | undefined> {
  const { getObject } = await openBucket();
  return ask(
    { action: 's3:GetObject', region: aws.region, about: `s3://${bucket}/${key}` },
    () => getObject(aws, bucket, key, range),
    { gone: () => undefined },
  );
}

/** What a write replaces: the version that was read, or nothing. */
export type Over = { version: string } | 'nothing';

/** @param over Writes only over this version, or only if there is nothing. @returns false if that no longer holds. */
export async function writeObject(
  { aws, bucket }: Artifacts,
  key: string,
  content: unknown,
  over?: Over,
): Promise<boolean> {
  const { putText } = await openBucket();
  const condition = over === 'nothing' ? { IfNoneMatch: '*' as const } : over ? { IfMatch: over.version } : {};
  return ask(
    { action: 's3:PutObject', region: aws.region, about: `s3://${bucket}/${key}` },
    async () => {
      await putText(aws, bucket, key, `${JSON.stringify(content, null, 2)}\n`, 'application/json', condition);
      return true;
    },
    // For an object that is gone, S3 answers If-Match with NoSuchKey, not with PreconditionFailed.
    { answer: () => false, gone: () => false },
  );
}

/** Writes a page of HTML, which a browser shows as such. */
export async function writePage({ aws, bucket }: Artifacts, key: string, text: string): Promise<void> {
  const { putText } = await openBucket();
  await ask({ action: 's3:PutObject', region: aws.region, about: `s3://${bucket}/${key}` }, () =>
    putText(aws, bucket, key, text, 'text/html; charset=utf-8'),
  );
}

export async function removeObject({ aws, bucket }: Artifacts, key: string): Promise<void> {
  const { deleteObject } = await openBucket();
  await ask({ action: 's3:DeleteObject', region: aws.region, about: `s3://${bucket}/${key}` }, () =>
    deleteObject(aws, bucket, key),
  );
}

/** Objects below a prefix with their sizes in bytes. With a delimiter, also its folders, but not their contents. */
export async function listArtifacts(
  { aws, bucket }: Artifacts,
  prefix: string,
  delimiter?: '/',
): Promise<{ key: string; bytes: number }[]> {
  const { listObjects } = await openBucket();
  return ask({ action: 's3:ListBucket', region: aws.region, about: `s3://${bucket}/${prefix}` }, () =>
    listObjects(aws, bucket, prefix, delimiter),
  );
}

/** The last bytes of an object that SSM names by URL; undefined if SSM wrote none. */
export async function readTail(artifacts: Artifacts, url: string, bytes: number): Promise<string | undefined> {
  const key = url.split(`/${artifacts.bucket}/`)[1];
  return key === undefined
    ? undefined
    : (await readObject(artifacts, decodeURIComponent(key), `bytes=-${bytes}`))?.text;
}
