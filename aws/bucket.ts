import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Connection } from './connection.ts';

/** Text of an object, or of the part of it that an HTTP range names. */
export async function getObject(
  aws: Connection,
  bucket: string,
  key: string,
  range?: string,
): Promise<string | undefined> {
  const answer = await aws.client(S3Client).send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: range }));
  return answer.Body?.transformToString();
}

export async function putJson(aws: Connection, bucket: string, key: string, body: string): Promise<void> {
  await aws
    .client(S3Client)
    .send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'application/json' }));
}
