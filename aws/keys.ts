import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import type { KeySeen } from '../core/launch/keys.ts';
import { ask } from './errors.ts';
import type { Connection } from './connection.ts';

/** A KMS key by its id, ARN or alias. EC2 does not show which key an alias means. */
async function describeKey(aws: Connection, region: string, name: string): Promise<KeySeen> {
  return ask<KeySeen, KeySeen>(
    { action: 'kms:DescribeKey', region, about: name },
    async () => {
      const { KeyMetadata } = await aws.client(KMSClient, region).send(new DescribeKeyCommand({ KeyId: name }));
      const { Arn = '', KeyState = 'unknown', KeyManager } = KeyMetadata ?? {};
      return { arn: Arn, state: KeyState, awsManaged: KeyManager === 'AWS' };
    },
    {
      NotFoundException: () => ({ unseen: 'missing' }),
      InvalidArnException: () => ({ unseen: 'missing' }),
      // The key's policy decides, and it may not let the account's own roles look.
      AccessDeniedException: (_, failure) => ({ unseen: 'denied', refused: failure().message }),
    },
  );
}

/** Several keys of a region, by the names that were asked for. */
export async function describeKeys(
  aws: Connection,
  region: string,
  names: Iterable<string>,
): Promise<Record<string, KeySeen>> {
  const seen = [...new Set(names)].map(async (name) => [name, await describeKey(aws, region, name)] as const);
  return Object.fromEntries(await Promise.all(seen));
}
