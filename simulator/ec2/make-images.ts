import type { BlockDeviceMapping, CopyImageRequest, CreateImageRequest } from '@aws-sdk/client-ec2';
import { ApiError, type Actions, type Caller } from '../actions.ts';
import { usableKeyArn } from '../keys.ts';
import { required, strict, tagSpecifications } from '../strict.ts';
import { isoTime, type Region, type World } from '../world.ts';
import { wildcard } from './filters.ts';
import { imageById, isPublic, type Image, type Mapping } from './images.ts';
import { attachedVolumes, instanceById } from './instances.ts';
import { canReadSnapshot, makeSnapshot, type Snapshot } from './snapshots.ts';
import { specifiedTags } from './tags.ts';
import { onceByToken } from './tokens.ts';

const keyRefusal = 'Given key ID is not accessible';

export const makeImageActions = (world: World): Actions => ({
  CreateImage: strict(
    'ec2:CreateImage',
    `InstanceId Name Description NoReboot ${tagSpecifications} BlockDeviceMappings.DeviceName BlockDeviceMappings.Ebs.DeleteOnTermination
     BlockDeviceMappings.Ebs.VolumeSize BlockDeviceMappings.Ebs.VolumeType BlockDeviceMappings.Ebs.Encrypted`,
    (input: CreateImageRequest, caller) => createImage(world, input, caller),
  ),
  CopyImage: strict(
    'ec2:CopyImage',
    `SourceRegion SourceImageId Name Description ClientToken Encrypted KmsKeyId CopyImageTags ${tagSpecifications}`,
    (input: CopyImageRequest, caller) => copyImage(world, input, caller),
  ),
});

function createImage(world: World, input: CreateImageRequest, caller: Caller) {
  const region = world.region(caller.region);
  const instance = instanceById(region, caller, input.InstanceId ?? '');
  const name = validName(input.Name);
  const tags = specifiedTags(input.TagSpecifications, ['image', 'snapshot']);
  if (instance.state !== 'running' && instance.state !== 'stopped') {
    throw new ApiError('InvalidParameterValue', `Instance is not in state 'running' or 'stopped': ${instance.id} is ${instance.state}`); // prettier-ignore
  }
  const namesake = [...region.images.values()].find(
    (image) => image.owner === caller.account && image.name === name && image.state !== 'deregistered',
  );
  if (namesake) {
    throw new ApiError('InvalidAMIName.Duplicate', `AMI name ${name} is already in use by AMI ${namesake.id}`);
  }
  if (instance.state === 'running' && !input.NoReboot) region.agents.get(instance.id)?.reboot();

  const id = world.newId('ami', region.name);
  const volumes = attachedVolumes(region, instance.id);
  const gib = volumes.reduce((sum, volume) => sum + volume.usedGiB, 0);
  const fate = fateOf(world, region, { kind: 'createImage', id, name, gib });
  const disks = volumes.map((volume) => {
    const snapshot = makeSnapshot(world, region, {
      owner: caller.account,
      description: `Created by CreateImage(${instance.id}) for ${id}`,
      endsAt: fate.at,
      volume: volume.id,
      sizeGiB: volume.sizeGiB,
      usedGiB: volume.usedGiB,
      keyArn: volume.keyArn,
      tags: tags('snapshot'),
    });
    const device = volume.attachment?.device ?? '';
    const mapping = { device, snapshot: snapshot.id, sizeGiB: volume.sizeGiB, type: volume.type, iops: volume.iops, throughput: volume.throughput, encrypted: volume.keyArn !== undefined, deleteOnTermination: volume.attachment?.deleteOnTermination ?? true }; // prettier-ignore
    return { snapshot, mapping };
  });
  const mappings = disks.map((disk) => disk.mapping);
  for (const change of input.BlockDeviceMappings ?? []) changeMapping(mappings, change);
  const image: Image = {
    id,
    owner: caller.account,
    name,
    description: input.Description ?? '',
    state: 'pending',
    system: instance.system,
    architecture: instance.architecture,
    rootDevice: instance.rootDevice,
    bootMode: instance.bootMode,
    createdAt: world.clock.now(),
    sourceInstance: instance.id,
    sourceImage: instance.image,
    sourceRegion: region.name,
    mappings,
    permissions: [],
    tags: tags('image'),
  };
  return register(world, region, image, disks.map((disk) => disk.snapshot), fate); // prettier-ignore
}

