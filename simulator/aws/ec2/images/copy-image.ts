import type { CopyImageRequest } from '@aws-sdk/client-ec2';
import { ApiError, type Actions, type Caller } from '../../calls/actions.ts';
import { mayRead, usableKeyArn } from '../../keys.ts';
import { refuseDryRun, required, strict, tagSpecificationParameters } from '../../calls/strict.ts';
import { ebsDefaults } from './encryption.ts';
import { imageById } from './images.ts';
import { completionMinutes, timeBasedEnd } from './time-based.ts';
import { fateOf, register, validName } from './registration.ts';
import { canReadSnapshot, makeSnapshot } from './snapshots.ts';
import { specifiedTags } from '../tags.ts';
import { refuseMoreImages } from '../limits.ts';
import { onceByToken } from '../instances/tokens.ts';
import { isoTime } from '../../../clock.ts';
import type { Region } from '../../state/region.ts';
import type { TagMap } from '../../state/tags.ts';
import type { World } from '../../state/world.ts';
import type { Image, Mapping } from '../../state/images.ts';
import type { Snapshot } from '../../state/snapshots.ts';
import { isPublic } from './sharing.ts';

/** The simulated CopyImage: a copy in the caller's region, which is pending until its snapshots are copied. */
export const copyImageActions = (world: World): Actions => ({
  CopyImage: strict(
    'ec2:CopyImage',
    `DryRun SourceRegion SourceImageId Name Description ClientToken Encrypted KmsKeyId CopyImageTags SnapshotCopyCompletionDurationMinutes ${tagSpecificationParameters}`,
    (input: CopyImageRequest, caller) => copyImage(world, input, caller),
  ),
});

function copyImage(world: World, input: CopyImageRequest, caller: Caller) {
  const region = world.region(caller.region);
  const name = validName(input.Name);
  const tags = specifiedTags(input.TagSpecifications, ['image', 'snapshot']);
  if (input.KmsKeyId !== undefined && !input.Encrypted) {
    throw new ApiError(
      'InvalidParameterDependency',
      'The parameter KmsKeyId requires the parameter Encrypted to be set.',
    );
  }
  const sourceRegion = world.region(required(input.SourceRegion, 'SourceRegion'));
  const id = onceByToken(region, caller, 'CopyImage', input, () => {
    const source = copyableImage(sourceRegion, caller, input.SourceImageId ?? '');
    completionMinutes(input.SnapshotCopyCompletionDurationMinutes, snapshotsOf(sourceRegion, source));
    refuseDryRun(input);
    refuseTooManyCopies(region, caller);
    refuseMoreImages(world, region, caller, snapshotsOf(sourceRegion, source).length);
    return startCopy({ world, region, sourceRegion, source, input, caller, name, tags });
  });
  return { ImageId: id };
}

const snapshotsOf = (region: Region, image: Image): Snapshot[] =>
  image.mappings.flatMap((mapping) => region.snapshots.get(mapping.snapshot ?? '') ?? []);

function copyableImage(region: Region, caller: Caller, id: string): Image {
  const source = imageById(region, caller, id);
  if (source.state !== 'available') {
    throw new ApiError(
      'InvalidRequest',
      `The image ${source.id} is not available in the source region (state: ${source.state})`,
    );
  }
  const readable = snapshotsOf(region, source).every((snapshot) => canReadSnapshot(snapshot, caller.account));
  if (isPublic(source) || readable) return source;
  throw new ApiError('InvalidRequest', 'You do not have permission to access the storage of this ami');
}

/** The quota of copies in progress to one region. */
export const copiesAtOnce = 300;

function refuseTooManyCopies(region: Region, caller: Caller): void {
  const copying = [...region.images.values()].filter(
    (image) => image.state === 'pending' && image.owner === caller.account,
  );
  if (copying.length >= copiesAtOnce)
    throw new ApiError('ResourceLimitExceeded', 'Too many AMI copies in progress in this region.');
}

