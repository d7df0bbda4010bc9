import * as z from 'zod/mini';
import { describeImage, lookAtImage } from '../../aws/images/images.ts';
import { readVersioned, replace } from '../../aws/memory/documents.ts';
import { restoredFrom, withRestored } from '../../core/archive/archive-record.ts';
import { fixedWaits } from '../../core/build/fixed-waits.ts';
import { Failure } from '../../core/errors.ts';
import { keptTag, madeBy } from '../../core/tags.ts';
import { archivePayload } from '../archive-payload.ts';
import { lambda } from '../stage.ts';
import { secondsSince, wait } from '../wait.ts';

/** Waits until the restored AMI is available, reads its tags back, and writes it down. */
export const awaitRestoredImage = wait({
  name: 'AwaitRestoredImage',
  input: z.looseObject({ ...archivePayload, ami: z.string() }),
  permissions: ['ec2:DescribeImages', 's3:GetObject', 's3:PutObject'],
  bounds: () => fixedWaits.AwaitRestoredImage,
  async look({ archive, by, ami, since }, cloud) {
    const { aws } = cloud;
    const seen = await lookAtImage(aws, aws.region, ami, 'ImageFailed', secondsSince(since, cloud.now()));
    if ('waiting' in seen) return seen;
    const { tags = {} } = (await describeImage(aws, aws.region, ami)) ?? {};
    if (!madeBy(archive, tags) || tags[keptTag] !== restoredFrom(archive))
      return { waiting: `EC2 does not show the tags of ${ami} yet` };
    const { snapshots } = seen.done;
    const found = await readVersioned(cloud, archive, 'archive');
    const restored = { ...by, at: cloud.now().toISOString(), ami, region: aws.region, snapshots };
    const isKnown = found?.content.restored.some((one) => one.ami === ami);
    const record = withRestored(found?.content, archive, restored);
    if (!isKnown && !(await replace(cloud, archive, 'archive', record, found ?? 'nothing')))
      throw new Failure('AwsTransient', `another execution wrote the archive of ${archive.build}; look again`);
    return { done: { ...archive, ami, snapshots } };
  },
});

export const handler = lambda(awaitRestoredImage);
