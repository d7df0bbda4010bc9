import type { DeleteVolumeRequest, DescribeVolumesRequest } from '@aws-sdk/client-ec2';
import { ApiError, type Actions, type Caller } from '../calls/actions.ts';
import { filters, page, strict } from '../calls/strict.ts';
import { selectByFilters, type Fields } from './filters.ts';
import { paginate } from './pagination.ts';
import { tagList } from './tags.ts';
import type { Region } from '../state/region.ts';
import type { World } from '../state/world.ts';
import type { Volume } from '../state/volumes.ts';

/** The caller's volume, or EC2's error for an id that it does not know. */
export function volumeById(region: Region, caller: Caller, id: string): Volume {
  const volume = region.volumes.get(id);
  if (volume?.owner === caller.account) return volume;
  throw new ApiError('InvalidVolume.NotFound', `The volume '${id}' does not exist.`);
}

const fields: Fields<Volume> = {
  'volume-id': (volume) => volume.id,
  status: (volume) => volume.state,
  'attachment.instance-id': (volume) => volume.attachment?.instance,
  'attachment.device': (volume) => volume.attachment?.device,
  'attachment.delete-on-termination': (volume) => String(volume.attachment?.deleteOnTermination ?? false),
  'availability-zone': (volume) => volume.zone,
  'snapshot-id': (volume) => volume.snapshot,
  'volume-type': (volume) => volume.type,
  encrypted: (volume) => String(volume.keyArn !== undefined),
  size: (volume) => String(volume.sizeGiB),
};

/** The simulated EC2 actions on volumes. */
export const volumeActions = (world: World): Actions => ({
  DescribeVolumes: strict(
    'ec2:DescribeVolumes',
    `VolumeIds ${filters} ${page}`,
    (input: DescribeVolumesRequest, caller) => {
      const region = world.region(caller.region);
      const own = input.VolumeIds?.length
        ? input.VolumeIds.map((id) => volumeById(region, caller, id))
        : [...region.volumes.values()].filter((volume) => volume.owner === caller.account);
      const { items, NextToken } = paginate(selectByFilters(own, input.Filters, fields), input, {
        min: 1,
        max: 1000,
        ids: input.VolumeIds,
      });
      return { Volumes: items.map(described), NextToken };
    },
  ),
  DeleteVolume: strict('ec2:DeleteVolume', 'VolumeId', (input: DeleteVolumeRequest, caller) => {
    const region = world.region(caller.region);
    const volume = volumeById(region, caller, input.VolumeId ?? '');
    if (volume.attachment) {
      throw new ApiError('VolumeInUse', `Volume ${volume.id} is currently attached to ${volume.attachment.instance}`);
    }
    region.volumes.delete(volume.id);
    return {};
  }),
});

function described(volume: Volume) {
  const { attachment } = volume;
  return {
    VolumeId: volume.id,
    State: volume.state,
    AvailabilityZone: volume.zone,
    Size: volume.sizeGiB,
    VolumeType: volume.type,
    Iops: volume.iops,
    Throughput: volume.throughput,
    Encrypted: volume.keyArn !== undefined,
    KmsKeyId: volume.keyArn,
    SnapshotId: volume.snapshot ?? '',
    CreateTime: new Date(volume.createdAt),
    MultiAttachEnabled: false,
    Attachments: attachment
      ? [
          {
            InstanceId: attachment.instance,
            Device: attachment.device,
            DeleteOnTermination: attachment.deleteOnTermination,
            State: 'attached',
            AttachTime: new Date(attachment.at),
            VolumeId: volume.id,
          },
        ]
      : [],
    Tags: tagList(volume.tags),
  };
}
