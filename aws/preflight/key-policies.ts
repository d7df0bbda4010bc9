import { GetKeyPolicyCommand, KMSClient } from '@aws-sdk/client-kms';
import type { KeySeen } from '../../core/launch/keys.ts';
import type { EncryptionSettings } from '../../core/preflight/facts.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { look } from './seen.ts';

const readable = (seen: KeySeen | undefined): seen is Extract<KeySeen, { arn: string }> =>
  seen !== undefined && 'arn' in seen && !seen.awsManaged;

/** The policies of keys, by the names that were asked for. Those that AWS manages, and keys that were not seen, are left out. */
export async function readKeyPolicies(
  aws: Connection,
  region: string,
  names: string[],
  keys: EncryptionSettings['keys'],
): Promise<NonNullable<EncryptionSettings['policies']>> {
  const read = names.map(async (name) => {
    const seen = keys[name];
    if (!readable(seen)) return [];
    // KMS takes no alias here.
    const call = () => aws.client(KMSClient, region).send(new GetKeyPolicyCommand({ KeyId: seen.arn }));
    const found = await look(async () => {
      const { Policy = '' } = await ask({ action: 'kms:GetKeyPolicy', region, about: name }, call);
      return Policy;
    });
    return [[name, found] as const];
  });
  return Object.fromEntries((await Promise.all(read)).flat());
}
