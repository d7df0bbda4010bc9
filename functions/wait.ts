import * as z from 'zod/mini';
import { beatTask, failTask, succeedTask } from '../aws/executions/tasks.ts';
import { Failure } from '../core/errors.ts';
import type { StageContext, Stage } from './stage.ts';

/** The result of a look: done, or what it still waits for, in words. */
export type LookResult<O> = { done: O } | { waiting: string };

export const secondsSince = (since: string, now: Date): number => (now.getTime() - new Date(since).getTime()) / 1000;

const token = { taskToken: z.string(), since: z.string() };

export interface Wait<I, O> {
  name: string;
  input: z.ZodMiniType<I>;
  permissions: readonly string[];
  /** Seconds after `since` at which the wait fails. Absent if the look itself decides when to end. */
  limit?: (input: I) => number;
  /** Seconds after `since` until which looks are quick. Absent if they always are. */
  quickFor?: (input: I) => number;
  /**
   * Takes one look. It is called again and again, so it must be safe to repeat. A look past the limit is `late` and the last one:
   * if it is not done, the wait fails with what it waits for.
   */
  look: (input: I & { since: string; late: boolean }, cloud: StageContext) => Promise<LookResult<O>>;
}

/**
 * A state that waits: `lambda:invoke.waitForTaskToken`, retried on States.HeartbeatTimeout and NotYet. Each retry is one look. A
 * look answers the token when the awaited thing is done or has failed for good. Otherwise a quick look lets the token's heartbeat
 * run out, and the next look comes soon. A slow look answers NotYet, and the state's Retry sets the time of the next one.
 */
export function wait<I extends object, O>({
  name,
  input,
  permissions,
  limit = () => Infinity,
  quickFor = () => Infinity,
  look,
}: Wait<I, O>): Stage<I & z.infer<z.ZodMiniObject<typeof token>>, string> {
  return {
    name,
    input: z.intersection(z.looseObject(token), input) as never,
    permissions: [...permissions, 'states:SendTaskSuccess', 'states:SendTaskFailure', 'states:SendTaskHeartbeat'],
    async run(event, cloud) {
      // A heartbeat is as short as a look should be. These beats keep the token alive while AWS answers slowly.
      // A refused beat does not end the look: the look's own answer will say what is wrong.
      const stop = cloud.every(
        1,
        () => beatTask(cloud.aws, event.taskToken),
        ({ message }) => cloud.log({ level: 'WARN', state: name, message: `no heartbeat: ${message}` }),
      );
      try {
        const waited = secondsSince(event.since, cloud.now());
        const [bound, late] = [limit(event), waited >= limit(event)];
        const seen = await unlessBusy(() => look({ ...event, late }, cloud));
        if ('done' in seen)
          return (await succeedTask(cloud.aws, event.taskToken, seen.done)) ? 'done' : 'done, too late for this token';
        // A throttled last look is repeated, until twice the limit.
        if (late && !(seen.busy && waited < 2 * bound))
          throw new Failure('WaitTimedOut', `the pipeline gave up after ${Math.round(waited)} s: ${seen.waiting}`);
        if (waited >= quickFor(event)) await failTask(cloud.aws, event.taskToken, new Failure('NotYet', seen.waiting));
        return seen.waiting;
      } catch (error) {
        // AWS may have throttled the answer itself.
        if (!(error instanceof Failure) || error.name === 'AwsTransient') throw error;
        return (await failTask(cloud.aws, event.taskToken, error))
          ? `failed: ${error.message}`
          : 'failed, too late for this token';
      } finally {
        stop();
      }
    },
  };
}

// A throttled look counts as "nothing yet". The next heartbeat retries it; the wait's limit still applies.
async function unlessBusy<O>(look: () => Promise<LookResult<O>>): Promise<LookResult<O> & { busy?: boolean }> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Failure && error.name === 'AwsTransient') return { waiting: error.message, busy: true };
    throw error;
  }
}
