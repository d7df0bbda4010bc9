import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
  type DescribeExecutionCommandOutput,
} from '@aws-sdk/client-sfn';
import { Failure, isTransient } from '../../core/errors.ts';
import type { StateEvent } from '../../core/build/timings.ts';
import { ask, everyPage } from '../errors.ts';
import type { Connection } from '../connection.ts';

/** Status, end and outcome of an execution; undefined where Step Functions has forgotten it. */
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
 * What an execution was started with, as JSON says it; undefined where Step Functions has forgotten the execution. Events of it do
 * not always say so: EventBridge has no room for a long input.
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

/**
 * The later of an instant and of when the execution was redriven last: a state that is redriven may count from its first
 * entry.
 */
export async function sinceRedrive(aws: Connection, executionArn: string, since: string): Promise<string> {
  const redriven = (await describeExecution(aws, executionArn))?.redriveDate?.toISOString();
  return redriven !== undefined && redriven > since ? redriven : since;
}

/**
 * Starts an execution under the first of these names that none had which is running or ended well.
 * @returns its ARN, or undefined where there is such an execution already.
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

/** As executionHistory, for what must be done without it, too: a refusal is told in `refused`. */
export async function historyIfAllowed(
  aws: Connection,
  executionArn: string,
  refused: string[],
): Promise<StateEvent[]> {
  try {
    return await executionHistory(aws, executionArn);
  } catch (error) {
    if (!(error instanceof Failure) || isTransient(error)) throw error;
    refused.push(`the history could not be read: ${error.message}`);
    return [];
  }
}
