import {
  CopyImageCommand,
  CreateImageCommand,
  DeregisterImageCommand,
  EC2Client,
  type BlockDeviceMapping,
} from '@aws-sdk/client-ec2';
import type { DeviceChange } from '../../core/launch/disks.ts';
import type { Tags } from '../../core/tags.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { tagSpecifications } from '../tags.ts';

/** Of a device that the builder has, CreateImage changes only DeleteOnTermination, or leaves the device out. */
const changedMapping = ({ device, drop, ephemeral, deleteOnTermination }: DeviceChange): BlockDeviceMapping => ({
  DeviceName: device,
  ...(drop && { NoDevice: '' }),
  ...(ephemeral !== undefined && { VirtualName: `ephemeral${ephemeral}` }),
  ...(deleteOnTermination !== undefined && { Ebs: { DeleteOnTermination: deleteOnTermination } }),
});

/** @returns the id of the pending AMI, or undefined if this account already has an AMI of that name. */
export async function createImage(
  aws: Connection,
  request: {
    instance: string;
    name: string;
    description: string;
    reboot: boolean;
    devices: DeviceChange[];
    tags: Tags;
  },
): Promise<string | undefined> {
  const { instance, name, description, reboot, devices, tags } = request;
  const answer = await ask(
    { action: 'ec2:CreateImage', region: aws.region, about: `${name} from ${instance}` },
    () =>
      aws.client(EC2Client).send(
        new CreateImageCommand({
          InstanceId: instance,
          Name: name,
          Description: description,
          NoReboot: !reboot,
          ...(devices.length > 0 && { BlockDeviceMappings: devices.map(changedMapping) }),
          TagSpecifications: tagSpecifications(['image', 'snapshot'], tags),
        }),
      ),
    { answer: () => undefined },
  );
  return answer?.ImageId;
}

interface CopyRequest {
  /** The destination region, in which CopyImage is called. */
  region: string;
  from: { region: string; ami: string };
  name: string;
  description: string;
  token: string;
  kmsKey?: string | undefined;
  tags: Tags;
  /** AWS completes a time-based copy within so many minutes. */
  withinMinutes?: number | undefined;
}

export async function copyImage(
  aws: Connection,
  { region, from, name, description, token, kmsKey, tags, withinMinutes }: CopyRequest,
): Promise<string> {
  const answer = await ask({ action: 'ec2:CopyImage', region, about: `${from.ami} (${from.region})` }, () =>
    aws.client(EC2Client, region).send(
      new CopyImageCommand({
        SourceRegion: from.region,
        SourceImageId: from.ami,
        Name: name,
        Description: description,
        ClientToken: token,
        ...(withinMinutes !== undefined && { SnapshotCopyCompletionDurationMinutes: withinMinutes }),
        ...(kmsKey && { Encrypted: true, KmsKeyId: kmsKey }),
        TagSpecifications: tagSpecifications(['image', 'snapshot'], tags),
      }),
    ),
  );
  return answer.ImageId ?? '';
}

/** Deregisters an AMI. An AMI that is already gone is no error. Its snapshots stay: see deleteSnapshot. */
export async function deregisterImage(aws: Connection, region: string, ami: string): Promise<void> {
  await ask(
    { action: 'ec2:DeregisterImage', region, about: ami },
    () => aws.client(EC2Client, region).send(new DeregisterImageCommand({ ImageId: ami })),
    { gone: () => undefined },
  );
}
