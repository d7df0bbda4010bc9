import type { CreateStoreImageTaskRequest, DescribeStoreImageTasksRequest } from '@aws-sdk/client-ec2';
import { isoTime } from '../../../clock.ts';
import { ApiError, type Actions, type Caller } from '../../calls/actions.ts';
import { filters, page, refuseDryRun, required, strict } from '../../calls/strict.ts';
import { mayRead } from '../../keys.ts';
import { storeObject } from '../../s3.ts';
import type { Bucket } from '../../state/buckets.ts';
import type { Image } from '../../state/images.ts';
import type { Region } from '../../state/region.ts';
import type { Snapshot } from '../../state/snapshots.ts';
import type { StoreTask } from '../../state/store-tasks.ts';
import type { World } from '../../state/world.ts';
import { selectByFilters } from '../filters.ts';
import { paginate } from '../pagination.ts';
import { imageById } from '../images/images.ts';

// The simulated CreateStoreImageTask and DescribeStoreImageTasks. The rules:
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-store-restore.html
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/store-restore-how-it-works.html
// AWS documents no error codes for them. The codes here are the general ones of EC2.

/** GiB of snapshot data: of one AMI, and of all tasks in progress. */
const mostOfImage = 5000;
const mostStored = 1200;
const visibleFor = 31 * 86_400_000;

/** What an object of the simulated S3 holds of an AMI. Sharing, encryption and the key are not part of it. */
export interface StoredAmi {
  image: Omit<Image, 'tags' | 'watermarks'> & { tags: [string, string][] };
  region: string;
  disks: Record<string, Pick<Snapshot, 'sizeGiB' | 'usedGiB' | 'system'>>;
}

export const storeImageActions = (world: World): Actions => ({
  CreateStoreImageTask: strict(
    'ec2:CreateStoreImageTask',
    'DryRun ImageId Bucket S3ObjectTags.Key S3ObjectTags.Value',
    (input: CreateStoreImageTaskRequest, caller) => createTask(world, input, caller),
  ),
  DescribeStoreImageTasks: strict(
    'ec2:DescribeStoreImageTasks',
    `ImageIds ${filters} ${page}`,
    ({ ImageIds, ...input }: DescribeStoreImageTasksRequest, caller) => {
      const since = world.clock.now() - visibleFor;
      const tasks = [...world.region(caller.region).storeTasks.values()]
        .filter(({ owner, startedAt, image }) => {
          const isNamed = !ImageIds?.length || ImageIds.includes(image);
          return owner === caller.account && startedAt >= since && isNamed;
        })
        .map((task) => ({ ...task, tags: new Map<string, string>() }))
        .toReversed();
      const matching = selectByFilters(tasks, input.Filters, {
        'task-state': ({ state }) => state,
        bucket: ({ bucket }) => bucket,
      });
      const { items, NextToken } = paginate(matching, input, { max: 200, ids: ImageIds });
      return { StoreImageTaskResults: items.map((task) => described(world, task)), NextToken };
    },
  ),
});

/** A bucket of the caller's region. */
export function bucketThere(world: World, region: Region, name: string): Bucket {
  const bucket = world.buckets.get(name);
  if (bucket?.region === region.name) return bucket;
  throw new ApiError('InvalidParameterValue', `The bucket ${name} does not exist in ${region.name}`);
}

function createTask(world: World, input: CreateStoreImageTaskRequest, caller: Caller) {
  const region = world.region(caller.region);
  const image = imageById(region, caller, required(input.ImageId, 'ImageId'));
  const bucket = bucketThere(world, region, required(input.Bucket, 'Bucket'));
  const snapshots = storableSnapshots(region, caller, image);
  refuseDryRun(input);
  const gib = snapshots.reduce((sum, { sizeGiB }) => sum + sizeGiB, 0);
  if (gib > mostOfImage)
    throw new ApiError('InvalidRequest', `The AMI has ${gib} GB of snapshots, more than ${mostOfImage} GB`);
  const tasks = [...region.storeTasks.values()].filter(
    ({ owner, state }) => owner === caller.account && state === 'InProgress',
  );
  if (tasks.some((task) => task.image === image.id && task.bucket === bucket.name))
    throw new ApiError('InvalidRequest', `${image.id} is already being stored in ${bucket.name}`);
  // A single AMI is accepted if nothing else is in progress.
  const underway = tasks.reduce((sum, task) => sum + task.gib, 0);
  if (underway > 0 && underway + gib > mostStored)
    throw new ApiError('ResourceLimitExceeded', `More than ${mostStored} GB are being stored`);
  const object = `${image.id}.bin`;
  if (bucket.objects.has(object))
    throw new ApiError('InvalidRequest', `The object ${object} already exists in ${bucket.name}`);
  startTask(world, region, caller, { image, snapshots, bucket, object, gib });
  return { ObjectKey: object };
}

