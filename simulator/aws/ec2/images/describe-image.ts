import { tagList } from '../tags.ts';
import { isoTime } from '../../../clock.ts';
import type { Image, System } from '../../state/images.ts';
import { isPublic } from './sharing.ts';

// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/billing-info-fields.html
const billed: Partial<Record<System, { details: string; operation: string }>> = {
  Windows: { details: 'Windows', operation: 'RunInstances:0002' },
  RedHat: { details: 'Red Hat Enterprise Linux', operation: 'RunInstances:0010' },
};

export const platformDetails = (system: System): string => billed[system]?.details ?? 'Linux/UNIX';

// AWS says that RegisterImage takes the billing code from the snapshots where these have it. The simulator's have none.
const billingOf = ({ system, unbilled }: Image) => (unbilled ? undefined : billed[system]);

/** The protection against deregistration, as EC2 shows it. AWS's examples have these values; none shows a cooldown, so the simulator does not show it either. */
export function protectionOf({ protection }: Image): string {
  if (!protection || protection.until !== undefined) return 'disabled';
  return protection.cooldown ? 'enabled-with-cooldown' : 'enabled-without-cooldown';
}

/** An image as DescribeImages returns it. */
export function describedImage(image: Image) {
  return {
    ImageId: image.id,
    // The location of an instance store-backed AMI is its manifest: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Image.html
    ImageLocation: `${image.ownerAlias ?? image.owner}/${image.name}${image.instanceStore ? '.manifest.xml' : ''}`,
    ImageType: 'machine',
    Name: image.name,
    Description: image.description || undefined,
    OwnerId: image.owner,
    ImageOwnerAlias: image.ownerAlias,
    Public: isPublic(image),
    State: image.state,
    StateReason: image.stateReason,
    CreationDate: isoTime(image.createdAt),
    DeprecationTime: image.deprecatedAt === undefined ? undefined : isoTime(image.deprecatedAt),
    DeregistrationProtection: protectionOf(image),
    Architecture: image.architecture,
    Platform: image.system === 'Windows' ? 'windows' : undefined,
    PlatformDetails: billingOf(image)?.details ?? 'Linux/UNIX',
    UsageOperation: billingOf(image)?.operation ?? 'RunInstances',
    RootDeviceType: image.instanceStore ? 'instance-store' : 'ebs',
    RootDeviceName: image.rootDevice,
    VirtualizationType: image.virtualization ?? 'hvm',
    TpmSupport: image.tpm,
    Hypervisor: 'xen',
    EnaSupport: image.ena ?? true,
    SriovNetSupport: 'simple',
    BootMode: image.bootMode,
    ImdsSupport: image.imdsSupport,
    SourceInstanceId: image.sourceInstance,
    SourceImageId: image.sourceImage,
    SourceImageRegion: image.sourceRegion,
    BlockDeviceMappings: [
      ...(image.ephemeral ?? []).map(({ device, name }) => ({ DeviceName: device, VirtualName: name })),
      ...image.mappings.map((mapping) => ({
        DeviceName: mapping.device,
        Ebs: {
          // EC2 does not promise snapshot ids before the image is available. The simulator omits them, so that no code relies on
          // them.
          SnapshotId: image.state === 'pending' ? undefined : mapping.snapshot,
          VolumeSize: mapping.sizeGiB,
          VolumeType: mapping.type,
          Iops: mapping.iops,
          Throughput: mapping.throughput,
          Encrypted: mapping.encrypted,
          DeleteOnTermination: mapping.deleteOnTermination,
        },
      })),
    ],
    ImageWatermarks: image.watermarks?.map(({ key, source, at }) => ({
      WatermarkKey: key,
      SourceImageId: source.image,
      SourceImageRegion: source.region,
      SourceImageCreationTime: new Date(source.createdAt),
      WatermarkCreationTime: new Date(at),
    })),
    Tags: tagList(image.tags),
  };
}
