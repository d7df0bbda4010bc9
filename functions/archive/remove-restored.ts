import * as z from 'zod/mini';
import { findRestored, removeRestoredImage } from '../../aws/archive/restored-images.ts';
import { readDocument } from '../../aws/memory/documents.ts';
import { restoredName } from '../../core/archive/archive-record.ts';
import { Failure } from '../../core/errors.ts';
import { failureMessage } from '../../core/report/failure.ts';
import { archivePayload } from '../archive-payload.ts';
import { caughtError, lambda, stage } from '../stage.ts';

/** After a restore that failed: removes the AMI with its snapshots, unless it was restored whole before. */
export const removeRestored = stage({
  name: 'RemoveRestored',
  input: z.strictObject({ ...archivePayload, failure: caughtError }),
  permissions: [
    'ec2:DeleteSnapshot',
    'ec2:DeregisterImage',
    'ec2:DescribeImages',
    'ec2:DescribeSnapshots',
    's3:GetObject',
  ],
  async run({ archive, failure }, cloud) {
    const [error, cause] = [failure.Error, failureMessage(failure)];
    const told = (end: string) => ({ error, cause: `${cause}\n${end}` });
    try {
      const record = await readDocument(cloud, archive, 'archive');
      const image = await findRestored(cloud.aws, archive);
      if (image && record?.restored.some(({ ami }) => ami === image.ami))
        return told(`${image.ami} stays: it is whole`);
      const removed = await removeRestoredImage(cloud.aws, archive);
      return told(removed.length > 0 ? `removed again: ${removed.join(', ')}` : 'nothing was left of it');
    } catch (refused) {
      if (!(refused instanceof Failure) || refused.name === 'AwsTransient') throw refused;
      return told(`${restoredName(archive)} in ${archive.region} may be left, with its snapshots: ${refused.message}`);
    }
  },
});

export const handler = lambda(removeRestored);
