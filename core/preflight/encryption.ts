import type { Encryption, EncryptionFacts } from '../launch/encryption.ts';
import { isAlias, managedAlias, showKey, type KeySeen } from '../launch/keys.ts';
import type { Recipe } from '../recipe/types.ts';
import type { Path, Problem } from '../recipe/recipe.ts';
import { encryptedShareProblem, isShared } from '../recipe/rules/distribution-rules.ts';
import type { SourceDisk, SourceImage } from '../launch/source.ts';
import type { EncryptionSettings, Facts } from './facts.ts';

interface NamedKey {
  path: Path;
  region: string;
  key: string;
}

/** Every key that a recipe names, with the region in which it is used. */
export function namedKeys({ builder, distribute }: Recipe, home: string): NamedKey[] {
  const { rootVolume, volumes } = builder;
  const all = [
    { path: ['builder', 'rootVolume'], region: home, key: rootVolume.kmsKey },
    ...volumes.map(({ kmsKey }, index) => ({ path: ['builder', 'volumes', index], region: home, key: kmsKey })),
    ...distribute.map(({ kmsKey, region }, index) => ({ path: ['distribute', index], region, key: kmsKey })),
  ];
  return all.flatMap(({ key, path, region }) =>
    key === undefined ? [] : [{ key, region, path: [...path, 'kmsKey'] }],
  );
}

/**
 * The regions whose EBS encryption settings decide something: where an image is shared and the recipe does not name the key of
 * every disk, and at home where a disk must stay unencrypted.
 */
export function regionsOfSettings(
  { builder, distribute }: Recipe,
  home: string,
  source: Pick<SourceImage, 'disks' | 'rootDevice'> | undefined,
): Set<string> {
  const described = [builder.rootVolume, ...builder.volumes];
  const devices = [source?.rootDevice, ...builder.volumes.map(({ device }) => device)];
  const named =
    described.every(({ kmsKey }) => kmsKey !== undefined) &&
    source?.disks?.every(({ device }) => devices.includes(device)) === true;
  const open = distribute.filter((target) => target.allowPublic || (isShared(target) && target.kmsKey === undefined));
  const regions = open.flatMap(({ region, id }) => (region === home && !id ? (named ? [] : [home]) : [region, home]));
  return new Set([...regions, ...(described.some(({ encrypted }) => encrypted === false) ? [home] : [])]);
}

type EncryptionSeen = Pick<Facts, 'region' | 'account' | 'source' | 'encryption'>;

/** Every conflict between a recipe, its source image, the account's settings and its KMS keys. */
export function encryptionProblems(recipe: Recipe, facts: EncryptionSeen): Problem[] {
  return [...keyProblems(recipe, facts), ...plainProblems(recipe, facts), ...sharingProblems(recipe, facts)];
}

const settingsIn = ({ encryption }: EncryptionSeen, region: string): EncryptionSettings | undefined =>
  encryption[region]?.found;

const isManaged = (seen: KeySeen | undefined) => seen !== undefined && 'arn' in seen && seen.awsManaged;

/** How a source disk is encrypted on the builder. A disk of an own image keeps its key; that of another's image gets the default key. */
function inherited({ device, keyArn }: SourceDisk, facts: EncryptionSeen): Pick<Encryption, 'key' | 'because'> {
  const { source, account, region } = facts;
  const settings = settingsIn(facts, region);
  const key = source?.owner === account && keyArn !== undefined ? keyArn : settings?.defaultKey;
  const known = key === undefined || isManaged(settings?.keys[key]) ? undefined : key;
  return { key: known, because: `${device} of the source ${source?.ami} is encrypted` };
}

