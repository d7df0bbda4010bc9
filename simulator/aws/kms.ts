import type { DescribeKeyRequest, GetKeyPolicyRequest } from '@aws-sdk/client-kms';
import { ApiError, type Actions, type Caller } from './calls/actions.ts';
import { keyNamed, mayRead } from './keys.ts';
import { grantActions } from './kms-grants.ts';
import { partitionIn } from './partition.ts';
import { required, strict } from './calls/strict.ts';
import type { World } from './state/world.ts';

/** The policy of a key that somebody made in the console, who named the accounts and organizations that may use it. */
function policyFor({ account, region }: Caller, { accounts, organizations }: World['keyUsers']): string {
  const arn = (id: string) => `arn:${partitionIn(region)}:iam::${id}:root`;
  const Action = ['kms:Decrypt', 'kms:DescribeKey', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:CreateGrant'];
  const allow = (Principal: unknown, changes: object = {}) => ({
    Effect: 'Allow',
    Principal,
    Action,
    Resource: '*',
    ...changes,
  });
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      allow({ AWS: arn(account) }, { Action: 'kms:*' }),
      ...(accounts.length > 0 ? [allow({ AWS: accounts.map(arn) })] : []),
      ...(organizations.length > 0
        ? [allow({ AWS: '*' }, { Condition: { StringEquals: { 'aws:PrincipalOrgID': organizations } } })]
        : []),
    ],
  });
}

/**
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html: only by id or ARN
 */
export const kmsActions = (world: World): Actions => ({
  DescribeKey: strict('kms:DescribeKey', 'KeyId', (input: DescribeKeyRequest, caller) => {
    const { region, account } = caller;
    const name = required(input.KeyId, 'KeyId', 'ValidationException');
    const given = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):/.exec(name)?.[1] ?? region;
    if (given !== region) throw new ApiError('NotFoundException', `Invalid arn ${given}`);
    const key = keyNamed(world.keys, caller, name);
    if (!key) {
      const what = /(^|:)alias\//.test(name)
        ? `Alias ${name.startsWith('arn:') ? name : `arn:aws:kms:${region}:${account}:${name}`} is not found.`
        : `Key '${name.startsWith('arn:') ? name : `arn:aws:kms:${region}:${account}:key/${name}`}' does not exist`;
      throw new ApiError('NotFoundException', what);
    }
    if (caller.session && !mayRead(world, caller, key.arn))
      throw new ApiError(
        'AccessDeniedException',
        `User: ${caller.session.role} is not authorized to perform: kms:DescribeKey on resource: ${key.arn} because no resource-based policy allows the kms:DescribeKey action`,
      );
    const enabled = key.state === 'enabled';
    return {
      KeyMetadata: {
        AWSAccountId: key.arn.split(':')[4],
        KeyId: key.arn.split('/')[1],
        Arn: key.arn,
        Enabled: enabled,
        KeyState: enabled ? 'Enabled' : 'Disabled',
        KeyManager: key.customerManaged ? 'CUSTOMER' : 'AWS',
        KeyUsage: 'ENCRYPT_DECRYPT',
        KeySpec: 'SYMMETRIC_DEFAULT',
        Origin: 'AWS_KMS',
        MultiRegion: false,
      },
    };
  }),
  GetKeyPolicy: strict('kms:GetKeyPolicy', 'KeyId', (input: GetKeyPolicyRequest, caller) => {
    const name = required(input.KeyId, 'KeyId', 'ValidationException');
    if (/(^|:)alias\//.test(name))
      throw new ApiError('InvalidArnException', 'Alias is not supported for this operation');
    const key = keyNamed(world.keys, caller, name);
    if (!key) throw new ApiError('NotFoundException', `Key '${name}' does not exist`);
    return { Policy: key.policy ?? policyFor(caller, world.keyUsers), PolicyName: 'default' };
  }),
  ...grantActions(world),
});
