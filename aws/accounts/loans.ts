import { accountArn, roleArn } from '../../core/accounts/account-role.ts';
import { loanName } from '../../core/accounts/planned-copies.ts';
import type { AccountCopy, AccountPlace } from '../../core/accounts/account-copies.ts';
import { targetIn } from '../../core/distribute/distribution.ts';
import type { Plan } from '../../core/build/plan.ts';
import { Failure } from '../../core/errors.ts';
import { snapshotsOf, type AmiDescription } from '../../core/launch/source.ts';
import type { Connection } from '../connection.ts';
import { describeImage, findImagesIn } from '../images/images.ts';
import { ownSnapshots } from '../images/snapshots.ts';
import { grantKey, revokeGrants } from './key-grants.ts';
import { describeKeys } from '../keys.ts';
import { changePermissions } from '../work/permissions.ts';

// An account copies an image that it may launch, whose snapshots it may read, and whose keys it may use. A loan is all of that,
// for the time of the copy: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/how-ami-copy-works.html

/** The actions of lend. */
export const lendingPermissions = [
  'ec2:DescribeSnapshots',
  'ec2:ModifyImageAttribute',
  'ec2:ModifySnapshotAttribute',
  'kms:CreateGrant',
];

/** The actions of takeBackLoan. */
export const takingBackLoanPermissions = [
  'ec2:DescribeImages',
  'ec2:ModifyImageAttribute',
  'ec2:ModifySnapshotAttribute',
  'kms:ListRetirableGrants',
  'kms:RevokeGrant',
];

/** The account is on the target's own list, so its permissions stay. */
const isListed = (plan: Plan, at: AccountPlace): boolean => targetIn(plan, at).accounts.includes(at.account);

const changeOf = (account: string, kind: 'add' | 'remove', snapshots: string[]) => {
  const change = { add: [], remove: [], [kind]: [account] };
  return { image: change, snapshots: Object.fromEntries(snapshots.map((id) => [id, change])) };
};

/**
 * Lends an image to an account, and its keys to the role there.
 * @throws AwsTransient until the role sees everything that was lent. EC2 and KMS show permissions late, and a copy that begins
 * earlier fails.
 */
export async function lend(
  aws: Connection,
  there: Connection,
  plan: Plan,
  copy: AccountCopy,
  image: AmiDescription,
): Promise<void> {
  const { region, account } = copy;
  const snapshots = snapshotsOf(image);
  if (!isListed(plan, copy))
    await changePermissions(aws, { region, ami: image.ami }, changeOf(account, 'add', snapshots));
  const keys = new Set((await ownSnapshots(aws, region, snapshots)).flatMap(({ keyArn }) => keyArn ?? []));
  const grant = { name: loanName(plan, copy), role: roleArn(copy), retiring: accountArn(plan) };
  for (const key of keys) await grantKey(aws, region, key, grant);
  const [seen, read, known] = await Promise.all([
    describeImage(there, region, image.ami),
    ownSnapshots(there, region, snapshots, plan.account),
    describeKeys(there, region, keys),
  ]);
  const unseen = [
    ...(seen ? [] : [image.ami]),
    ...snapshots.filter((id) => !read.some(({ snapshot }) => snapshot === id)),
    ...[...keys].filter((key) => !(known[key] && 'arn' in known[key])),
  ];
  const refused = Object.values(known).flatMap((key) => ('refused' in key ? [`: ${key.refused}`] : []));
  if (unseen.length === 0) return;
  const what = `${roleArn(copy)} does not see ${unseen.join(', ')} in ${region}, which was shared with it`;
  const advice = "if that lasts, look at the role's policy and the account's Allowed AMIs";
  throw new Failure('AwsTransient', `${what}${refused.join('')}; ${advice}`);
}

/** Takes everything back that was lent for one copy. @returns whether a key had been lent. */
export async function takeBackLoan(aws: Connection, plan: Plan, at: AccountPlace): Promise<boolean> {
  const { region, account } = at;
  const grants = await revokeGrants(aws, region, loanName(plan, at), accountArn({ ...plan, region }));
  if (isListed(plan, at)) return grants > 0;
  for (const image of await findImagesIn(aws, at, plan))
    if (image.state === 'available')
      await changePermissions(aws, { region, ami: image.ami }, changeOf(account, 'remove', snapshotsOf(image)));
  return grants > 0;
}
