import { EC2Client, GetAllowedImagesSettingsCommand } from '@aws-sdk/client-ec2';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';

/** State of the account's Allowed AMIs in the pipeline's region: `disabled`, `audit-mode` or `enabled`. */
export async function allowedImagesState(aws: Connection): Promise<string> {
  const answer = await ask({ action: 'ec2:GetAllowedImagesSettings', region: aws.region }, () =>
    aws.client(EC2Client).send(new GetAllowedImagesSettingsCommand({})),
  );
  return answer.State ?? 'disabled';
}
