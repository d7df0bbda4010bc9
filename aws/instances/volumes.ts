import { DeleteVolumeCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';

/** Deletes a volume. A volume that is already gone is no error. */
export async function deleteVolume(aws: Connection, volume: string, region = aws.region): Promise<void> {
  await ask(
    { action: 'ec2:DeleteVolume', region, about: volume },
    () => aws.client(EC2Client, region).send(new DeleteVolumeCommand({ VolumeId: volume })),
    { gone: () => undefined },
  );
}
