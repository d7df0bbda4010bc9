import { ListStateMachinesCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { ask, codeOf, everyPage } from './answers.ts';
import type { Connection } from './connection.ts';

/** ARN of a state machine by its name, undefined where the account has none of that name in the region. */
export async function findMachine(aws: Connection, name: string): Promise<string | undefined> {
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
  return machines.find((machine) => machine.name === name)?.stateMachineArn;
}

/** @param name Names the execution; a call that is repeated under the same name starts no second one. */
export async function startExecution(
  aws: Connection,
  stateMachineArn: string,
  name: string,
  input: unknown,
): Promise<string> {
  const answer = await ask({ action: 'states:StartExecution', region: aws.region, about: stateMachineArn }, () =>
    aws.client(SFNClient).send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) })),
  );
  return answer.executionArn ?? '';
}

/** Whether a call failed because there are no credentials, or none that AWS takes (any more). */
export const lacksCredentials = (error: unknown): boolean =>
  /^(CredentialsProviderError|ExpiredToken(Exception)?|UnrecognizedClientException|InvalidClientTokenId)$/.test(
    codeOf(error) ?? '',
  );
