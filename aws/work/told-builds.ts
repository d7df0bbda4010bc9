import { buildIn } from '../../core/build/identity-from-input.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import type { Connection } from '../connection.ts';
import { inputOf } from '../executions/executions.ts';

interface ExecutionEvent {
  detail: { executionArn: string; [key: string]: unknown };
}

// A clean-up is started with the event of the build that died.
const isEvent = (input: unknown): input is ExecutionEvent =>
  typeof (input as ExecutionEvent | null)?.detail?.executionArn === 'string';

/** The build that an execution's event is about. EventBridge leaves out a long input, which is then read from the execution. */
export async function buildOfEvent(aws: Connection, event: ExecutionEvent): Promise<BuildIdentity | undefined> {
  const { recipe, build } = buildIn(event);
  if (recipe && build) return { recipe, build };
  if (typeof event.detail['input'] === 'string') return undefined;
  const input = await inputOf(aws, event.detail.executionArn);
  if (input === undefined) return undefined;
  return buildOfEvent(aws, isEvent(input) ? input : { detail: { ...event.detail, input: JSON.stringify(input) } });
}

/** The execution that worked on the build of an event: of a clean-up, the one that died. */
export async function executionOfEvent(aws: Connection, machine: string, { detail }: ExecutionEvent): Promise<string> {
  const { executionArn, input } = detail;
  if (executionArn.startsWith(`${machine.replace(':stateMachine:', ':execution:')}:`)) return executionArn;
  const started = typeof input === 'string' ? (JSON.parse(input) as unknown) : await inputOf(aws, executionArn);
  return isEvent(started) ? started.detail.executionArn : executionArn;
}
