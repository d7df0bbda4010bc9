import { DescribeKeyPairsCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { Facts } from '../../core/preflight/facts.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { look } from '../preflight/seen.ts';

/** The key pair that a recipe names for its candidate. @throws AwsTransient */
export async function lookAtKeyPair(
  aws: Connection,
  { builder: { candidateKeyPair: name } }: Recipe,
): Promise<Pick<Facts, 'keyPair'>> {
  if (name === undefined) return {};
  const keyPair = await look(async () => {
    const answer = await ask(
      { action: 'ec2:DescribeKeyPairs', region: aws.region, about: name },
      () => aws.client(EC2Client).send(new DescribeKeyPairsCommand({ KeyNames: [name] })),
      { gone: () => undefined },
    );
    const [found] = answer?.KeyPairs ?? [];
    return found ? { type: found.KeyType ?? 'rsa' } : null;
  });
  return { keyPair };
}
