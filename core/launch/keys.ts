/** What KMS reports about a key, asked for by one of its names. */
export type KeySeen =
  | { arn: string; state: string; awsManaged: boolean }
  /** KMS has no such key. */
  | { unseen: 'missing' }
  /** KMS does not let the pipeline look at the key; `refused` holds the call and AWS's words. */
  | { unseen: 'denied'; refused: string };

/** The key that AWS makes for EBS in every account. Nobody else can be allowed to use it, so nothing under it can be shared. */
export const managedAlias = 'alias/aws/ebs';

/** Whether a name is an alias, which may point at another key later. Every other name contains the key's own id. */
export const isAlias = (name: string): boolean => /(^|:)alias\//.test(name);

/** The region in a key's ARN. Ids and aliases say none. */
export const regionOfKey = (key: string | undefined): string | undefined =>
  /^arn:[a-z-]+:kms:([a-z0-9-]+):/.exec(key ?? '')?.[1];

/** What to do where KMS refuses to show the key of an alias. */
export const showKey = "allow kms:DescribeKey in the key's policy, or name the key by its ARN";

/** Whether the key ARN from EC2 belongs to the key that a recipe names. `seen` is what KMS reports about that name. */
export function isKey(found: string | undefined, asked: string, seen: KeySeen | undefined): boolean {
  if (found === undefined) return false;
  if (seen && 'arn' in seen) return found === seen.arn;
  return !isAlias(asked) && (found === asked || found.endsWith(`/${asked}`));
}
