import type { Caller } from './calls/actions.ts';
import { partitionIn } from './partition.ts';
import { createRandom } from '../random.ts';

/** The properties of a KMS key that matter to EBS. */
export interface Key {
  arn: string;
  state: 'enabled' | 'disabled';
  customerManaged: boolean;
  /** JSON. Default: the key's account and the cloud's key users may use it. */
  policy?: string;
}

/** Keys by region, then by every name that a request may use: alias, alias ARN, key id, key ARN. */
export type Keys = Map<string, Map<string, Key>>;

export function addKey(
  keys: Keys,
  account: string,
  region: string,
  name: string,
  state: Key['state'] = 'enabled',
): Key {
  const given = /^arn:[\w-]+:kms:[^:]+:\d{12}:key\//.test(name);
  const arn = given ? name : `arn:${partitionIn(region)}:kms:${region}:${account}:key/${uuid('kms', region, name)}`;
  const key: Key = { arn, state, customerManaged: true };
  const names = [arn, arn.split('/')[1]!];
  if (name.startsWith('alias/')) names.push(name, `arn:${partitionIn(region)}:kms:${region}:${account}:${name}`);
  if (!keys.has(region)) keys.set(region, new Map());
  for (const each of names) keys.get(region)!.set(each, key);
  return key;
}

/**
 * aws/ebs, the key that AWS creates for EBS in every account. Only this account may use it, so data under it cannot be shared.
 */
export const managedKeyArn = (region: string, account: string): string =>
  `arn:${partitionIn(region)}:kms:${region}:${account}:key/${uuid('aws/ebs', region, account)}`;

/** A key by any of its names, including aws/ebs; undefined if the region has no such key. */
export function keyNamed(keys: Keys, { region, account }: Caller, name: string): Key | undefined {
  const arn = managedKeyArn(region, account);
  const alias = 'alias/aws/ebs';
  const names = [arn, arn.split('/')[1], alias, `arn:${partitionIn(region)}:kms:${region}:${account}:${alias}`];
  if (names.includes(name)) return { arn, state: 'enabled', customerManaged: false };
  return keys.get(region)?.get(name);
}

/** The ARN of the key to encrypt with; undefined if the key does not exist in the region or is disabled. */
export function usableKeyArn(keys: Keys, caller: Caller, name: string): string | undefined {
  const key = keyNamed(keys, caller, name);
  return key?.state === 'enabled' ? key.arn : undefined;
}

export function uuid(...seed: (string | number)[]): string {
  const hex = createRandom(...seed).hex(32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
