import { managedAlias } from '../../../../core/launch/keys.ts';
import type { Actions, Caller } from '../../calls/actions.ts';
import { strict } from '../../calls/strict.ts';
import type { World } from '../../state/world.ts';

/**
 * Whether an account always encrypts new volumes and copies in a region, and the key for requests that name none. Accounts other
 * than the scenario's have AWS's defaults.
 * https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html
 */
export function ebsDefaults(world: World, { region, account }: Caller): { byDefault: boolean; key: string } {
  const said =
    account === world.account
      ? world.scenario.encryption.findLast((each) => (each.region ?? region) === region)
      : undefined;
  return { byDefault: said?.byDefault ?? false, key: said?.key ?? managedAlias };
}

export const encryptionActions = (world: World): Actions => ({
  GetEbsEncryptionByDefault: strict('ec2:GetEbsEncryptionByDefault', '', (_input: object, caller) => ({
    EbsEncryptionByDefault: ebsDefaults(world, caller).byDefault,
    SseType: ebsDefaults(world, caller).byDefault ? 'sse-kms' : 'none',
  })),
  // The answer is documented as an ARN. A key can also be set by alias, and the answer for that is undocumented, so the name is
  // returned: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyEbsDefaultKmsKeyId.html
  GetEbsDefaultKmsKeyId: strict('ec2:GetEbsDefaultKmsKeyId', '', (_input: object, caller) => ({
    KmsKeyId: ebsDefaults(world, caller).key,
  })),
});
