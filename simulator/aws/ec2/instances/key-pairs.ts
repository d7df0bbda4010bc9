import type { DescribeKeyPairsRequest } from '@aws-sdk/client-ec2';
import { ApiError, type Actions } from '../../calls/actions.ts';
import { strict } from '../../calls/strict.ts';
import type { Image } from '../../state/images.ts';
import type { World } from '../../state/world.ts';

/** EC2's words: github.com/hashicorp/vault-guides/issues/260 */
function keyPairNamed({ scenario }: World, name: string) {
  const found = scenario.keyPairs.find((one) => one.name === name);
  if (found) return found;
  throw new ApiError('InvalidKeyPair.NotFound', `The key pair '${name}' does not exist`);
}

/** Refuses a key pair that is not there, or of a type that Windows lacks. EC2's words: github.com/splunk/attack_range/pull/901 */
export function refuseKeyPair(world: World, name: string | undefined, { system }: Image): void {
  if (name === undefined) return;
  const { type } = keyPairNamed(world, name);
  if (type === 'ed25519' && system === 'Windows')
    throw new ApiError(
      'Unsupported',
      'ED25519 key pairs are not supported with Windows AMIs. Choose a different key pair type and try again.',
    );
}

/** The simulated DescribeKeyPairs, by names. */
export const keyPairActions = (world: World): Actions => ({
  DescribeKeyPairs: strict('ec2:DescribeKeyPairs', 'KeyNames', ({ KeyNames = [] }: DescribeKeyPairsRequest) => ({
    KeyPairs: KeyNames.map((name) => ({ KeyName: name, KeyType: keyPairNamed(world, name).type })),
  })),
});
