import { DeleteVolumeCommand, DescribeVolumesCommand, EC2Client, ModifyVolumeCommand } from '@aws-sdk/client-ec2';
import { Failure } from '../../core/errors.ts';
import type { AttachedVolume } from '../../core/launch/captured-disks.ts';
import { ask, everyPage } from '../errors.ts';
import type { Connection } from '../connection.ts';

/** Deletes a volume. A volume that is already gone is no error. */
export async function deleteVolume(aws: Connection, volume: string, region = aws.region): Promise<void> {
  await ask(
    { action: 'ec2:DeleteVolume', region, about: volume },
    () => aws.client(EC2Client, region).send(new DeleteVolumeCommand({ VolumeId: volume })),
    { gone: () => undefined },
  );
}

/** The EBS volumes of an instance, in the order of their devices. */
export async function volumesAttachedTo(aws: Connection, instance: string): Promise<AttachedVolume[]> {
  const Filters = [{ Name: 'attachment.instance-id', Values: [instance] }];
  const volumes = await ask(
    { action: 'ec2:DescribeVolumes', region: aws.region, about: `volumes of ${instance}` },
    () =>
      everyPage(
        (NextToken) => aws.client(EC2Client).send(new DescribeVolumesCommand({ Filters, MaxResults: 500, NextToken })),
        ({ Volumes }) => Volumes,
      ),
  );
  return volumes
    .flatMap(({ VolumeId = '', Attachments, Size = 0, VolumeType = '', Iops, Throughput }) => {
      const at = Attachments?.find(({ InstanceId }) => InstanceId === instance);
      const { Device: device = '', DeleteOnTermination: deleteOnTermination = false } = at ?? {};
      const speed = { ...(Iops !== undefined && { iops: Iops }), ...(Throughput && { throughput: Throughput }) };
      return at ? [{ device, volume: VolumeId, sizeGiB: Size, type: VolumeType, ...speed, deleteOnTermination }] : [];
    })
    .toSorted((a, b) => a.device.localeCompare(b.device));
}

interface Speed {
  device: string;
  iops?: number | undefined;
  throughput?: number | undefined;
}

const speedName = ({ iops, throughput }: Speed) =>
  [iops && `${iops} IOPS`, throughput && `${throughput} MiB/s`].filter(Boolean).join(' and ');

/** The volume if it has another speed. @throws BuilderFailed if the instance has no such volume. */
async function otherwiseFast(aws: Connection, instance: string, { device, iops, throughput }: Speed) {
  const about = `${device} of ${instance}`;
  const Filters = [
    { Name: 'attachment.instance-id', Values: [instance] },
    { Name: 'attachment.device', Values: [device] },
  ];
  const answer = await ask({ action: 'ec2:DescribeVolumes', region: aws.region, about }, () =>
    aws.client(EC2Client).send(new DescribeVolumesCommand({ Filters })),
  );
  const [found] = answer.Volumes ?? [];
  if (!found?.VolumeId) throw new Failure('BuilderFailed', `EC2 shows no volume ${about} in ${aws.region}`);
  const { VolumeId, Iops = iops, Throughput = throughput } = found;
  return (iops ?? Iops) === Iops && (throughput ?? Throughput) === Throughput ? undefined : VolumeId;
}

/**
 * Whether an instance's volume has a speed. EC2 shows the new speed once the volume has it, in seconds or minutes:
 * https://docs.aws.amazon.com/ebs/latest/userguide/monitoring-volume-modifications.html
 * @returns what is under way. Undefined: the volume has the speed.
 */
export async function speedLook(aws: Connection, instance: string, speed: Speed): Promise<string | undefined> {
  const volume = await otherwiseFast(aws, instance, speed);
  return volume && `${volume} (${speed.device} of ${instance}) in ${aws.region} gets ${speedName(speed)}`;
}

/** The same, and begins the change. EC2 refuses another change while one is under way, and the next look sees how that one ended. */
export async function changeSpeed(aws: Connection, instance: string, speed: Speed): Promise<string | undefined> {
  const volume = await otherwiseFast(aws, instance, speed);
  if (volume === undefined) return undefined;
  const { device, iops: Iops, throughput: Throughput } = speed;
  const about = `${volume} (${device} of ${instance})`;
  await ask(
    { action: 'ec2:ModifyVolume', region: aws.region, about },
    () => aws.client(EC2Client).send(new ModifyVolumeCommand({ VolumeId: volume, Iops, Throughput })),
    { answer: () => undefined },
  );
  return `${about} in ${aws.region} gets ${speedName(speed)}`;
}
