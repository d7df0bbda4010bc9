import * as z from 'zod/mini';
import { beatTask, failTask, succeedTask } from '../aws/executions/tasks.ts';
import { Failure } from '../core/errors.ts';
import type { Cloud, Stage } from './stage.ts';

/** What a look saw: it is done, or what it still waits for in words. */
export type Seen<O> = { done: O } | { waiting: string };

export const secondsSince = (since: string, now: Date): number => (now.getTime() - new Date(since).getTime()) / 1000;

const token = { taskToken: z.string(), since: z.string() };

export interface Wait<I, O> {
  name: string;
  input: z.ZodMiniType<I>;
  permissions: readonly string[];
  /** Seconds after `since` at which the wait fails. Absent where the look itself knows when to end. */
  limit?: (input: I) => number;
  /** Seconds after `since` until which looks are quick. Absent where they always are. */
  quickFor?: (input: I) => number;
  /**
   * Takes one look. Called again and again, so it must be safe to repeat. A look that is `late`, which is past the limit, is the last
   * one: it is done, or what it waits for is what the wait fails with.
   */
  look: (input: I & { since: string; late: boolean }, cloud: Cloud) => Promise<Seen<O>>;
}

/**
 * A state that waits: `lambda:invoke.waitForTaskToken`, retried on States.HeartbeatTimeout and NotYet. Each retry is one look.
 * The token is answered when the thing waited for is done or failed for good. A quick look that sees neither leaves the token to
 * its heartbeat, and the next look comes soon. A slow one answers NotYet, and the next look comes when the state's Retry says.
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
      // Heartbeats are as short as a look should be; one that AWS answers slowly must not lose its token over it.
      // A beat that AWS refuses is no reason to end the look: the look's own answer will say what is wrong.
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
        // A last look that AWS had no time for is taken again, but not for ever.
        if (late && !(seen.busy && waited < 2 * bound))
          throw new Failure('WaitTimedOut', `the pipeline gave up after ${Math.round(waited)} s: ${seen.waiting}`);
        if (waited >= quickFor(event)) await failTask(cloud.aws, event.taskToken, new Failure('NotYet', seen.waiting));
        return seen.waiting;
      } catch (error) {
        // The answer itself may be what AWS had no time for.
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

// A look that AWS had no time for is a look that saw nothing: the next heartbeat looks again, and the wait's bound holds.
async function unlessBusy<O>(look: () => Promise<Seen<O>>): Promise<Seen<O> & { busy?: boolean }> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Failure && error.name === 'AwsTransient') return { waiting: error.message, busy: true };
    throw error;
  }
}
