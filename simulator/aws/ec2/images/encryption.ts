import type { Actions, Caller } from '../../calls/actions.ts';
import { strict } from '../../calls/strict.ts';
import type { World } from '../../world.ts';

export const managedAlias = 'alias/aws/ebs';

/**
 * Whether an account encrypts new volumes and copies in a region whatever a request says, and the key where a request names
 * none. Other accounts than the scenario's have both as AWS sets them.
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
  // Documented as an ARN. The key can be set by alias, too, and what is answered then is not said, so the name is given back:
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyEbsDefaultKmsKeyId.html
  GetEbsDefaultKmsKeyId: strict('ec2:GetEbsDefaultKmsKeyId', '', (_input: object, caller) => ({
    KmsKeyId: ebsDefaults(world, caller).key,
  })),
});
