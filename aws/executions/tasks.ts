import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';

// The state no longer waits for this token: its heartbeat ran out, and the next look gets its own token.
const tooLate = { gone: () => false };

/** @returns false if the state no longer waits for the token. */
export async function succeedTask(aws: Connection, taskToken: string, output: unknown): Promise<boolean> {
  return ask(
    { action: 'states:SendTaskSuccess', region: aws.region },
    async () => {
      await aws.client(SFNClient).send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }));
      return true;
    },
    tooLate,
  );
}

// Step Functions takes at most 32,768 characters of cause.
const causeLimit = 32_000;

/** The cause has the form that Step Functions gives a failed Lambda. @returns false if the state no longer waits for the token. */
export async function failTask(aws: Connection, taskToken: string, error: Error): Promise<boolean> {
  const cause = JSON.stringify({ errorType: error.name, errorMessage: error.message.slice(-causeLimit / 2) });
  return ask(
    { action: 'states:SendTaskFailure', region: aws.region },
    async () => {
      await aws.client(SFNClient).send(new SendTaskFailureCommand({ taskToken, error: error.name, cause }));
      return true;
    },
    tooLate,
  );
}
