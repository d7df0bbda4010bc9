import { CreateTagsCommand, DeleteTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { expiresTag } from '../../core/tags.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';

/** Tags AMIs and snapshots with the time from which a sweep may remove them. Repeating it changes nothing. */
export async function writeExpiry(aws: Connection, region: string, resources: string[], until: string): Promise<void> {
  await ask({ action: 'ec2:CreateTags', region, about: resources.join(', ') }, () =>
    aws
      .client(EC2Client, region)
      .send(new CreateTagsCommand({ Resources: resources, Tags: [{ Key: expiresTag, Value: until }] })),
  );
}

/** Removes the expiry tag, so that AMIs and snapshots stay. A missing tag is no error. */
export async function removeExpiry(aws: Connection, region: string, resources: string[]): Promise<void> {
  await ask({ action: 'ec2:DeleteTags', region, about: resources.join(', ') }, () =>
    aws.client(EC2Client, region).send(new DeleteTagsCommand({ Resources: resources, Tags: [{ Key: expiresTag }] })),
  );
}