function sharingProblems(recipe: Recipe, facts: EncryptionSeen): Problem[] {
  const { region: home, source, encryption } = facts;
  const regions = Object.entries(encryption).flatMap(([region, { found }]) =>
    found ? [[region, found] as const] : [],
  );
  const disks = source?.disks ?? [];
  const root = disks.filter(({ device, encrypted }) => encrypted && device === source?.rootDevice);
  const keyed = recipe.builder.volumes.filter(({ kmsKey }) => kmsKey !== undefined).map(({ device }) => device);
  // A recipe may name the AWS-managed key by its id or ARN.
  const targets = recipe.distribute.map((target) => ({
    ...target,
    ...(isManaged(settingsIn(facts, target.region)?.keys[target.kmsKey ?? '']) && { kmsKey: managedAlias }),
  }));
  const known: EncryptionFacts = {
    home,
    builder: recipe.builder,
    targets: [...targets.entries()],
    source: root.map((disk) => inherited(disk, facts)),
    others: disks
      .filter(({ device }) => device !== source?.rootDevice && !keyed.includes(device))
      .map((disk) => ({ device: disk.device, encryption: disk.encrypted ? inherited(disk, facts) : undefined })),
    byDefault: Object.fromEntries(regions.map(([region, { byDefault = false }]) => [region, byDefault])),
    defaultKeys: Object.fromEntries(
      regions.map(([region, { defaultKey = managedAlias, keys }]) => [
        region,
        isManaged(keys[defaultKey]) ? undefined : defaultKey,
      ]),
    ),
  };
  return targets.flatMap((target, index) => {
    const found = encryptedShareProblem(index, target, known);
    if (!found) return [];
    const [path, message] = found;
    return [{ path, message }];
  });
}

function keyProblems(recipe: Recipe, facts: EncryptionSeen): Problem[] {
  return namedKeys(recipe, facts.region).flatMap(({ path, region, key }): Problem[] => {
    const seen = settingsIn(facts, region)?.keys[key];
    if (!seen) return [];
    const says = (message: string): Problem[] => [{ path, message }];
    if ('arn' in seen)
      return seen.state === 'Enabled'
        ? []
        : says(`${key} in ${region} is ${seen.state}: nothing can be encrypted with it`);
    if (seen.unseen === 'missing') return says(`KMS in ${region} knows no key ${key}; create the key, or name another`);
    // A key named by its id can be recognized without KMS.
    if (!isAlias(key)) return [];
    return says(`KMS in ${region} does not let the pipeline see which key ${key} is: ${seen.refused}; ${showKey}`);
  });
}

/** Keys that KMS does not show and no alias in the recipe means. The build goes on without the look. */
export function keyNotes(recipe: Recipe, facts: EncryptionSeen): Problem[] {
  const named = namedKeys(recipe, facts.region);
  return Object.entries(facts.encryption).flatMap(([at, { found }]) =>
    Object.entries(found?.keys ?? {}).flatMap(([key, seen]): Problem[] => {
      if (!('refused' in seen)) return [];
      const { path = ['distribute'] } = named.find((one) => one.region === at && one.key === key) ?? {};
      if (path.length > 1 && isAlias(key)) return [];
      const message = `could not look at the key ${key} in ${at} before the build, so a mistake there may show only during the build`;
      return [{ path, message: `${message}: ${seen.refused}` }];
    }),
  );
}

/** Disks that the recipe wants unencrypted, but that EC2 encrypts. */
function plainProblems({ builder }: Recipe, facts: EncryptionSeen): Problem[] {
  const { source, region } = facts;
  const root = { ...builder.rootVolume, device: source?.rootDevice, path: ['builder', 'rootVolume'] as Path };
  const volumes = builder.volumes.map((volume, index) => ({ ...volume, path: ['builder', 'volumes', index] as Path }));
  return [root, ...volumes].flatMap(({ device, encrypted, path }): Problem[] => {
    if (encrypted !== false) return [];
    const original = source?.disks?.some((disk) => disk.device === device && disk.encrypted);
    if (!original && !settingsIn(facts, region)?.byDefault) return [];
    const why = original
      ? `${device} of the source ${source?.ami} is encrypted, and EC2 cannot remove encryption`
      : `EBS encrypts every new volume in ${region}`;
    return [{ path: [...path, 'encrypted'], message: `is false, but ${why}; remove the line` }];
  });
}
