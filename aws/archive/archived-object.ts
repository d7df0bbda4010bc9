import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { ArchivedObject } from '../../core/archive/archive-plan.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';

/** An object of the archive; undefined if there is none. S3 checks the permission s3:GetObject. */
export const archivedObject = (aws: Connection, bucket: string, object: string): Promise<ArchivedObject | undefined> =>
  ask(
    { action: 's3:HeadObject', region: aws.region, about: `s3://${bucket}/${object}` },
    async () => {
      const { ContentLength, StorageClass, Restore } = await aws
        .client(S3Client)
        .send(new HeadObjectCommand({ Bucket: bucket, Key: object }));
      return { bytes: ContentLength ?? 0, storageClass: StorageClass ?? 'STANDARD', restore: Restore ?? '' };
    },
    { gone: () => undefined },
  );
