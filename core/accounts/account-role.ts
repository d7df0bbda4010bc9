import { partitionOf } from '../recipe/regions.ts';
import type { AccountCopy } from './account-copies.ts';

/** The role of an account that the pipeline assumes. */
export type AccountRole = Pick<AccountCopy, 'region' | 'account' | 'role' | 'externalId'>;

export const roleArn = ({ region, account, role }: AccountRole): string =>
  `arn:${partitionOf(region) ?? 'aws'}:iam::${account}:role/${role}`;

/** The account as a principal of KMS: the pipeline finds by it the grants that it has made. */
export const accountArn = ({ region, account }: { region: string; account: string }): string =>
  `arn:${partitionOf(region) ?? 'aws'}:iam::${account}:root`;

/** What EC2 does with keys for the caller who launches or copies an encrypted image. */
export const actionsOnKeys = [
  'kms:CreateGrant',
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/**
 * The actions that the pipeline uses of the role in another account, by what it does there. Each session of the role may use
 * nothing else. infrastructure/examples/copy-target-role.yml allows all of them.
 */
export const actionsInAccount = {
  look: ['ec2:DescribeImages', 'ec2:DescribeSnapshots', 'kms:DescribeKey'],
  copy: ['ec2:DescribeImages', 'ec2:DescribeSnapshots', 'ec2:CopyImage', 'ec2:CreateTags', ...actionsOnKeys],
  share: ['ec2:DescribeImages', 'ec2:ModifyImageAttribute', 'ec2:ModifySnapshotAttribute'],
  verify: [
    'ec2:DescribeImages',
    'ec2:DescribeSnapshots',
    'ec2:DescribeImageAttribute',
    'ec2:DescribeSnapshotAttribute',
    'kms:DescribeKey',
  ],
  publish: ['ssm:GetParameter', 'ssm:PutParameter', 'ec2:DescribeImages'],
  undo: [
    'ec2:DescribeImages',
    'ec2:DescribeSnapshots',
    'ec2:DeregisterImage',
    'ec2:DeleteSnapshot',
    'ssm:GetParameter',
    'ssm:PutParameter',
    'ssm:DeleteParameter',
  ],
};
