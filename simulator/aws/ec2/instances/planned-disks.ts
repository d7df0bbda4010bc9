import type { BlockDeviceMapping } from '@aws-sdk/client-ec2';
import { ApiError, type Caller } from '../../calls/actions.ts';
import { usableKeyArn } from '../../keys.ts';
import { required } from '../../calls/strict.ts';
import { ebsDefaults } from '../images/encryption.ts';
import { refuseImpossibleVolume } from '../volume-limits.ts';
import type { Region } from '../../state/region.ts';
import type { World } from '../../state/world.ts';
import type { Image, Mapping } from '../../state/images.ts';

/** A disk to create with the instance. `keyArn` is undefined if it is unencrypted; `keyProblem` says why the key is unusable. */
interface PlannedDisk extends Mapping {
  usedGiB: number;
  keyArn: string | undefined;
  keyProblem: boolean;
}

/** The image's disks with the changes of the request, and the disks that the request adds. */
export function plannedDisks(
  world: World,
  region: Region,
  caller: Caller,
  image: Image,
  changes: BlockDeviceMapping[],
): PlannedDisk[] {
  const added = changes
    .filter((change) => !image.mappings.some((mapping) => mapping.device === change.DeviceName))
    .map((change): Mapping => {
      const sizeGiB = required(change.Ebs?.VolumeSize, 'size/snapshot');
      return { device: change.DeviceName ?? '', sizeGiB, type: 'gp2', encrypted: false, deleteOnTermination: true };
    });
  return [...image.mappings, ...added].map((mapping) => {
    const ebs = changes.find((change) => change.DeviceName === mapping.device)?.Ebs ?? {};
    const snapshot = region.snapshots.get(mapping.snapshot ?? '');
    const sizeGiB = ebs.VolumeSize ?? mapping.sizeGiB;
    if (snapshot && sizeGiB < snapshot.sizeGiB) {
      throw new ApiError(
        'InvalidBlockDeviceMapping',
        `Volume of size ${sizeGiB}GB is smaller than snapshot '${snapshot.id}', expect size>= ${snapshot.sizeGiB}GB`,
      );
    }
    if (ebs.KmsKeyId !== undefined && !ebs.Encrypted) {
      throw new ApiError(
        'InvalidParameterDependency',
        'The parameter KmsKeyId requires the parameter Encrypted to be set.',
      );
    }
    if (ebs.Encrypted === false && snapshot?.keyArn !== undefined) {
      throw new ApiError(
        'InvalidBlockDeviceMapping',
        `The volume of ${mapping.device} cannot be unencrypted: its snapshot is encrypted`,
      );
    }
    const defaults = ebsDefaults(world, caller);
    const encrypted = ebs.Encrypted === true || snapshot?.keyArn !== undefined || defaults.byDefault;
    // The key is that of the request, else that of the account's own snapshot, else the account's default key. A disk of an
    // encrypted snapshot is re-encrypted under another key:
    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AMIEncryption.html
    const kept = snapshot?.owner === caller.account ? snapshot.keyArn : undefined;
    const keyArn = usableKeyArn(world.keys, caller, ebs.KmsKeyId ?? kept ?? defaults.key);
    const type = ebs.VolumeType ?? mapping.type;
    // The image's iops and throughput apply only to its own volume type.
    const same = type === mapping.type;
    const wanted = {
      type,
      sizeGiB,
      iops: ebs.Iops ?? (same ? mapping.iops : undefined),
      throughput: ebs.Throughput ?? (same ? mapping.throughput : undefined),
    };
    refuseImpossibleVolume({ ...wanted, root: mapping.device === image.rootDevice });
    return {
      ...mapping,
      ...wanted,
      deleteOnTermination: ebs.DeleteOnTermination ?? mapping.deleteOnTermination,
      usedGiB: snapshot?.usedGiB ?? 0,
      keyArn: encrypted ? keyArn : undefined,
      keyProblem: encrypted && keyArn === undefined,
    };
  });
}
