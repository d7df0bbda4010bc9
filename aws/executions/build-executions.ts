import { ListExecutionsCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { ask, everyPage } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { describeExecution } from './executions.ts';

/** An execution as ListExecutions shows it. */
export interface ExecutionSummary {
  arn: string;
  name: string;
  /** RUNNING | SUCCEEDED | FAILED | TIMED_OUT | ABORTED | PENDING_REDRIVE */
  status: string;
  startedAt: Date;
  stoppedAt?: Date | undefined;
}

export interface ExecutionDetail extends ExecutionSummary {
  /** The execution's input, as JSON. */
  input: string;
  error?: string | undefined;
  cause?: string | undefined;
}

/** Ends an execution as ABORTED. An execution that has ended does not change. */
export async function stopExecution(aws: Connection, executionArn: string, error: string, cause: string) {
  await ask({ action: 'states:StopExecution', region: aws.region, about: executionArn }, () =>
    aws.client(SFNClient).send(new StopExecutionCommand({ executionArn, error, cause })),
  );
}

/** @returns undefined if there is no such execution. Step Functions forgets an execution 90 days after its end. */
export async function readExecution(aws: Connection, executionArn: string): Promise<ExecutionDetail | undefined> {
  const answer = await describeExecution(aws, executionArn);
  return answer && { ...summary(answer), input: answer.input ?? '{}', error: answer.error, cause: answer.cause };
}

/**
 * Executions of a state machine, the newest first. A listing may be seconds old.
 * @param since Only those started then or later.
 */
export async function listExecutions(
  aws: Connection,
  stateMachineArn: string,
  { status, since, atMost = Infinity }: { status?: 'RUNNING'; since?: Date; atMost?: number } = {},
): Promise<ExecutionSummary[]> {
  const executions = await ask({ action: 'states:ListExecutions', region: aws.region, about: stateMachineArn }, () => {
    let seen = 0;
    return everyPage(
      async (nextToken) => {
        const maxResults = Math.min(1000, atMost);
        const page = await aws
          .client(SFNClient)
          .send(new ListExecutionsCommand({ stateMachineArn, statusFilter: status, maxResults, nextToken }));
        seen += page.executions?.length ?? 0;
        const past = since && (page.executions?.at(-1)?.startDate ?? since) < since;
        return { ...page, NextToken: past || seen >= atMost ? undefined : page.nextToken };
      },
      (page) => page.executions,
    );
  });
  return executions.map(summary).filter(({ startedAt }) => !since || startedAt >= since);
}

const summary = (execution: {
  executionArn?: string | undefined;
  name?: string | undefined;
  status?: string | undefined;
  startDate?: Date | undefined;
  stopDate?: Date | undefined;
}): ExecutionSummary => ({
  arn: execution.executionArn ?? '',
  name: execution.name ?? '',
  status: execution.status ?? '',
  startedAt: execution.startDate ?? new Date(0),
  stoppedAt: execution.stopDate,
});
