import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Connection } from '../connection.ts';

/** The version and text of an object, or of the part that an HTTP range names. */
export async function getObject(
  aws: Connection,
  bucket: string,
  key: string,
  range?: string,
): Promise<{ text: string; version: string }> {
  const answer = await aws.client(S3Client).send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: range }));
  return { text: (await answer.Body?.transformToString()) ?? '', version: answer.ETag ?? '' };
}

/** An object that is not there is no error. */
export async function deleteObject(aws: Connection, bucket: string, key: string): Promise<void> {
  await aws.client(S3Client).send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
}

/** An entry of a listing: an object or, with a delimiter, a folder (its key ends in the delimiter). */
interface BucketEntry {
  key: string;
  bytes: number;
}

/** Everything below a prefix, ordered by key. */
export async function listObjects(
  aws: Connection,
  bucket: string,
  prefix: string,
  delimiter?: '/',
): Promise<BucketEntry[]> {
  const all: BucketEntry[] = [];
  let token: string | undefined;
  do {
    const page = await aws
      .client(S3Client)
      .send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, Delimiter: delimiter, ContinuationToken: token }),
      );
    all.push(...(page.Contents ?? []).map(({ Key = '', Size = 0 }) => ({ key: Key, bytes: Size })));
    all.push(...(page.CommonPrefixes ?? []).map(({ Prefix = '' }) => ({ key: Prefix, bytes: 0 })));
    token = page.NextContinuationToken;
  } while (token);
  return all;
}

/** @param condition Writes only if there is no such object, or only over the version that was read. */
export async function putText(
  aws: Connection,
  bucket: string,
  key: string,
  body: string,
  type: string,
  condition: { IfNoneMatch?: '*'; IfMatch?: string } = {},
): Promise<void> {
  await aws
    .client(S3Client)
    .send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: type, ...condition }));
}
