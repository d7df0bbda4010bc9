import { managedAlias } from './keys.ts';
import { isSamePlace, type Place } from '../distribute/place.ts';
import type { Builder, Target } from '../recipe/types.ts';
import { formatPath } from '../recipe/problems.ts';
import type { Path } from '../recipe/rules/rule.ts';
import { volumesOf } from '../recipe/rules/volume-rules.ts';

/** One reason for which an image gets encrypted in a region, and the key. */
export interface Encryption {
  /** Undefined: the default key of EBS, which AWS manages. */
  key: string | undefined;
  /** Why, as a clause for a message. */
  because: string;
  /** The place in the recipe where another key can be named. */
  remedy: Path;
}

/** What the encryption of an image depends on. Unknown facts are left out. */
export interface EncryptionFacts {
  /** The region in which the image is made. */
  home: string;
  builder: Builder;
  /** Targets with their index in `distribute`. */
  targets: [index: number, target: Pick<Target, 'region' | 'id' | 'kmsKey'>][];
  /** The encrypted disks of the source image. Only the root if `others` are known. */
  source?: Pick<Encryption, 'key' | 'because'>[];
  /** Disks of the source image that the recipe does not describe, and how they are encrypted. */
  others?: { device: string; encryption?: Pick<Encryption, 'key' | 'because'> | undefined }[];
  /** Whether EBS encrypts by default, by region. */
  byDefault?: Record<string, boolean>;
  /** The default key of EBS by region, where it is not the AWS-managed one. */
  defaultKeys?: Record<string, string | undefined>;
}

/**
 * AWS makes and owns this key. Nobody else can be allowed to use it, so a snapshot under it cannot be shared
 * (ModifySnapshotAttribute).
 */
const isAwsManaged = (key: string | undefined): boolean =>
  key === undefined || key === managedAlias || key.endsWith(`:${managedAlias}`);

/** Every reason for which the image gets encrypted in its home region, where the builder is. */
function bornEncrypted(facts: EncryptionFacts): Encryption[] {
  const { home, builder, targets, source = [], others = [], byDefault, defaultKeys } = facts;
  const [index, target] = targets.find(([, one]) => isSamePlace(one, { region: home })) ?? [];
  const own = index === undefined ? undefined : ['distribute', index];
  const usual = (remedy: Path): Encryption[] =>
    byDefault?.[home]
      ? [{ key: defaultKeys?.[home], because: `EBS encrypts every new volume in ${home}`, remedy }]
      : [];
  const described = volumesOf(builder).flatMap(({ path, volume }): Encryption[] => {
    if (volume.kmsKey !== undefined)
      return [{ key: volume.kmsKey, because: `${formatPath(path)}.kmsKey is ${volume.kmsKey}`, remedy: path }];
    if (target?.kmsKey !== undefined && own)
      return [{ key: target.kmsKey, because: `${formatPath(own)}.kmsKey is ${target.kmsKey}`, remedy: own }];
    const automatic = { key: defaultKeys?.[home], remedy: path };
    if (volume.encrypted) return [{ ...automatic, because: `${formatPath(path)}.encrypted is true` }];
    if (path[1] === 'rootVolume' && source.length > 0) return source.map((disk) => ({ ...disk, remedy: path }));
    return usual(path);
  });
  // The key of the home target applies to the other disks, too.
  if (target?.kmsKey !== undefined) return described;
  const remedy = own ?? ['distribute'];
  return [
    ...described,
    ...others.flatMap(({ encryption }) => (encryption ? [{ ...encryption, remedy }] : usual(remedy))),
  ];
}

/**
 * Every reason for which the image gets encrypted in a place, as far as the facts tell. Empty means not encrypted. A copy of an
 * encrypted image stays encrypted. The copy gets the key named there or the default key of EBS, even in the same region
 * (CopyImage, KmsKeyId).
 */
export function encryptionIn(place: Place, facts: EncryptionFacts): Encryption[] {
  const born = bornEncrypted(facts);
  if (isSamePlace(place, { region: facts.home })) return born;
  const { region } = place;
  const [index, target] = facts.targets.find(([, one]) => isSamePlace(one, place)) ?? [0];
  const remedy = ['distribute', index];
  if (target?.kmsKey !== undefined)
    return [{ key: target.kmsKey, because: `${formatPath(remedy)}.kmsKey is ${target.kmsKey}`, remedy }];
  const automatic = { key: facts.defaultKeys?.[region], remedy };
  const [first] = born;
  if (first) return [{ ...automatic, because: `${first.because}, and the copy of an encrypted image is encrypted` }];
  return facts.byDefault?.[region] ? [{ ...automatic, because: `EBS encrypts every new snapshot in ${region}` }] : [];
}

/** The first reason for which the image would be encrypted in a place under a key that nobody else can use. */
export const unshareable = (place: Place, facts: EncryptionFacts): Encryption | undefined =>
  encryptionIn(place, facts).find(({ key }) => isAwsManaged(key));
