import { EC2Client, ImportSnapshotCommand } from '@aws-sdk/client-ec2';
import type { Plan } from '../../core/build/plan.ts';
import { clientToken } from '../../core/build/identity.ts';
import { Failure } from '../../core/errors.ts';
import { firstImageName, imageTags } from '../../core/distribute/image-name.ts';
import { leftoverSeconds } from '../../core/build/limits.ts';
import { sourceDiskKey } from '../../core/launch/captured-disks.ts';
import { placeOfFile } from '../../core/launch/registrable.ts';
import { expiresTag, type Tags } from '../../core/tags.ts';
import type { Connection } from '../connection.ts';
import { ask } from '../errors.ts';
import { ownSnapshots } from '../images/snapshots.ts';
import { tagSpecifications } from '../tags.ts';
import { findImportTasks, isUnderWay, type ImportTask } from './import-tasks.ts';

/** The role that EC2 takes: https://docs.aws.amazon.com/vm-import/latest/userguide/required-permissions.html */
const usualRole = 'vmimport';

/**
 * Finds or begins the import of a plan's disk. A task that failed, and one whose snapshot is gone, count in the token of the next,
 * because EC2 answers with the first task of a token for ever.
 */
export async function beginImport(aws: Connection, plan: Plan): Promise<{ task: string; begun: 'now' | 'before' }> {
  const tasks = await findImportTasks(aws, plan);
  const known = await usable(aws, tasks);
  if (known) return { task: known.task, begun: 'before' };
  const { file = '', format = '', importRole = usualRole } = plan.document.source.disk ?? {};
  const expires = new Date(Date.parse(plan.startedAt) + leftoverSeconds * 1000).toISOString();
  const task = await importSnapshot(aws, {
    ...placeOfFile(file),
    ...sourceDiskKey(plan),
    format,
    role: importRole,
    description: firstImageName(plan),
    token: clientToken(plan.recipe, plan.build, 'import', tasks.length, plan.resumedAt),
    // EC2 gives no date of a task, by which the sweep could tell its age.
    tags: { ...imageTags(plan), [expiresTag]: expires },
  });
  return { task, begun: 'now' };
}

/** The task that is under way or has a snapshot. */
async function usable(aws: Connection, tasks: ImportTask[]): Promise<ImportTask | undefined> {
  const underWay = tasks.find(isUnderWay);
  if (underWay) return underWay;
  const complete = tasks.filter(({ state }) => state === 'completed');
  const there = await ownSnapshots(
    aws,
    aws.region,
    complete.flatMap(({ snapshot }) => snapshot ?? []),
  );
  return complete.find((task) => there.some(({ snapshot }) => snapshot === task.snapshot));
}

interface Import {
  bucket: string;
  key: string;
  format: string;
  role: string;
  encrypted: boolean;
  kmsKey?: string | undefined;
  description: string;
  token: string;
  tags: Tags;
}

/** Lets EC2 make a snapshot of a file. The same token gives the same task. @returns the id of the task. */
async function importSnapshot(
  aws: Connection,
  { bucket, key, format, role, encrypted, kmsKey, description, token, tags }: Import,
): Promise<string> {
  const about = `s3://${bucket}/${key}`;
  const answer = await ask(
    { action: 'ec2:ImportSnapshot', region: aws.region, about },
    () =>
      aws.client(EC2Client).send(
        new ImportSnapshotCommand({
          Description: description,
          DiskContainer: {
            Description: description,
            Format: format.toUpperCase(),
            UserBucket: { S3Bucket: bucket, S3Key: key },
          },
          RoleName: role,
          ClientToken: token,
          ...(encrypted && { Encrypted: true, KmsKeyId: kmsKey }),
          TagSpecifications: tagSpecifications(['import-snapshot-task'], tags),
        }),
      ),
    {
      // EC2's answer to a role that is not there or may too little. The advice of the table is about security groups.
      InvalidParameter: (_code, failure) => {
        const { name, message } = failure();
        throw new Failure(
          name,
          message.replace(/; [^;]*$/, `; look at the role ${role}: docs/registering.md has its policies`),
        );
      },
    },
  );
  return answer.ImportTaskId ?? '';
}
