import type { FailedMove } from '../../core/report/move-notification.ts';
import type { Connection } from '../connection.ts';
import { publishTo } from '../topics.ts';

/** An execution of move-channel that ended, as EventBridge reports it. `input` is absent where it is long. */
interface EndedMove {
  executionArn: string;
  status: FailedMove['status'];
  error?: string | null | undefined;
  cause?: string | null | undefined;
  input?: unknown;
}

/** Tells people of a move that failed. @returns the subject of the mail, or that there is nothing to tell. */
export async function tellFailedMove(
  { aws, topic, deployment }: { aws: Connection; topic: string; deployment: string },
  { executionArn, status, error, cause, input }: EndedMove,
): Promise<string> {
  const { moveNotification } = await import('../../core/report/move-notification.ts');
  const ended = { execution: executionArn, status, error: error ?? undefined, cause: cause ?? undefined };
  const parsed: unknown = typeof input === 'string' ? JSON.parse(input) : undefined;
  const notification = moveNotification({ ...ended, input: parsed }, { deployment });
  if (!notification) return 'nothing to tell';
  await publishTo(aws, topic, notification);
  return notification.subject;
}
