import { describeExecution } from '../../aws/executions/executions.ts';
import { failureMessage } from '../../core/report/failure.ts';
import { refusal, type Placed } from '../refusal.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Terminal } from '../screen/terminal.ts';
import type { Pipeline } from './deployment.ts';

/** How an execution ended. `output` is JSON. */
export interface ExecutionEnd {
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

const problem = (key: string, message: string): Placed => ({ path: key ? [key] : [], message, place: {} });

/** The problems of a refused input: a line for each, which begins with its key. A problem may have further lines. */
function problemsIn(cause: string): Placed[] {
  const lines = cause.split(/\n(?=[\w.[\]-]+: )/);
  return lines.map((line) => {
    const [, key = '', message = line] = /^([\w.[\]-]+): ([^]+)$/.exec(line) ?? [];
    return problem(key, message);
  });
}

/** Shows why an execution failed. @returns the exit code: 2 if the request was refused, else 1. */
export function tellFailure({ error, cause }: ExecutionEnd, json: boolean, terminal: Terminal): number {
  const refused = ['RecipeInvalid', 'MoveRefused', 'RetireRefused', 'ArchiveRefused'].includes(error);
  terminal.err(`\n  ${error}\n${cause.replaceAll(/^/gm, '    ')}\n\n`);
  if (json && refused) terminal.out(refusal(error === 'RecipeInvalid' ? problemsIn(cause) : [problem('', cause)]));
  else if (json) terminal.out(`${JSON.stringify({ status: 'failed', error, cause }, null, 2)}\n`);
  return refused ? 2 : 1;
}