/** A CopyImage request with everything that it names looked up. */
interface Copying {
  world: World;
  region: Region;
  sourceRegion: Region;
  source: Image;
  input: CopyImageRequest;
  caller: Caller;
  name: string;
  tags: (type: 'image' | 'snapshot') => TagMap;
}

function startCopy(copying: Copying): string {
  const { world, region, sourceRegion, source, input, caller, name, tags } = copying;
  const id = world.newId('ami', region.name);
  const from = snapshotsOf(sourceRegion, source);
  const gib = from.reduce((sum, snapshot) => sum + snapshot.usedGiB, 0);
  // If the request names no key, the copy is under the account's default key, not under the original's key:
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyImage.html
  const defaults = ebsDefaults(world, caller);
  const always = input.Encrypted === true || defaults.byDefault;
  const encrypts = always || from.some((each) => each.keyArn !== undefined);
  const keyArn = usableKeyArn(world.keys, caller, input.KmsKeyId ?? defaults.key);
  // A key of the source that the caller may not use ends the copy as a wrong key of the copy does.
  // https://repost.aws/knowledge-center/ebs-resolve-copy-snapshot-errors
  const at = { ...caller, region: sourceRegion.name };
  const unreadable = from.some((each) => each.keyArn !== undefined && !mayRead(world, at, each.keyArn));
  const keyRefused = unreadable || (encrypts && keyArn === undefined);
  const minutes = input.SnapshotCopyCompletionDurationMinutes;
  const timed = minutes !== undefined && { timedEnd: timeBasedEnd(world.clock.now(), minutes, from) };
  const fate = fateOf(world, region, { kind: 'copyImage', id, name, gib, keyRefused, ...timed });
  const encryption = { always, keyArn: fate.keyArn ?? keyArn ?? input.KmsKeyId };
  const disks = source.mappings.map((mapping) => copiedDisk(copying, mapping, { id, endsAt: fate.at, encryption }));
  const own = source.owner === caller.account && input.CopyImageTags ? source.tags : [];
  const image: Image = {
    ...source,
    id,
    owner: caller.account,
    ownerAlias: undefined,
    name,
    description: input.Description ?? `[Copied ${source.id} from ${sourceRegion.name}] ${source.name}`,
    state: 'pending',
    createdAt: world.clock.now(),
    deprecatedAt: undefined,
    protection: undefined,
    sourceInstance: undefined,
    sourceImage: source.id,
    sourceRegion: sourceRegion.name,
    mappings: disks.map(({ mapping }) => mapping),
    permissions: [],
    tags: new Map([...own, ...tags('image')]),
  };
  const snapshots = disks.flatMap(({ snapshot }) => snapshot ?? []);
  return register(world, region, image, snapshots, fate).ImageId;
}

/** One disk of a copy, with a pending copy of its snapshot. A blank disk has no snapshot. */
function copiedDisk(
  { world, region, sourceRegion, source, caller, tags }: Copying,
  mapping: Mapping,
  copy: { id: string; endsAt: number; encryption: { always: boolean; keyArn: string | undefined } },
): { mapping: Mapping; snapshot?: Snapshot } {
  const original = sourceRegion.snapshots.get(mapping.snapshot ?? '');
  if (!original) return { mapping: { ...mapping } };
  const encrypted = copy.encryption.always || original.keyArn !== undefined;
  const snapshot = makeSnapshot(world, region, {
    owner: caller.account,
    description: `Copied for DestinationAmi ${copy.id} from SourceAmi ${source.id} for SourceSnapshot ${original.id}. Task created on ${isoTime(world.clock.now())}.`,
    endsAt: copy.endsAt,
    volume: 'vol-ffffffff',
    copyOf: { region: sourceRegion.name, id: original.id },
    sizeGiB: original.sizeGiB,
    usedGiB: original.usedGiB,
    keyArn: encrypted ? copy.encryption.keyArn : undefined,
    tags: tags('snapshot'),
  });
  return { mapping: { ...mapping, snapshot: snapshot.id, encrypted }, snapshot };
}
