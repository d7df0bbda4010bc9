import { createRandom } from './random.ts';

/** A KMS key as far as EBS cares. */
export interface Key {
  arn: string;
  state: 'enabled' | 'disabled';
  customerManaged: boolean;
}

/** By region, then by every name a request may use: alias, alias ARN, key id, key ARN. */
export type Keys = Map<string, Map<string, Key>>;

export function addKey(
  keys: Keys,
  account: string,
  region: string,
  name: string,
  state: Key['state'] = 'enabled',
): Key {
  const given = /^arn:aws:kms:[^:]+:\d{12}:key\//.test(name);
  const arn = given ? name : `arn:aws:kms:${region}:${account}:key/${uuid('kms', region, name)}`;
  const key: Key = { arn, state, customerManaged: true };
  const names = [arn, arn.split('/')[1]!];
  if (name.startsWith('alias/')) names.push(name, `arn:aws:kms:${region}:${account}:${name}`);
  if (!keys.has(region)) keys.set(region, new Map());
  for (const each of names) keys.get(region)!.set(each, key);
  return key;
}

/** The key EBS makes for itself, aws/ebs: usable by its account only, so nothing under it can be shared. */
export const defaultKeyArn = (region: string, account: string): string =>
  `arn:aws:kms:${region}:${account}:key/${uuid('aws/ebs', region, account)}`;

/** The ARN of the key to encrypt with, or undefined where that key does not exist here or is disabled. */
export function usableKeyArn(
  keys: Keys,
  region: string,
  account: string,
  name: string | undefined,
): string | undefined {
  const own = defaultKeyArn(region, account);
  if (name === undefined || name === own || name === 'alias/aws/ebs') return own;
  const key = keys.get(region)?.get(name);
  return key?.state === 'enabled' ? key.arn : undefined;
}

export function uuid(...seed: (string | number)[]): string {
  const hex = createRandom(...seed).hex(32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
