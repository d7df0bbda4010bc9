import { EC2Client, RegisterImageCommand, type BlockDeviceMapping } from '@aws-sdk/client-ec2';
import type { RegisteredDevice } from '../../core/launch/captured-disks.ts';
import type { Tags } from '../../core/tags.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { tagSpecifications } from '../tags.ts';

interface Registration {
  name: string;
  description: string;
  architecture: string;
  rootDevice: string;
  /** Absent: the instance type decides. */
  bootMode?: string | undefined;
  tpm: boolean;
  ena: boolean;
  imdsV2: boolean;
  devices: RegisteredDevice[];
  tags: Tags;
}

/** RegisterImage takes no encryption: a disk is encrypted if its snapshot is. */
const mappingOf = (one: RegisteredDevice): BlockDeviceMapping =>
  'ephemeral' in one
    ? { DeviceName: one.device, VirtualName: `ephemeral${one.ephemeral}` }
    : {
        DeviceName: one.device,
        Ebs: {
          SnapshotId: one.snapshot,
          VolumeSize: one.sizeGiB,
          VolumeType: one.type as 'gp3',
          Iops: one.iops,
          Throughput: one.throughput,
          DeleteOnTermination: one.deleteOnTermination,
        },
      };

/**
 * Registers an image from snapshots. What the request leaves out would be the default of 2006: i386, paravirtual, without ENA.
 * @returns the id of the AMI, or undefined if this account already has an AMI of that name.
 */
export async function registerImage(aws: Connection, request: Registration): Promise<string | undefined> {
  const { name, description, architecture, rootDevice, bootMode, tpm, ena, imdsV2, devices, tags } = request;
  const answer = await ask(
    { action: 'ec2:RegisterImage', region: aws.region, about: name },
    () =>
      aws.client(EC2Client).send(
        new RegisterImageCommand({
          Name: name,
          Description: description,
          Architecture: architecture as 'x86_64',
          VirtualizationType: 'hvm',
          RootDeviceName: rootDevice,
          EnaSupport: ena,
          SriovNetSupport: 'simple',
          BootMode: bootMode as 'uefi' | undefined,
          TpmSupport: tpm ? 'v2.0' : undefined,
          ImdsSupport: imdsV2 ? 'v2.0' : undefined,
          BlockDeviceMappings: devices.map(mappingOf),
          TagSpecifications: tagSpecifications(['image'], tags),
        }),
      ),
    { answer: () => undefined },
  );
  return answer?.ImageId;
}
