import type { CopyImageRequest } from '@aws-sdk/client-ec2';
import { ApiError, type Actions, type Caller } from '../../calls/actions.ts';
import { usableKeyArn } from '../../keys.ts';
import { required, strict, tagSpecifications } from '../../calls/strict.ts';
import { ebsDefaults } from './encryption.ts';
import { imageById } from './images.ts';
import { fateOf, register, validName } from './registration.ts';
import { canReadSnapshot, makeSnapshot } from './snapshots.ts';
import { specifiedTags } from '../tags.ts';
import { onceByToken } from '../instances/tokens.ts';
import { isoTime } from '../../../clock.ts';
import type { World } from '../../state/world.ts';
import type { Image, Mapping } from '../../state/images.ts';
import type { Snapshot } from '../../state/snapshots.ts';
import { isPublic } from './sharing.ts';

export const copyImageActions = (world: World): Actions => ({
  CopyImage: strict(
    'ec2:CopyImage',
    `SourceRegion SourceImageId Name Description ClientToken Encrypted KmsKeyId CopyImageTags ${tagSpecifications}`,
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
    const source = imageById(sourceRegion, caller, input.SourceImageId ?? '');
    if (source.state !== 'available') {
      throw new ApiError(
        'InvalidRequest',
        `The image ${source.id} is not available in the source region (state: ${source.state})`,
      );
    }
    const from = source.mappings.flatMap((mapping) => sourceRegion.snapshots.get(mapping.snapshot ?? '') ?? []);
    if (!isPublic(source) && !from.every((snapshot) => canReadSnapshot(snapshot, caller.account))) {
      throw new ApiError('InvalidRequest', 'You do not have permission to access the storage of this ami');
    }
    const copying = [...region.images.values()].filter(
      (image) => image.state === 'pending' && image.owner === caller.account,
    );
    if (copying.length >= 300) {
      throw new ApiError('ResourceLimitExceeded', 'Too many AMI copies in progress in this region.');
    }
    const copyId = world.newId('ami', region.name);
    const gib = from.reduce((sum, snapshot) => sum + snapshot.usedGiB, 0);
    // If the request names no key, the copy is under the account's default key, not under the original's key:
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyImage.html
    const defaults = ebsDefaults(world, caller);
    const encrypts = input.Encrypted === true || defaults.byDefault || from.some((each) => each.keyArn !== undefined);
    const keyArn = usableKeyArn(world.keys, caller, input.KmsKeyId ?? defaults.key);
    const keyRefused = encrypts && keyArn === undefined;
    const fate = fateOf(world, region, { kind: 'copyImage', id: copyId, name, gib, keyRefused });
    const own = source.owner === caller.account && input.CopyImageTags ? source.tags : [];
    const snapshots: Snapshot[] = [];
    const mappings = source.mappings.map((mapping): Mapping => {
      const original = sourceRegion.snapshots.get(mapping.snapshot ?? '');
      if (!original) return { ...mapping };
      const encrypted = input.Encrypted === true || original.keyArn !== undefined || defaults.byDefault;
      const snapshot = makeSnapshot(world, region, {
        owner: caller.account,
        description: `Copied for DestinationAmi ${copyId} from SourceAmi ${source.id} for SourceSnapshot ${original.id}. Task created on ${isoTime(world.clock.now())}.`,
        endsAt: fate.at,
        volume: 'vol-ffffffff',
        copyOf: { region: sourceRegion.name, id: original.id },
        sizeGiB: original.sizeGiB,
        usedGiB: original.usedGiB,
        keyArn: encrypted ? (fate.keyArn ?? keyArn ?? input.KmsKeyId) : undefined,
        tags: tags('snapshot'),
      });
      snapshots.push(snapshot);
      return { ...mapping, snapshot: snapshot.id, encrypted };
    });
    const image: Image = {
      ...source,
      id: copyId,
      owner: caller.account,
      ownerAlias: undefined,
      name,
      description: input.Description ?? `[Copied ${source.id} from ${sourceRegion.name}] ${source.name}`,
      state: 'pending',
      createdAt: world.clock.now(),
      deprecatedAt: undefined,
      sourceInstance: undefined,
      sourceImage: source.id,
      sourceRegion: sourceRegion.name,
      mappings,
      permissions: [],
      tags: new Map([...own, ...tags('image')]),
    };
    return register(world, region, image, snapshots, fate).ImageId;
  });
  return { ImageId: id };
}
