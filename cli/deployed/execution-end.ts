import { describeExecution } from '../../aws/executions/executions.ts';
import { failureMessage } from '../../core/report/failure.ts';
import { refusal } from '../refusal.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Terminal } from '../screen/terminal.ts';
import type { Pipeline } from './deployment.ts';

/** How an execution ended. `output` is JSON. */
interface ExecutionEnd {
  status: string;
  output?: string | undefined;
  error: string;
  cause: string;
}

const second = 1000;

/** Waits until an execution has ended. */
export async function endOf(arn: string, { aws }: Pipeline, surroundings: Surroundings): Promise<ExecutionEnd> {
  const { signal } = new AbortController();
  for (;;) {
    const { status = 'UNKNOWN', output, error = status, cause } = (await describeExecution(aws, arn)) ?? {};
    if (status !== 'RUNNING') return { status, output, error, cause: failureMessage({ Error: error, Cause: cause }) };
    await surroundings.sleep(second, signal);
  }
}

/** Shows why an execution failed. @returns the exit code: 2 if the request was refused, else 1. */
export function tellFailure({ error, cause }: ExecutionEnd, json: boolean, terminal: Terminal): number {
  const refused = error === 'RecipeInvalid';
  terminal.err(`\n  ${error}\n${cause.replaceAll(/^/gm, '    ')}\n\n`);
  if (json && refused) terminal.out(refusal([{ path: [], message: cause, place: {} }]));
  else if (json) terminal.out(`${JSON.stringify({ status: 'failed', error, cause }, null, 2)}\n`);
  return refused ? 2 : 1;
}
