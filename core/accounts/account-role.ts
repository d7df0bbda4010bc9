import { partitionOf } from '../recipe/regions.ts';
import type { BuildIdentity } from '../tags.ts';
import type { AccountCopy } from './account-copies.ts';

/** The role of an account that the pipeline assumes. */
export type AccountRole = Pick<AccountCopy, 'region' | 'account' | 'role' | 'externalId'>;

export const roleArn = ({ region, account, role }: AccountRole): string =>
  `arn:${partitionOf(region) ?? 'aws'}:iam::${account}:role/${role}`;

/** The account as a principal of KMS: the pipeline finds by it the grants that it has made. */
export const accountArn = ({ region, account }: { region: string; account: string }): string =>
  `arn:${partitionOf(region) ?? 'aws'}:iam::${account}:root`;

/** What a session of such a role is for: it works on this build. `by` is who asked, where that was not the build itself. */
export interface SessionOf extends BuildIdentity {
  by?: { verb: string; who: string } | undefined;
}

const longestSession = 64;

/**
 * The name of a session, by which CloudTrail in the other account shows the build, and who moved, shared or revoked it:
 * `al2023-base-20261207-030000-feea`, or `revoke=al2023-base-20261207-030000-feea@ada`. A source identity would need a further
 * permission in the role's trust policy. STS takes 64 characters, so the names of person and recipe may be cut.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function sessionName({ recipe, build, by }: SessionOf): string {
  const [before, after] = by ? [`${by.verb}=`, '@'] : ['', ''];
  const own = before.length + build.length + 1 + after.length;
  const who = (by?.who ?? '')
    .replace(/\)$/, '')
    .split(/[/ ]/)
    .at(-1)
    ?.replaceAll(/[^\w+.-]/g, '-')
    .slice(0, Math.max(12, longestSession - own - recipe.length));
  return `${before}${recipe.slice(0, longestSession - own - (who ?? '').length)}-${build}${after}${who}`;
}

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
  check: ['ec2:DescribeImages', 'ec2:DescribeImageAttribute', 'ec2:DescribeSnapshotAttribute', 'ssm:GetParameter'],
  publish: ['ssm:GetParameter', 'ssm:PutParameter', 'ec2:DescribeImages'],
  // A move that fails deletes parameters that it has made.
  moveBack: ['ssm:GetParameter', 'ssm:PutParameter', 'ssm:DeleteParameter', 'ec2:DescribeImages'],
  revoke: [
    'ec2:DescribeImages',
    'ec2:DescribeImageAttribute',
    'ec2:DescribeSnapshotAttribute',
    'ec2:DisableImage',
    'ec2:EnableImage',
    'ec2:ModifyImageAttribute',
    'ec2:ModifySnapshotAttribute',
  ],
  // What EC2 itself calls when it looks for references is among these.
  usage: [
    'ec2:CreateImageUsageReport',
    'ec2:DescribeImageAttribute',
    'ec2:DescribeImageReferences',
    'ec2:DescribeImageUsageReportEntries',
    'ec2:DescribeImageUsageReports',
    'ec2:DescribeInstances',
    'ec2:DescribeLaunchTemplates',
    'ec2:DescribeLaunchTemplateVersions',
    'imagebuilder:GetContainerRecipe',
    'imagebuilder:ListContainerRecipes',
    'imagebuilder:ListImageRecipes',
    'ssm:DescribeParameters',
    'ssm:GetParameters',
  ],
  retire: [
    'ec2:CreateTags',
    'ec2:DeleteSnapshot',
    'ec2:DeregisterImage',
    'ec2:DescribeImages',
    'ec2:DescribeSnapshots',
    'ec2:EnableImageDeprecation',
    'ec2:GetImageAncestry',
    'ec2:ListImagesInRecycleBin',
  ],
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
