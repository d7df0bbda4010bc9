import { isoTime } from '../world.ts';
import { isPublic, type Image, type System } from './images.ts';
import { tagList } from './tags.ts';

export const platformDetails = (system: System): string => (system === 'Windows' ? 'Windows' : 'Linux/UNIX');

/** An image as DescribeImages answers it. */
export function describedImage(image: Image) {
  return {
    ImageId: image.id,
    ImageLocation: `${image.ownerAlias ?? image.owner}/${image.name}`,
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
    Architecture: image.architecture,
    Platform: image.system === 'Windows' ? 'windows' : undefined,
    PlatformDetails: platformDetails(image.system),
    UsageOperation: image.system === 'Windows' ? 'RunInstances:0002' : 'RunInstances',
    RootDeviceType: 'ebs',
    RootDeviceName: image.rootDevice,
    VirtualizationType: 'hvm',
    Hypervisor: 'xen',
    EnaSupport: true,
    SriovNetSupport: 'simple',
    BootMode: image.bootMode,
    ImdsSupport: image.imdsSupport,
    SourceInstanceId: image.sourceInstance,
    SourceImageId: image.sourceImage,
    SourceImageRegion: image.sourceRegion,
    BlockDeviceMappings: image.mappings.map((mapping) => ({
      DeviceName: mapping.device,
      Ebs: {
        // EC2 does not promise the ids before the image is available; nor do we, so that nothing leans on them.
        SnapshotId: image.state === 'pending' ? undefined : mapping.snapshot,
        VolumeSize: mapping.sizeGiB,
        VolumeType: mapping.type,
        Iops: mapping.iops,
        Throughput: mapping.throughput,
        Encrypted: mapping.encrypted,
        DeleteOnTermination: mapping.deleteOnTermination,
      },
    })),
    Tags: tagList(image.tags),
  };
}
