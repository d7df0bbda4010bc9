// The keys that functions use through EC2, look at, and lend to other accounts. grants.ts has the actions of the other services.
import { arn } from '../cloudformation.ts';
import { anything, type Condition, type Grant, type GrantTable } from './policies.ts';

/** EC2's endpoints, which end in the partition's domain. */
const viaEc2 = ['ec2.*.amazonaws.com', 'ec2.*.amazonaws.com.cn', 'ec2.*.amazonaws.eu'];
const keysOfAccount = arn('kms:*:${AWS::AccountId}:key/*');

/** What EC2 does with a customer-managed key for the function that launches or copies. */
const keysThroughEc2 = (condition: Condition = {}): Grant[] => [
  { Resource: keysOfAccount, Condition: { StringLike: { 'kms:ViaService': viaEc2 }, ...condition } },
];

/** Looking at keys, which a key's policy need not forbid. EC2 does not show which key an alias means. */
const looksAtKeys: Grant[] = [{ Resource: keysOfAccount }];

/** The roles in other accounts that make copies there: see infrastructure/examples/copy-target-role.yml. */
export const copyTargetRoles = arn('iam::*:role/golden-copy-target*');

/** A key is lent to such a role only, and only for reading. */
const loans: Grant[] = [
  {
    Resource: keysOfAccount,
    Condition: {
      StringLike: { 'kms:GranteePrincipal': copyTargetRoles },
      StringEquals: { 'kms:RetiringPrincipal': arn('iam::${AWS::AccountId}:root') },
      'ForAllValues:StringEquals': {
        'kms:GrantOperations': ['CreateGrant', 'Decrypt', 'DescribeKey', 'ReEncryptFrom'],
      },
      Null: { 'kms:GrantOperations': 'false' },
    },
  },
];

export const grantsOfKms: GrantTable = {
  'kms:CreateGrant': {
    copyIntoAccount: loans,
    others: keysThroughEc2({ Bool: { 'kms:GrantIsForAWSResource': 'true' } }),
  },
  'kms:Decrypt': keysThroughEc2(),
  'kms:DescribeKey': {
    resolve: looksAtKeys,
    resolvePlan: looksAtKeys,
    grantPermissions: looksAtKeys,
    verify: looksAtKeys,
    verifyMove: looksAtKeys,
    others: keysThroughEc2(),
  },
  'kms:GenerateDataKeyWithoutPlaintext': keysThroughEc2(),
  'kms:GetKeyPolicy': looksAtKeys,
  'kms:ReEncryptFrom': keysThroughEc2(),
  'kms:ReEncryptTo': keysThroughEc2(),
  'kms:ListRetirableGrants': anything,
  'kms:RevokeGrant': [{ Resource: keysOfAccount }],
};
