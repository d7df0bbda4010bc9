import {
  CreateRestoreImageTaskCommand,
  CreateStoreImageTaskCommand,
  DescribeStoreImageTasksCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import type { BuildIdentity, Tags } from '../../core/tags.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { tagSpecifications } from '../tags.ts';

/** A task that stores an AMI in a bucket. */
interface StoreTaskSeen {
  object: string;
  state: string;
  progress: number;
  failure?: string | undefined;
}

/** The newest task that stores an AMI in a bucket. EC2 shows tasks for 31 days, the newest first. */
export async function newestStoreTask(
  aws: Connection,
  ami: string,
  bucket: string,
): Promise<StoreTaskSeen | undefined> {
  const { StoreImageTaskResults = [] } = await ask(
    { action: 'ec2:DescribeStoreImageTasks', region: aws.region, about: ami },
    () => aws.client(EC2Client).send(new DescribeStoreImageTasksCommand({ ImageIds: [ami] })),
  );
  const task = StoreImageTaskResults.find(({ Bucket }) => Bucket === bucket);
  return (
    task && {
      object: task.S3objectKey ?? `${ami}.bin`,
      state: task.StoreTaskState ?? 'unknown',
      progress: task.ProgressPercentage ?? 0,
      failure: task.StoreTaskFailureReason,
    }
  );
}

/** Starts to store an AMI. There is no token, so this makes one request, and the caller looks for the task first. */
export async function createStoreTask(
  aws: Connection,
  ami: string,
  bucket: string,
  { recipe, build }: BuildIdentity,
): Promise<void> {
  const S3ObjectTags = Object.entries({ 'golden:recipe': recipe, 'golden:build': build }).map(([Key, Value]) => ({
    Key,
    Value,
  }));
  await ask({ action: 'ec2:CreateStoreImageTask', region: aws.region, about: ami }, () =>
    aws
      .client(EC2Client, aws.region, 1)
      .send(new CreateStoreImageTaskCommand({ ImageId: ami, Bucket: bucket, S3ObjectTags })),
  );
}

/**
 * Starts to restore an AMI from its object. The name acts as the token.
 * @returns the id of the AMI, or undefined if the name is taken.
 */
export async function createRestoreTask(
  aws: Connection,
  { bucket, object, name, tags }: { bucket: string; object: string; name: string; tags: Tags },
): Promise<string | undefined> {
  const answer = await ask(
    { action: 'ec2:CreateRestoreImageTask', region: aws.region, about: `s3://${bucket}/${object}` },
    () =>
      aws.client(EC2Client).send(
        new CreateRestoreImageTaskCommand({
          Bucket: bucket,
          ObjectKey: object,
          Name: name,
          TagSpecifications: tagSpecifications(['image', 'snapshot'], tags),
        }),
      ),
    { answer: () => undefined },
  );
  return answer?.ImageId;
}
