import type { Image } from '@aws-sdk/client-ec2';
import type { AmiDescription } from '../../core/launch/source.ts';
import { reasonText } from '../state-reason.ts';
import { fromTags } from '../tags.ts';

/** An AMI as EC2 describes it, in our words. */
export const amiDescription = (region: string, image: Image): AmiDescription => ({
  ami: image.ImageId ?? '',
  region,
  name: image.Name ?? '',
  state: image.State ?? 'unknown',
  owner: image.OwnerId ?? '',
  ...(image.ImageOwnerAlias && { ownerAlias: image.ImageOwnerAlias }),
  createdAt: image.CreationDate ?? '',
  ...(image.DeprecationTime && { deprecatedAt: image.DeprecationTime }),
  ...(image.DeregistrationProtection?.startsWith('enabled') && { isProtected: true }),
  ...(image.SourceImageId && { madeFrom: { ami: image.SourceImageId, region: image.SourceImageRegion ?? region } }),
  architecture: image.Architecture ?? '',
  windows: image.Platform?.toLowerCase() === 'windows',
  rootDevice: image.RootDeviceName ?? '',
  ebsRoot: image.RootDeviceType !== 'instance-store',
  ...(image.RootDeviceType === 'instance-store' && image.ImageLocation && { bundle: image.ImageLocation }),
  ...(image.BootMode && { bootMode: image.BootMode }),
  ...(image.VirtualizationType && { virtualization: image.VirtualizationType }),
  ...(image.EnaSupport !== undefined && { ena: image.EnaSupport }),
  ...(image.TpmSupport && { tpm: image.TpmSupport === 'v2.0' }),
  ...(image.ImageAllowed !== undefined && { allowed: image.ImageAllowed }),
  watermarks: (image.ImageWatermarks ?? []).flatMap(({ WatermarkKey }) => WatermarkKey ?? []),
  imdsV2: image.ImdsSupport === 'v2.0',
  ...(image.StateReason && { stateReason: reasonText(image.StateReason) }),
  ...(image.Description !== undefined && { description: image.Description }),
  tags: fromTags(image.Tags),
  disks: (image.BlockDeviceMappings ?? []).flatMap(({ DeviceName, Ebs }) =>
    Ebs
      ? [
          {
            device: DeviceName ?? '',
            ...(Ebs.SnapshotId && { snapshot: Ebs.SnapshotId }),
            ...(Ebs.VolumeSize !== undefined && { sizeGiB: Ebs.VolumeSize }),
            ...(Ebs.VolumeType && { type: Ebs.VolumeType }),
            ...(Ebs.Iops !== undefined && { iops: Ebs.Iops }),
            ...(Ebs.Throughput !== undefined && { throughput: Ebs.Throughput }),
            encrypted: Ebs.Encrypted ?? false,
            ...(Ebs.DeleteOnTermination === false && { deleteOnTermination: false as const }),
          },
        ]
      : [],
  ),
  ...ephemeralOf(image),
  ...billingOf(image),
});

/** What AWS bills for an image that only costs its instance. */
const plain = 'RunInstances';

function billingOf({ UsageOperation = plain, PlatformDetails, ProductCodes }: Image): Pick<AmiDescription, 'billing'> {
  const products = (ProductCodes ?? []).flatMap(({ ProductCodeId }) => ProductCodeId ?? []);
  if (UsageOperation === plain && products.length === 0) return {};
  return { billing: { platform: PlatformDetails ?? 'unknown', operation: UsageOperation, products } };
}

function ephemeralOf({ BlockDeviceMappings: mappings = [] }: Image): Pick<AmiDescription, 'ephemeral'> {
  const mapped = mappings.flatMap(({ DeviceName = '', VirtualName }) =>
    VirtualName ? [[DeviceName, VirtualName]] : [],
  );
  return mapped.length > 0 ? { ephemeral: Object.fromEntries(mapped) } : {};
}
