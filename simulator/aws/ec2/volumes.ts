import type { DeleteVolumeRequest, DescribeVolumesRequest, ModifyVolumeRequest } from '@aws-sdk/client-ec2';
import { ApiError, type Actions, type Caller } from '../calls/actions.ts';
import { filters, page, strict } from '../calls/strict.ts';
import { selectByFilters, type Fields } from './filters.ts';
import { paginate } from './pagination.ts';
import { refuseImpossibleVolume } from './volume-limits.ts';
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
  ModifyVolume: strict('ec2:ModifyVolume', 'VolumeId Iops Throughput', (input: ModifyVolumeRequest, caller) =>
    modifyVolume(world, input, caller),
  ),
});

const sixHours = 6 * 3_600_000;

/**
 * Changes the speed of a volume. The volume shows the new speed when the change is made:
 * https://docs.aws.amazon.com/ebs/latest/userguide/monitoring-volume-modifications.html
 * EC2 allowed one change in six hours for years, and four in a day since January 2026; the simulator takes the first.
 */
function modifyVolume(world: World, input: ModifyVolumeRequest, caller: Caller) {
  const region = world.region(caller.region);
  const volume = volumeById(region, caller, input.VolumeId ?? '');
  const now = world.clock.now();
  if (volume.change && volume.change.endsAt > now)
    throw new ApiError('IncorrectModificationState', `Volume ${volume.id} is already being modified.`);
  if (volume.change && now - volume.change.at < sixHours) {
    const limit = "You've reached the maximum modification rate per volume limit.";
    throw new ApiError('VolumeModificationRateExceeded', `${limit} Wait at least 6 hours between modifications.`);
  }
  const { type, sizeGiB } = volume;
  const speed = { iops: input.Iops ?? volume.iops, throughput: input.Throughput ?? volume.throughput };
  refuseImpossibleVolume({ type, sizeGiB, ...speed, root: false });
  const seconds = world.delays.draw('volumeChange', { resource: volume.id, region: region.name });
  volume.change = { at: now, endsAt: now + seconds * 1000 };
  world.clock.at(volume.change.endsAt, () => void Object.assign(volume, speed));
  const modification = {
    VolumeId: volume.id,
    ModificationState: 'modifying',
    TargetSize: sizeGiB,
    TargetVolumeType: type,
  };
  return {
    VolumeModification: {
      ...modification,
      TargetIops: speed.iops,
      TargetThroughput: speed.throughput,
      StartTime: new Date(now),
      Progress: 0,
    },
  };
}

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
