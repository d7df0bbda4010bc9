/** What KMS says of a key that it was asked about by one of its names. */
export type KeySeen =
  | { arn: string; state: string; awsManaged: boolean }
  /** It has no such key, or does not let the pipeline look at it. */
  | { unseen: 'missing' | 'denied' };

/** The key that AWS makes for EBS in every account. Nobody else can be given its use, so nothing under it can be shared. */
export const managedAlias = 'alias/aws/ebs';

/** Whether a name is an alias, which may mean another key tomorrow. Every other name holds the key's own id. */
export const isAlias = (name: string): boolean => /(^|:)alias\//.test(name);

/** Whether EC2's key ARN is that of the key a recipe names. `seen` is what KMS says of that name. */
export function isKey(found: string | undefined, asked: string, seen: KeySeen | undefined): boolean {
  if (found === undefined) return false;
  if (seen && 'arn' in seen) return found === seen.arn;
  return !isAlias(asked) && (found === asked || found.endsWith(`/${asked}`));
}
