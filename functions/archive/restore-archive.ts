import * as z from 'zod/mini';
import { findRestored, restoredTags } from '../../aws/archive/restored-images.ts';
import { createRestoreTask } from '../../aws/archive/store-tasks.ts';
import { restoredName } from '../../core/archive/archive-record.ts';
import { Failure } from '../../core/errors.ts';
import { archivePayload } from '../archive-payload.ts';
import { lambda, stage } from '../stage.ts';

/** Starts to restore an AMI from the archive, unless EC2 is at it or the AMI is there. The AMI and its snapshots get their tags at once. */
export const restoreArchive = stage({
  name: 'RestoreArchive',
  input: z.strictObject(archivePayload),
  permissions: ['ec2:CreateRestoreImageTask', 'ec2:CreateTags', 'ec2:DescribeImages'],
  async run({ archive }, { aws, now }) {
    const since = now().toISOString();
    const found = await findRestored(aws, archive);
    if (found && found.state !== 'failed') return { since, ami: found.ami };
    const { bucket, object } = archive;
    const name = restoredName(archive);
    const ami = await createRestoreTask(aws, { bucket, object, name, tags: restoredTags(archive) });
    if (ami === undefined)
      throw new Failure(
        'AwsTransient',
        `EC2 in ${aws.region} says the name ${name} is taken but shows no such AMI yet`,
      );
    return { since, ami };
  },
});

export const handler = lambda(restoreArchive);
