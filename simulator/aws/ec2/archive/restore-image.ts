import type { CreateRestoreImageTaskRequest } from '@aws-sdk/client-ec2';
import { isoTime } from '../../../clock.ts';
import { ApiError, type Actions, type Caller } from '../../calls/actions.ts';
import { refuseDryRun, required, strict, tagSpecificationParameters } from '../../calls/strict.ts';
import { usableKeyArn } from '../../keys.ts';
import type { StoredObject } from '../../state/buckets.ts';
import type { Mapping } from '../../state/images.ts';
import type { Region } from '../../state/region.ts';
import type { Snapshot } from '../../state/snapshots.ts';
import type { World } from '../../state/world.ts';
import { refuseMoreImages } from '../limits.ts';
import { specifiedTags } from '../tags.ts';
import { ebsDefaults } from '../images/encryption.ts';
import { fateOf, refuseNamesake, register, validName } from '../images/registration.ts';
import { makeSnapshot } from '../images/snapshots.ts';
import { bucketThere, type StoredAmi } from './store-image.ts';

// The simulated CreateRestoreImageTask: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRestoreImageTask.html

/** GiB of snapshot data of all restores in progress. */
const mostRestored = 600;

export const restoreImageActions = (world: World): Actions => ({
  CreateRestoreImageTask: strict(
    'ec2:CreateRestoreImageTask',
    `DryRun Bucket ObjectKey Name ${tagSpecificationParameters}`,
    (input: CreateRestoreImageTaskRequest, caller) => restore(world, input, caller),
  ),
});

/** A copy of an object in cold storage can be read only once S3 has made one. */
function readable({ body, storageClass = 'STANDARD', restore: header = '' }: StoredObject): StoredAmi {
  const isCold = storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE';
  if (isCold && !header.includes('ongoing-request="false"'))
    throw new ApiError('InvalidRequest', `The storage class ${storageClass} of the object does not let it be read`);
  try {
    return JSON.parse(body.toString()) as StoredAmi;
  } catch {
    throw new ApiError('InvalidRequest', 'The object was not made by CreateStoreImageTask');
  }
}

function restore(world: World, input: CreateRestoreImageTaskRequest, caller: Caller) {
  const region = world.region(caller.region);
  const bucket = bucketThere(world, region, required(input.Bucket, 'Bucket'));
  const key = required(input.ObjectKey, 'ObjectKey');
  const object = bucket.objects.get(key);
  if (!object) throw new ApiError('InvalidParameterValue', `The object ${key} does not exist in ${bucket.name}`);
  const { image, region: from, disks } = readable(object);
  const name = validName(input.Name ?? image.name);
  const tags = specifiedTags(input.TagSpecifications, ['image', 'snapshot']);
  refuseNamesake(region, caller, name);
  refuseDryRun(input);
  const gib = Object.values(disks).reduce((sum, { sizeGiB }) => sum + sizeGiB, 0);
  const underway = [...region.snapshots.values()].filter(
    ({ owner, state, description }) =>
      owner === caller.account && state === 'pending' && description.startsWith(restored),
  );
  if (underway.length > 0 && underway.reduce((sum, { sizeGiB }) => sum + sizeGiB, gib) > mostRestored)
    throw new ApiError('ResourceLimitExceeded', `More than ${mostRestored} GB are being restored`);
  refuseMoreImages(world, region, caller, Object.keys(disks).length);
  const id = world.newId('ami', region.name);
  const used = Object.values(disks).reduce((sum, { usedGiB }) => sum + usedGiB, 0);
  // The snapshots are encrypted only where the account always encrypts, and then under its default key.
  const { byDefault, key: byName } = ebsDefaults(world, caller);
  const keyArn = byDefault ? usableKeyArn(world.keys, caller, byName) : undefined;
  const fate = fateOf(world, region, { kind: 'restoreImage', id, name, gib: used });
  const made = { id, object: key, endsAt: fate.at, keyArn };
  const parts = image.mappings.map((mapping) => restoredDisk(world, region, caller, { mapping, disks, made, tags }));
  return register(
    world,
    region,
    {
      ...image,
      id,
      owner: caller.account,
      name,
      state: 'pending',
      createdAt: world.clock.now(),
      deprecatedAt: undefined,
      protection: undefined,
      sourceInstance: undefined,
      sourceImage: image.id,
      sourceRegion: from,
      mappings: parts.map(({ mapping }) => mapping),
      permissions: [],
      // The object keeps the tags of the AMI: the guide says that they are preserved. Tags of the request go first.
      tags: new Map([...image.tags, ...tags('image')]),
    },
    parts.flatMap(({ snapshot }) => snapshot ?? []),
    fate,
  );
}

const restored = 'Restored for ';

interface Restoring {
  mapping: Mapping;
  disks: StoredAmi['disks'];
  made: { id: string; object: string; endsAt: number; keyArn: string | undefined };
  tags: (type: 'image' | 'snapshot') => Map<string, string>;
}

function restoredDisk(
  world: World,
  region: Region,
  caller: Caller,
  { mapping, disks, made: { id, object, endsAt, keyArn }, tags }: Restoring,
): { mapping: Mapping; snapshot?: Snapshot } {
  const disk = disks[mapping.snapshot ?? ''];
  if (!disk) return { mapping: { ...mapping } };
  const snapshot = makeSnapshot(world, region, {
    ...disk,
    owner: caller.account,
    description: `${restored}${id} from ${object} at ${isoTime(world.clock.now())}`,
    endsAt,
    volume: 'vol-ffffffff',
    keyArn,
    tags: tags('snapshot'),
  });
  return { mapping: { ...mapping, snapshot: snapshot.id, encrypted: keyArn !== undefined }, snapshot };
}
