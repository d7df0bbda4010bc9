import { ec2Error, tagsOf, textOf, type HttpAnswer } from '../wire.ts';
import type { Ec2Call } from './ec2-call.ts';
import { furnish, nameTaken } from './images.ts';
import { mark } from './marks.ts';
import { kept } from './registered-disks.ts';

/*
 * An AMI that is registered from snapshots: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html. moto keeps
 * only name and description, and makes a snapshot of its own. The rest is kept in tags of the AMI.
 */

/** The disks that a request names, as one tag: device=snapshot=size=type=deleteOnTermination=encrypted, separated by commas. */
const disksIn = (form: URLSearchParams): string[][] => {
  const disks: string[][] = [];
  for (let i = 1; form.has(`BlockDeviceMapping.${i}.DeviceName`); i++) {
    const of = (key: string) => form.get(`BlockDeviceMapping.${i}.${key}`) ?? '';
    disks.push([
      of('DeviceName'),
      of('Ebs.SnapshotId'),
      of('Ebs.VolumeSize'),
      of('Ebs.VolumeType'),
      of('Ebs.DeleteOnTermination'),
    ]);
  }
  return disks;
};

export async function registerImage(call: Ec2Call): Promise<HttpAnswer> {
  const { form } = call;
  const taken = await nameTaken(call, form.get('Name') ?? '');
  if (taken) return taken;
  const disks = disksIn(form);
  for (const disk of disks) {
    const [, snapshot = ''] = disk;
    const found = await call.ask({ Action: 'DescribeSnapshots', 'SnapshotId.1': snapshot }).catch(() => '');
    if (textOf(found, 'status') !== 'completed')
      return ec2Error('InvalidSnapshot.NotFound', `The snapshot '${snapshot}' does not exist or is not complete`);
    disk.push(tagsOf(found)[`${mark}key`] === undefined ? '' : 'encrypted');
  }
  const fields = Object.entries(kept).flatMap(([field, element]) => {
    const value = form.get(field);
    return value === null ? [] : [[element, value]];
  });
  return furnish(call, await call.pass(), {
    ...(Object.fromEntries(fields) as Record<string, string>),
    ...(form.get('ImdsSupport') && { imds: form.get('ImdsSupport') ?? '' }),
    disks: disks.map((disk) => disk.join('=')).join(','),
  });
}
