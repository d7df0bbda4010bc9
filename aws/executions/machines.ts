import {
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { ask, codeOf, everyPage } from '../errors.ts';
import type { Connection } from '../connection.ts';

/** The state machines of the account in the pipeline's region: ARN by name. */
export async function listMachines(aws: Connection): Promise<Map<string, string>> {
  const sfn = aws.client(SFNClient);
  const machines = await ask({ action: 'states:ListStateMachines', region: aws.region }, () =>
    everyPage(
      async (nextToken) => {
        const page = await sfn.send(new ListStateMachinesCommand({ maxResults: 1000, nextToken }));
        return { ...page, NextToken: page.nextToken };
      },
      ({ stateMachines }) => stateMachines,
    ),
  );
  return new Map(machines.map(({ name = '', stateMachineArn: arn = '' }) => [name, arn]));
}

export async function machineTags(aws: Connection, resourceArn: string): Promise<Record<string, string>> {
  const { tags = [] } = await ask(
    { action: 'states:ListTagsForResource', region: aws.region, about: resourceArn },
    () => aws.client(SFNClient).send(new ListTagsForResourceCommand({ resourceArn })),
  );
  return Object.fromEntries(tags.map(({ key = '', value = '' }) => [key, value]));
}

/** The endpoint that the environment or its profile sets for AWS, as the SDK finds it; undefined if none is set. */
export const configuredRegion = async (): Promise<string | undefined> =>
  new SFNClient({}).config.region().catch(() => undefined);

/** @param name Names the execution. A repeated call under the same name starts no second execution. */
export async function startExecution(
  aws: Connection,
  stateMachineArn: string,
  name: string,
  input: unknown,
): Promise<{ arn: string; startedAt: Date }> {
  const answer = await ask({ action: 'states:StartExecution', region: aws.region, about: stateMachineArn }, () =>
    aws.client(SFNClient).send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) })),
  );
  return { arn: answer.executionArn ?? '', startedAt: answer.startDate ?? new Date(0) };
}

/** Whether a call failed because credentials are missing, expired or refused. */
export const lacksCredentials = (error: unknown): boolean =>
  /^(CredentialsProviderError|TokenProviderError|ExpiredToken(Exception)?|RequestExpired|UnrecognizedClientException|InvalidClientTokenId|InvalidAccessKeyId|InvalidSignatureException|SignatureDoesNotMatch)$/.test(
    codeOf(error) ?? '',
  );
