import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Connection } from './connection.ts';

/** Text of an object, or of the part of it that an HTTP range names, and the version it is. */
export async function getObject(
  aws: Connection,
  bucket: string,
  key: string,
  range?: string,
): Promise<{ text: string; version: string }> {
  const answer = await aws.client(S3Client).send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: range }));
  return { text: (await answer.Body?.transformToString()) ?? '', version: answer.ETag ?? '' };
}

/** @param condition Writes only where there is no such object, or only over the version that was read. */
export async function putJson(
  aws: Connection,
  bucket: string,
  key: string,
  body: string,
  condition: { IfNoneMatch?: '*'; IfMatch?: string } = {},
): Promise<void> {
  await aws
    .client(S3Client)
    .send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'application/json', ...condition }),
    );
}
