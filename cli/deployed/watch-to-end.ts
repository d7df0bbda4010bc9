import { heading } from '../screen/screen.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Pipeline } from './deployment.ts';
import { endOf, type ExecutionEnd } from './execution-end.ts';
import { watch, type Page } from './follow.ts';

/**
 * Shows an execution until it ends.
 * @param what The work, such as `move`.
 * @param comeBack How to see the end later: a command, or the ARN.
 * @returns undefined if the person left it at Ctrl-C. It goes on then.
 */
export async function watchToEnd(
  arn: string,
  pipeline: Pipeline,
  page: Page & { surroundings: Surroundings },
  what: string,
  comeBack = arn,
): Promise<ExecutionEnd | undefined> {
  page.write(`\n${heading(page.sheet, 'elapsed')}\n`);
  if (await watch(arn, pipeline, page, `the ${what}`)) return endOf(arn, pipeline, page.surroundings);
  page.write(`\n  Left; the ${what} goes on: ${comeBack}\n\n`);
  return undefined;
}