function storableSnapshots(region: Region, caller: Caller, image: Image): Snapshot[] {
  if (image.instanceStore || image.virtualization === 'paravirtual')
    throw new ApiError('InvalidRequest', 'Only EBS-backed HVM images can be stored');
  if (image.state !== 'available')
    throw new ApiError('InvalidAMIID.Unavailable', `The image ID '${image.id}' is not available (${image.state})`);
  const snapshots = image.mappings.flatMap(({ snapshot = '' }) => region.snapshots.get(snapshot) ?? []);
  if (snapshots.every(({ owner, sharedWith }) => owner === caller.account || sharedWith.has(caller.account)))
    return snapshots;
  throw new ApiError('InvalidRequest', 'You do not have permission to access the storage of this ami');
}

interface Storing {
  image: Image;
  snapshots: Snapshot[];
  bucket: Bucket;
  object: string;
  gib: number;
}

function startTask(world: World, region: Region, caller: Caller, { image, snapshots, bucket, object, gib }: Storing) {
  const used = snapshots.reduce((sum, { usedGiB }) => sum + usedGiB, 0);
  const seconds = world.delays.draw('storeImage', { resource: image.id, region: region.name, gib: used });
  const [startedAt, endsAt] = [world.clock.now(), world.clock.now() + seconds * 1000];
  const about = { image: image.id, owner: caller.account, bucket: bucket.name, object };
  const task: StoreTask = { ...about, state: 'InProgress', startedAt, endsAt, gib };
  region.storeTasks.set(`${image.id} ${startedAt}`, task);
  const { tags, watermarks: _, ...rest } = image;
  const disks = Object.fromEntries(
    snapshots.map(({ id, sizeGiB, usedGiB, system }) => [id, { sizeGiB, usedGiB, ...(system && { system }) }]),
  );
  const stored: StoredAmi = { image: { ...rest, permissions: [], tags: [...tags] }, region: region.name, disks };
  world.clock.at(endsAt, () => {
    const lost = snapshots.find(({ id }) => !region.snapshots.has(id));
    const locked = snapshots.find(({ keyArn }) => keyArn !== undefined && !mayRead(world, caller, keyArn));
    const failure = lost
      ? `Snapshot ${lost.id} was deleted`
      : locked && `The key of snapshot ${locked.id} is not accessible`;
    task.state = failure === undefined ? 'Completed' : 'Failed';
    if (failure !== undefined) task.failure = failure;
    else
      storeObject(world, bucket, object, JSON.stringify(stored), {
        // The guide lists these five, and not their names.
        metadata: {
          'ami-name': image.name,
          'ami-description': image.description,
          'ami-registration-date': isoTime(image.createdAt),
          'ami-owner-account': image.owner,
          'ami-store-date': isoTime(startedAt),
        },
      });
    world.views.note();
  });
}

function described(world: World, { image, bucket, object, state, failure, startedAt, endsAt }: StoreTask) {
  const done = (world.clock.now() - startedAt) / Math.max(1, endsAt - startedAt);
  return {
    AmiId: image,
    Bucket: bucket,
    S3objectKey: object,
    ProgressPercentage: state === 'Completed' ? 100 : Math.min(99, Math.floor(done * 100)),
    StoreTaskState: state,
    StoreTaskFailureReason: failure,
    TaskStartTime: new Date(startedAt),
  };
}
