import { CreateTagsCommand, DeleteTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { expiresTag } from '../../core/tags.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';

/** Says of AMIs and snapshots when a sweep may remove them. Saying it again says it once. */
export async function writeExpiry(aws: Connection, region: string, resources: string[], until: string): Promise<void> {
  await ask({ action: 'ec2:CreateTags', region, about: resources.join(', ') }, () =>
    aws
      .client(EC2Client, region)
      .send(new CreateTagsCommand({ Resources: resources, Tags: [{ Key: expiresTag, Value: until }] })),
  );
}

/** AMIs and snapshots stay from now on. A tag that is not there is what was asked. */
export async function removeExpiry(aws: Connection, region: string, resources: string[]): Promise<void> {
  await ask({ action: 'ec2:DeleteTags', region, about: resources.join(', ') }, () =>
    aws.client(EC2Client, region).send(new DeleteTagsCommand({ Resources: resources, Tags: [{ Key: expiresTag }] })),
  );
}
