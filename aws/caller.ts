import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { ask } from './errors.ts';
import type { Connection } from './connection.ts';

/** ARN of the user or role whose credentials are used. AWS needs no permission for this call. */
export async function callerArn(aws: Connection): Promise<string> {
  const answer = await ask({ action: 'sts:GetCallerIdentity', region: aws.region }, () =>
    aws.client(STSClient).send(new GetCallerIdentityCommand({})),
  );
  return answer.Arn ?? 'a caller that AWS does not name';
}
