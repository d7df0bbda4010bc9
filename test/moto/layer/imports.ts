import { randomBytes } from 'node:crypto';
import { ec2Error, query, tagSpecification, textOf, type HttpAnswer } from '../wire.ts';
import { answerOf, once, type Ec2Call } from './ec2-call.ts';
import { tagIt } from './images.ts';
import { mark } from './marks.ts';

/*
 * A file in S3 that EC2 makes a snapshot of: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportSnapshot.html. The file is in
 * moto's S3, and says how large its disk is. The snapshot is one of moto's, and has none of the task's tags. moto has no place for a task.
 */

/** A task, as DescribeImportSnapshotTasks shows it. */
interface ImportTask {
  id: string;
  region: string;
  bucket: string;
  key: string;
  tags: Record<string, string>;
  state: 'active' | 'completed' | 'deleted';
  message: string;
  /** Settled once EC2 has made the snapshot. */
  made: Promise<string | undefined>;
}

export type Imports = Map<string, ImportTask>;

/** The size that a file says, such as `a disk of 20 GiB`. */
const sizeIn = (file: string | undefined) => /(\d+) GiB/.exec(file ?? '')?.[1];

async function makeSnapshot(call: Ec2Call, Size: string, id: string): Promise<string> {
  const { ask, region, form, keys } = call;
  const volume = textOf(await ask({ Action: 'CreateVolume', AvailabilityZone: `${region}a`, Size }), 'volumeId') ?? '';
  const Description = `Created by AWS-VMImport service for ${id}`;
  const snapshot = textOf(await ask({ Action: 'CreateSnapshot', VolumeId: volume, Description }), 'snapshotId') ?? '';
  await ask({ Action: 'DeleteVolume', VolumeId: volume });
  if (form.get('Encrypted') === 'true')
    await tagIt(call, snapshot, {
      [`${mark}key`]: await keys.arnOf(region, form.get('KmsKeyId') ?? 'alias/aws/ebs', call.account),
    });
  return snapshot;
}

export const importSnapshot = (call: Ec2Call): Promise<HttpAnswer> =>
  once(call, async () => {
    const { form, region, port, imports, progress, scenario, objects } = call;
    const of = (name: string) => form.get(`DiskContainer.${name}`) ?? '';
    const role = form.get('RoleName') ?? 'vmimport';
    const iam = { service: 'iam', version: '2010-05-08', account: call.account };
    const hasRole = await query(port, region, { Action: 'GetRole', RoleName: role }, iam).then(
      () => true,
      () => false,
    );
    if (!hasRole) return ec2Error('InvalidParameter', `The service role ${role} provided does not exist`);
    if (!/^(VMDK|VHD|RAW)$/.test(of('Format'))) return ec2Error('InvalidParameter', `no format: ${of('Format')}`);
    const [bucket, key] = [of('UserBucket.S3Bucket'), of('UserBucket.S3Key')];
    const id = `import-snap-${randomBytes(8).toString('hex')}`;
    const size = sizeIn(await objects.get(bucket, key));
    let end: (made: Promise<string> | undefined) => void = () => undefined;
    const made = new Promise<string | undefined>((resolve) => (end = resolve));
    const tags = tagSpecification(form, 'import-snapshot-task');
    const task: ImportTask = { id, region, bucket, key, tags, state: 'active', message: 'pending', made };
    imports.set(id, task);
    progress.begin(id, {
      scenario,
      kind: 'import',
      ends() {
        if (task.state !== 'active') return;
        task.state = size === undefined ? 'deleted' : 'completed';
        task.message = size === undefined ? 'ClientError: Disk validation failed' : '';
        end(size === undefined ? undefined : makeSnapshot(call, size, id));
      },
    });
    return answerOf('ImportSnapshot', `<importTaskId>${id}</importTaskId>${detailOf(task)}`);
  });

function detailOf({ bucket, key, state, message }: ImportTask, snapshot?: string): string {
  const place = `<userBucket><s3Bucket>${bucket}</s3Bucket><s3Key>${key}</s3Key></userBucket>`;
  const made = snapshot === undefined ? '' : `<snapshotId>${snapshot}</snapshotId>`;
  return `<snapshotTaskDetail><status>${state}</status><statusMessage>${message}</statusMessage><progress>${made ? 100 : 3}</progress>${place}${made}</snapshotTaskDetail>`;
}

export async function describeImportSnapshotTasks({ imports, region, progress }: Ec2Call): Promise<HttpAnswer> {
  const items = await Promise.all(
    [...imports.values()].map(async (task) => {
      if (task.region !== region) return '';
      progress.isUnderWay(task.id);
      const snapshot = task.state === 'completed' ? await task.made : undefined;
      const tags = Object.entries(task.tags).map(([k, v]) => `<item><key>${k}</key><value>${v}</value></item>`);
      return `<item><importTaskId>${task.id}</importTaskId>${detailOf(task, snapshot)}<tagSet>${tags.join('')}</tagSet></item>`;
    }),
  );
  const set = `<importSnapshotTaskSet>${items.join('')}</importSnapshotTaskSet>`;
  return answerOf('DescribeImportSnapshotTasks', set);
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CancelImportTask.html */
export async function cancelImportTask({ form, imports }: Ec2Call): Promise<HttpAnswer> {
  const id = form.get('ImportTaskId') ?? '';
  const task = imports.get(id);
  if (!task) return ec2Error('InvalidConversionTaskId', `The import task ${id} does not exist`);
  if (task.state !== 'active') return ec2Error('IncorrectState', `The task ${id} is ${task.state}`);
  Object.assign(task, { state: 'deleted', message: 'User initiated task cancelation' });
  return answerOf(
    'CancelImportTask',
    `<importTaskId>${id}</importTaskId><previousState>active</previousState><state>deleting</state>`,
  );
}
