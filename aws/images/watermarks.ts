import { AttachImageWatermarkCommand, DetachImageWatermarkCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';

/** Puts a watermark on an AMI. @param key `<account>:<name>`; EC2 adds the caller's account by itself. */
export async function attachWatermark(aws: Connection, region: string, ami: string, key: string): Promise<void> {
  const WatermarkName = key.slice(key.indexOf(':') + 1);
  await ask({ action: 'ec2:AttachImageWatermark', region, about: ami }, () =>
    aws.client(EC2Client, region).send(new AttachImageWatermarkCommand({ ImageId: ami, WatermarkName })),
  );
}

/** Takes a watermark from an AMI. EC2 answers the same if there is none. AMIs that were made from it keep theirs. */
export async function detachWatermark(aws: Connection, region: string, ami: string, key: string): Promise<void> {
  await ask({ action: 'ec2:DetachImageWatermark', region, about: ami }, () =>
    aws.client(EC2Client, region).send(new DetachImageWatermarkCommand({ ImageId: ami, WatermarkKey: key })),
  );
}
