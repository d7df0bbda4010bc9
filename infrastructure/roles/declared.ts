// The actions that the functions declare, the actions that follow from them, and whether the table of grants has them all.
import { actionsOnKeys } from '../../core/accounts/account-role.ts';
import { allFunctions } from '../../functions/all.ts';
import type { GrantTable } from './policies.ts';

/** The IAM actions of one function, as its file declares them. */
export interface Declared {
  key: string;
  /** Whether events and schedules call the function. */
  byEvents: boolean;
  actions: readonly string[];
}

export const declaredFunctions: Declared[] = allFunctions.map(({ key, byEvents, stage }) => ({
  key,
  byEvents,
  actions: [...new Set(stage.permissions)].toSorted(),
}));

/** What EC2 does with its caller's permissions: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/work-with-ami-store-restore.html */
const archiving = {
  'ec2:CreateStoreImageTask': [
    ...['GetSnapshotBlock', 'ListChangedBlocks', 'ListSnapshotBlocks'].map((name) => `ebs:${name}`),
    ...['AbortMultipartUpload', 'DeleteObject', 'GetObject', 'ListBucket', 'PutObject', 'PutObjectTagging'].map(
      (name) => `s3:${name}`,
    ),
    'ec2:DescribeTags',
    ...actionsOnKeys,
  ],
  'ec2:CreateRestoreImageTask': [
    ...['CompleteSnapshot', 'PutSnapshotBlock', 'StartSnapshot'].map((name) => `ebs:${name}`),
    ...['GetObject', 'ListBucket'].map((name) => `s3:${name}`),
    'ec2:DescribeTags',
    'ec2:GetEbsEncryptionByDefault',
    ...actionsOnKeys,
  ],
};

/** Actions that AWS checks beyond the call itself. No function makes these calls, so no file declares them. */
const implied: Record<string, string[]> = {
  ...archiving,
  'ec2:CopyImage': actionsOnKeys,
  'ec2:CopySnapshot': actionsOnKeys,
  'ec2:RunInstances': actionsOnKeys,
  // EC2 looks with its caller's permissions: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-ami-references.html
  'ec2:DescribeImageReferences': [
    'ec2:DescribeInstances',
    'ec2:DescribeLaunchTemplates',
    'ec2:DescribeLaunchTemplateVersions',
    'ssm:DescribeParameters',
    'ssm:GetParameters',
    'imagebuilder:ListImageRecipes',
    'imagebuilder:ListContainerRecipes',
    'imagebuilder:GetContainerRecipe',
  ],
  's3:GetObject': ['s3:ListBucket'], // otherwise S3 answers Forbidden for an absent object
  'ssm:PutParameter': ['ec2:DescribeImages'], // Parameter Store looks at an AMI with its writer's permissions
};
/** Lambda puts events that a function could not handle into a queue, with the function's role. */
const impliedByEvents = ['sqs:SendMessage'];

/** All actions that the role of a function needs. */
export const impliedBy = ({ actions, byEvents }: Omit<Declared, 'key'>): string[] => [
  ...new Set([...actions, ...(byEvents ? impliedByEvents : []), ...actions.flatMap((action) => implied[action] ?? [])]),
];

/** Actions without a grant, and grants without a function that needs them. */
export function grantProblems(functions: Declared[], table: GrantTable): string[] {
  const tableOf = (action: string) =>
    `infrastructure/roles/grants${/^(ebs|ec2|kms|s3)(?=:)/.exec(action)?.[0].replace(/^/, '-of-') ?? ''}.ts`;
  const needs = functions.flatMap((declared) => impliedBy(declared).map((action) => ({ key: declared.key, action })));
  const missing = needs.flatMap(({ key, action }) => {
    const row = table[action];
    if (!row) return [`${key} declares ${action}, for which ${tableOf(action)} has no row.`];
    if (Array.isArray(row) || row[key] || row['others']) return [];
    return [`${key} declares ${action}, whose row in ${tableOf(action)} is only for ${Object.keys(row).join(', ')}.`];
  });
  const unused = Object.entries(table).flatMap(([action, row]) => {
    const keys = needs.filter((need) => need.action === action).map(({ key }) => key);
    if (keys.length === 0) return [`No function declares ${action}, for which ${tableOf(action)} has a row.`];
    if (Array.isArray(row)) return [];
    const isUsed = (key: string) => (key === 'others' ? keys.some((one) => !(one in row)) : keys.includes(key));
    return Object.keys(row)
      .filter((key) => !isUsed(key))
      .map((key) => `The row of ${action} in ${tableOf(action)} has grants for ${key}, which no function needs.`);
  });
  return [...missing, ...unused];
}
