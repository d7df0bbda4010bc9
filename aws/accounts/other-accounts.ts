import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import {
  actionsInAccount,
  roleArn,
  sessionName,
  type AccountRole,
  type SessionOf,
} from '../../core/accounts/account-role.ts';
import type { Connection } from '../connection.ts';
import { ask } from '../errors.ts';

/** STS gives out credentials for no shorter time. */
const shortest = 900;

/**
 * A connection to another account, with the role that it has made for the pipeline. A session policy leaves it only the actions
 * of its purpose.
 * @param session What it is for. It names the session in the account's CloudTrail.
 * @throws AwsRefused if the role does not let the pipeline in.
 */
export async function inAccount(
  aws: Connection,
  role: AccountRole,
  session: SessionOf,
  purpose: keyof typeof actionsInAccount,
): Promise<Connection> {
  const arn = roleArn(role);
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actionsInAccount[purpose], Resource: '*' }],
  };
  const { Credentials: given } = await ask({ action: 'sts:AssumeRole', region: aws.region, about: arn }, () =>
    aws.client(STSClient).send(
      new AssumeRoleCommand({
        RoleArn: arn,
        RoleSessionName: sessionName(session),
        DurationSeconds: shortest,
        Policy: JSON.stringify(policy),
        ...(role.externalId !== undefined && { ExternalId: role.externalId }),
      }),
    ),
  );
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = given ?? {};
  return aws.as({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken });
}

/**
 * The connection to the account that owns an image: the pipeline's own, or that of a copy in another account.
 * @throws as inAccount
 */
export const connectionTo = (
  aws: Connection,
  copy: AccountRole | undefined,
  session: SessionOf,
  purpose: keyof typeof actionsInAccount,
): Promise<Connection> => (copy ? inAccount(aws, copy, session, purpose) : Promise.resolve(aws));

/** Opens each role once. A connection is good for 15 minutes, longer than any call of a function. */
export function accountDoors(
  aws: Connection,
  session: SessionOf,
  purpose: keyof typeof actionsInAccount,
): (role: AccountRole) => Promise<Connection> {
  const open = new Map<string, Promise<Connection>>();
  return (role) => {
    const key = `${roleArn(role)} ${role.externalId}`;
    const known = open.get(key) ?? inAccount(aws, role, session, purpose);
    open.set(key, known);
    return known;
  };
}
