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
  /** Grants by their id: who may use the key besides its account. */
  grants: Map<string, KeyGrant>;
}

interface KeyGrant {
  name: string;
  /** ARN of the role that may use the key. */
  grantee: string;
  retiring: string;
  operations: readonly string[];
  createdAt: number;
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
  const key: Key = { arn, state, customerManaged: true, grants: new Map() };
  const names = [arn, arn.split('/')[1]!];
  if (name.startsWith('alias/')) names.push(name, `arn:${partitionIn(region)}:kms:${region}:${account}:${name}`);
  if (!keys.has(region)) keys.set(region, new Map());
  const ofRegion = keys.get(region)!;
  for (const each of names) {
    const known = ofRegion.get(each);
    // Each account has aliases of its own.
    ofRegion.set(known && accountOf(known) !== accountOf(key) ? `${accountOf(key)} ${each}` : each, key);
  }
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
  if (names.includes(name)) return { arn, state: 'enabled', customerManaged: false, grants: new Map() };
  const known = keys.get(region)?.get(`${account} ${name}`) ?? keys.get(region)?.get(name);
  return known && (name.startsWith('arn:') || accountOf(known) === account) ? known : undefined;
}

export const accountOf = ({ arn }: Pick<Key, 'arn'>): string => arn.split(':')[4] ?? '';

/**
 * What EC2 does with the key of a snapshot that is copied.
 * https://docs.aws.amazon.com/ebs/latest/userguide/share-kms-key.html
 */
const readingOperations = ['Decrypt', 'DescribeKey', 'CreateGrant', 'ReEncryptFrom'];

/**
 * Whether a caller may copy a snapshot that is encrypted with a key: its own account's, one whose policy names its account, or one
 * that a grant lends to its role.
 */
export function mayRead(
  { keys, keyUsers }: { keys: Keys; keyUsers: { accounts: string[] } },
  { region, account, session }: Caller,
  arn: string,
): boolean {
  const key = keys.get(region)?.get(arn);
  if (arn.split(':')[4] === account || keyUsers.accounts.includes(account)) return true;
  return [...(key?.grants.values() ?? [])].some(
    ({ grantee, operations }) =>
      grantee === session?.role && readingOperations.every((operation) => operations.includes(operation)),
  );
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
