import { EC2Client, GetEbsDefaultKmsKeyIdCommand, GetEbsEncryptionByDefaultCommand } from '@aws-sdk/client-ec2';
import { managedAlias } from '../../core/launch/keys.ts';
import { namedKeys, regionsOfSettings } from '../../core/preflight/encryption.ts';
import { sharedKeys } from '../../core/preflight/key-users.ts';
import type { EncryptionSettings, Facts, Seen } from '../../core/preflight/facts.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import type { SourceImage } from '../../core/launch/source.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { describeKeys } from '../keys.ts';
import { ownSnapshots } from '../images/snapshots.ts';
import { readKeyPolicies } from './key-policies.ts';
import { look } from './seen.ts';

/** The account's EBS encryption settings in a region. The default key is read only where EBS can come to use it. */
async function settingsOf(
  aws: Connection,
  region: string,
  encrypts: boolean,
): Promise<{ byDefault: boolean; defaultKey?: string }> {
  const ec2 = aws.client(EC2Client, region);
  const { EbsEncryptionByDefault: byDefault = false } = await ask(
    { action: 'ec2:GetEbsEncryptionByDefault', region },
    () => ec2.send(new GetEbsEncryptionByDefaultCommand({})),
  );
  if (!byDefault && !encrypts) return { byDefault };
  const { KmsKeyId: defaultKey = managedAlias } = await ask({ action: 'ec2:GetEbsDefaultKmsKeyId', region }, () =>
    ec2.send(new GetEbsDefaultKmsKeyIdCommand({})),
  );
  return { byDefault, defaultKey };
}

/** The source with the keys of its encrypted disks. EC2 shows the keys only to the image's owner. */
export async function withKeys(aws: Connection, source: SourceImage, account: string): Promise<SourceImage> {
  const encrypted = source.disks?.filter((disk) => disk.encrypted) ?? [];
  if (source.owner !== account || encrypted.length === 0) return source;
  const seen = await look(() =>
    ownSnapshots(
      aws,
      source.region,
      encrypted.flatMap(({ snapshot }) => snapshot ?? []),
    ),
  );
  const keys = new Map(seen.found?.map(({ snapshot, keyArn }) => [snapshot, keyArn]));
  const disks = source.disks?.map((disk) => {
    const keyArn = keys.get(disk.snapshot ?? '');
    return keyArn === undefined ? disk : { ...disk, keyArn };
  });
  return { ...source, ...(disks && { disks }) };
}

/** Keys in every region of a build, and encryption settings where they decide something. */
export async function lookAtEncryption(
  aws: Connection,
  recipe: Recipe,
  source: SourceImage | undefined,
): Promise<Facts['encryption']> {
  const named = namedKeys(recipe, aws.region);
  const ofSource = source?.disks?.flatMap(({ keyArn }) => keyArn ?? []) ?? [];
  const regions = new Set([aws.region, ...recipe.distribute.map(({ region }) => region)]);
  const withSettings = regionsOfSettings(recipe, aws.region, source);
  const described = [recipe.builder.rootVolume, ...recipe.builder.volumes, ...(source?.disks ?? [])];
  const encrypts = described.some(({ encrypted, ...disk }) => encrypted || 'kmsKey' in disk);
  const lookIn = async (region: string): Promise<EncryptionSettings> => {
    const settings = withSettings.has(region) ? await settingsOf(aws, region, encrypts) : undefined;
    const names = named.filter((one) => one.region === region).map(({ key }) => key);
    const others = region === aws.region ? ofSource : [];
    const keys = await describeKeys(aws, region, [settings?.defaultKey ?? [], names, others].flat());
    const shared = sharedKeys(recipe, aws.region, () => settings?.defaultKey).filter((one) => one.region === region);
    const policies = await readKeyPolicies(aws, region, [...new Set(shared.map(({ key }) => key))], keys);
    return { ...settings, keys, policies };
  };
  const seen = [...regions].map(async (region): Promise<[string, Seen<EncryptionSettings>]> => [
    region,
    await look(() => lookIn(region)),
  ]);
  return Object.fromEntries(await Promise.all(seen));
}