function copyImage(world: World, input: CopyImageRequest, caller: Caller) {
  const region = world.region(caller.region);
  const name = validName(input.Name);
  const tags = specifiedTags(input.TagSpecifications, ['image', 'snapshot']);
  if (input.KmsKeyId !== undefined && !input.Encrypted) {
    throw new ApiError('InvalidParameterDependency', 'The parameter KmsKeyId requires the parameter Encrypted to be set.');
  }
  const sourceRegion = world.region(required(input.SourceRegion, 'SourceRegion'));
  const id = onceByToken(region, caller, 'CopyImage', input, () => {
    const source = imageById(sourceRegion, caller, input.SourceImageId ?? '');
    if (source.state !== 'available') {
      throw new ApiError('InvalidRequest', `The image ${source.id} is not available in the source region (state: ${source.state})`);
    }
    const from = source.mappings.flatMap((mapping) => sourceRegion.snapshots.get(mapping.snapshot ?? '') ?? []);
    if (!isPublic(source) && !from.every((snapshot) => canReadSnapshot(snapshot, caller.account))) {
      throw new ApiError('InvalidRequest', 'You do not have permission to access the storage of this ami');
    }
    const copying = [...region.images.values()].filter((image) => image.state === 'pending' && image.owner === caller.account);
    if (copying.length >= 300) {
      throw new ApiError('ResourceLimitExceeded', 'Too many AMI copies in progress in this region.');
    }
    const copyId = world.newId('ami', region.name);
    const gib = from.reduce((sum, snapshot) => sum + snapshot.usedGiB, 0);
    const keyArn = usableKeyArn(world.keys, region.name, caller.account, input.KmsKeyId);
    const fate = fateOf(world, region, { kind: 'copyImage', id: copyId, name, gib, keyRefused: keyArn === undefined });
    const own = source.owner === caller.account && input.CopyImageTags ? source.tags : [];
    const snapshots: Snapshot[] = [];
    const mappings = source.mappings.map((mapping): Mapping => {
      const original = sourceRegion.snapshots.get(mapping.snapshot ?? '');
      if (!original) return { ...mapping };
      const encrypted = input.Encrypted === true || original.keyArn !== undefined;
      const snapshot = makeSnapshot(world, region, {
        owner: caller.account,
        description: `Copied for DestinationAmi ${copyId} from SourceAmi ${source.id} for SourceSnapshot ${original.id}. Task created on ${isoTime(world.clock.now())}.`,
        endsAt: fate.at,
        volume: 'vol-ffffffff',
        sizeGiB: original.sizeGiB,
        usedGiB: original.usedGiB,
        keyArn: encrypted ? (keyArn ?? input.KmsKeyId) : undefined,
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

interface Fate {
  at: number;
  failure?: string | undefined;
}

/** When and how the making of an image ends. */
function fateOf(
  world: World,
  region: Region,
  making: { kind: 'createImage' | 'copyImage'; id: string; name: string; gib: number; keyRefused?: boolean },
): Fate {
  const { kind, id, name, gib, keyRefused = false } = making;
  const rule = world.scenario.images.find(
    (each) => (each.region ?? region.name) === region.name && wildcard(each.name).test(name),
  );
  const at = (seconds: number) => world.clock.now() + seconds * 1000;
  const draw = (drawn: 'keyRefused' | typeof kind) => world.delays.draw(drawn, { resource: id, region: region.name, gib });
  if (rule) return { at: at(rule.afterSeconds ?? draw(kind)), failure: rule.fail };
  if (keyRefused) return { at: at(draw('keyRefused')), failure: keyRefusal };
  return { at: at(draw(kind)) };
}

function register(world: World, region: Region, image: Image, snapshots: Snapshot[], fate: Fate) {
  region.images.set(image.id, image);
  world.clock.at(fate.at, () => {
    for (const snapshot of snapshots) {
      snapshot.state = fate.failure ? 'error' : 'completed';
      if (fate.failure) snapshot.stateMessage = fate.failure;
    }
    if (image.state !== 'pending') return; // deregistering a pending image cancels it
    image.state = fate.failure ? 'failed' : 'available';
    if (fate.failure) image.stateReason = { Code: 'Client.InternalError', Message: fate.failure };
  });
  return { ImageId: image.id };
}

function changeMapping(mappings: Mapping[], change: BlockDeviceMapping): void {
  const mapping = mappings.find((each) => each.device === change.DeviceName);
  if (!mapping) throw new Error('the simulator does not implement adding a device in ec2:CreateImage');
  const { VolumeSize, Encrypted, DeleteOnTermination, VolumeType } = change.Ebs ?? {};
  if ((VolumeSize ?? mapping.sizeGiB) !== mapping.sizeGiB || Encrypted !== undefined) {
    throw new ApiError('InvalidBlockDeviceMapping', `The size and encryption of ${mapping.device} cannot be changed when creating an image`);
  }
  mapping.deleteOnTermination = DeleteOnTermination ?? mapping.deleteOnTermination;
  mapping.type = VolumeType ?? mapping.type;
}

function validName(name = ''): string {
  if (/^[a-zA-Z0-9()[\] ./\-'@_]{3,128}$/.test(name)) return name;
  throw new ApiError('InvalidAMIName.Malformed', `AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', '-', '/' and '_': '${name}'`); // prettier-ignore
}
