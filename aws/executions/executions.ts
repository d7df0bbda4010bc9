import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
  type DescribeExecutionCommandOutput,
} from '@aws-sdk/client-sfn';
import { lastingFailure } from '../../core/errors.ts';
import type { StateEvent } from '../../core/build/timings.ts';
import { ask, everyPage } from '../errors.ts';
import type { Connection } from '../connection.ts';

/** Status, end and outcome of an execution; undefined if Step Functions has forgotten it. */
export async function describeExecution(
  aws: Connection,
  executionArn: string,
): Promise<DescribeExecutionCommandOutput | undefined> {
  return ask(
    { action: 'states:DescribeExecution', region: aws.region, about: executionArn },
    () => aws.client(SFNClient).send(new DescribeExecutionCommand({ executionArn })),
    { gone: () => undefined },
  );
}

/**
 * The input of an execution, as JSON; undefined if Step Functions has forgotten the execution. Its events may lack the input,
 * because EventBridge leaves out a long one.
 */
export async function inputOf(aws: Connection, executionArn: string): Promise<unknown> {
  const { input } = (await describeExecution(aws, executionArn)) ?? {};
  return input === undefined ? undefined : JSON.parse(input);
}

/** An execution that Step Functions has forgotten is over. */
export const isAlive = (execution: DescribeExecutionCommandOutput | undefined): boolean =>
  execution?.status === 'RUNNING' || execution?.status === 'PENDING_REDRIVE';

export const isRunning = async (aws: Connection, executionArn: string): Promise<boolean> =>
  isAlive(await describeExecution(aws, executionArn));

/** The later of `since` and the execution's last redrive. A redriven state may report the time of its first entry. */
export async function sinceRedrive(aws: Connection, executionArn: string, since: string): Promise<string> {
  const redriven = (await describeExecution(aws, executionArn))?.redriveDate?.toISOString();
  return redriven !== undefined && redriven > since ? redriven : since;
}

/**
 * Starts an execution under the first free name. A name is passed over if its execution failed, timed out or was aborted.
 * @returns its ARN, or undefined if an execution of such a name is running or ended well.
 */
export async function startOnce(
  aws: Connection,
  stateMachineArn: string,
  names: string[],
  input: unknown,
): Promise<string | undefined> {
  const sfn = aws.client(SFNClient);
  for (const name of names) {
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    const answer = await ask(
      { action: 'states:StartExecution', region: aws.region, about: name },
      () => sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) })),
      { answer: () => undefined },
    );
    if (answer) return answer.executionArn;
    const { status = '' } = (await describeExecution(aws, executionArn)) ?? {};
    if (!['FAILED', 'TIMED_OUT', 'ABORTED'].includes(status)) return undefined;
  }
  return undefined;
}

/** Every event of an execution so far, without its payloads. */
export async function executionHistory(aws: Connection, executionArn: string): Promise<StateEvent[]> {
  const sfn = aws.client(SFNClient);
  const events = await ask({ action: 'states:GetExecutionHistory', region: aws.region, about: executionArn }, () =>
    everyPage(
      async (nextToken) => {
        const page = await sfn.send(
          new GetExecutionHistoryCommand({ executionArn, includeExecutionData: false, maxResults: 1000, nextToken }),
        );
        return { ...page, NextToken: page.nextToken };
      },
      ({ events }) => events,
    ),
  );
  return events.map(({ id = 0, previousEventId = 0, type = '', timestamp = new Date(0), ...details }) => ({
    id,
    previousEventId,
    type,
    timestamp,
    state: details.stateEnteredEventDetails?.name ?? details.stateExitedEventDetails?.name,
    map: details.mapIterationStartedEventDetails?.name,
    index: details.mapIterationStartedEventDetails?.index,
    ...(details.executionFailedEventDetails ?? details.executionAbortedEventDetails),
  }));
}

/** Reads what the caller can do without. A refusal is told in `refused`, and `otherwise` stands in for the answer. */
async function ifAllowed<T>(what: string, otherwise: T, refused: string[], read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    refused.push(`${what} could not be read: ${lastingFailure(error).message}`);
    return otherwise;
  }
}

/** As executionHistory, but a refusal is told in `refused`. */
export const historyIfAllowed = (aws: Connection, executionArn: string, refused: string[]): Promise<StateEvent[]> =>
  ifAllowed('the history', [], refused, () => executionHistory(aws, executionArn));

/** As inputOf, but a refusal is told in `refused`. */
export const inputIfAllowed = (aws: Connection, executionArn: string, refused: string[]): Promise<unknown> =>
  ifAllowed<unknown>('the input', undefined, refused, () => inputOf(aws, executionArn));
