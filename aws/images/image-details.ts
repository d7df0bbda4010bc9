import { DescribeImageAttributeCommand, DescribeImagesCommand, EC2Client, type Image } from '@aws-sdk/client-ec2';
import type { ImageDetails, InspectedDisk } from '../../core/inspect/inspection.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { reasonText } from '../state-reason.ts';
import { fromTags } from '../tags.ts';
import { evidence } from '../usage/evidence.ts';
import { ownSnapshots, volumeUsers } from './snapshots.ts';

type Mapping = NonNullable<Image['BlockDeviceMappings']>[number];

/** Only the fields that have a value. */
const present = <T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;

const diskOf = ({ DeviceName = '', Ebs, VirtualName, NoDevice }: Mapping): InspectedDisk => ({
  device: DeviceName,
  ...present({
    snapshot: Ebs?.SnapshotId,
    sizeGiB: Ebs?.VolumeSize,
    type: Ebs?.VolumeType,
    iops: Ebs?.Iops,
    throughput: Ebs?.Throughput,
    encrypted: Ebs && (Ebs.Encrypted ?? false),
    deleteOnTermination: Ebs?.DeleteOnTermination,
    instanceStore: VirtualName,
  }),
  ...(NoDevice !== undefined && { dropped: true as const }),
});

const detailsOf = (region: string, image: Image): Omit<ImageDetails, 'uefiVariables'> => ({
  ami: image.ImageId ?? '',
  region,
  name: image.Name ?? '',
  state: image.State ?? 'unknown',
  owner: image.OwnerId ?? '',
  public: image.Public ?? false,
  createdAt: image.CreationDate ?? '',
  platform: image.PlatformDetails ?? image.Platform ?? 'unknown',
  productCodes: (image.ProductCodes ?? []).flatMap(({ ProductCodeId }) => ProductCodeId ?? []),
  architecture: image.Architecture ?? 'unknown',
  ena: image.EnaSupport ?? false,
  rootDeviceType: image.RootDeviceType ?? 'unknown',
  disks: (image.BlockDeviceMappings ?? []).map(diskOf),
  watermarks: (image.ImageWatermarks ?? []).flatMap(({ WatermarkKey }) => WatermarkKey ?? []),
  tags: fromTags(image.Tags),
  ...present({
    stateReason: image.StateReason && reasonText(image.StateReason),
    ownerAlias: image.ImageOwnerAlias,
    description: image.Description,
    deprecatedAt: image.DeprecationTime,
    deregistrationProtection: image.DeregistrationProtection,
    usageOperation: image.UsageOperation,
    virtualization: image.VirtualizationType,
    bootMode: image.BootMode,
    tpm: image.TpmSupport,
    sriov: image.SriovNetSupport,
    imds: image.ImdsSupport,
    rootDevice: image.RootDeviceName,
    location: image.RootDeviceType === 'instance-store' ? image.ImageLocation : undefined,
    publicParameter: image.PublicSsmParameterName,
    allowed: image.ImageAllowed,
    sourceInstance: image.SourceInstanceId,
  }),
});

/** What readDetails calls. */
export const detailsPermissions = [
  'ec2:DescribeImages',
  'ec2:DescribeImageAttribute',
  'ec2:DescribeSnapshots',
  'ec2:DescribeSnapshotAttribute',
];

/** Describes an AMI of any account, even a disabled or deprecated one. @returns undefined if the AMI is not visible. */
export async function readDetails(aws: Connection, region: string, ami: string): Promise<ImageDetails | undefined> {
  const ec2 = aws.client(EC2Client, region);
  const { Images = [] } = await ask(
    { action: 'ec2:DescribeImages', region, about: ami },
    () => ec2.send(new DescribeImagesCommand({ ImageIds: [ami], IncludeDisabled: true, IncludeDeprecated: true })),
    { gone: () => ({ Images: [] }), 'not yet': () => ({ Images: [] }), answer: () => ({ Images: [] }) },
  );
  const [image] = Images;
  if (!image) return undefined;
  const details = detailsOf(region, image);
  const ids = details.disks.flatMap(({ snapshot }) => snapshot ?? []);
  const [uefi, snapshots] = await Promise.all([
    evidence(async () => {
      const { UefiData } = await ask({ action: 'ec2:DescribeImageAttribute', region, about: ami }, () =>
        ec2.send(new DescribeImageAttributeCommand({ ImageId: ami, Attribute: 'uefiData' })),
      );
      return (UefiData?.Value ?? '') !== '';
    }),
    evidence(async () => (ids.length === 0 ? [] : ownSnapshots(aws, region, ids))),
  ]);
  const keys = new Map((snapshots.known ?? []).map(({ snapshot, keyArn }) => [snapshot, keyArn]));
  const disks = await Promise.all(
    details.disks.map(async (disk) => {
      const { snapshot } = disk;
      if (snapshot === undefined) return disk;
      const snapshotUsers = await evidence(() => volumeUsers(aws, region, snapshot));
      return { ...disk, ...present({ keyArn: keys.get(snapshot) }), snapshotUsers };
    }),
  );
  return { ...details, uefiVariables: uefi, disks };
}
