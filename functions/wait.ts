import * as z from 'zod/mini';
import { beatTask, failTask, succeedTask } from '../aws/tasks.ts';
import { Failure } from '../core/errors.ts';
import type { Cloud, Stage } from './stage.ts';

/** What a wait saw: it is done, or what it still waits for in words. */
export type Seen<O> = { done: O } | { waiting: string };

export const secondsSince = (since: string, now: Date): number => (now.getTime() - new Date(since).getTime()) / 1000;

const token = { taskToken: z.string(), since: z.string() };

export interface Wait<I, O> {
  name: string;
  input: z.ZodMiniType<I>;
  permissions: readonly string[];
  /** Seconds after `since` at which the wait fails. */
  limit: (input: I) => number;
  /** Takes one look. Called again at every heartbeat, so it must be safe to repeat. */
  look: (input: I & { since: string }, cloud: Cloud) => Promise<Seen<O>>;
}

/**
 * A state that waits: `lambda:invoke.waitForTaskToken`, retried on States.HeartbeatTimeout. Each retry is one look. The
 * token is answered when the thing waited for is done or failed for good; otherwise the next heartbeat looks again.
 */
export function wait<I extends object, O>({
  name,
  input,
  permissions,
  limit,
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
        const seen = await unlessBusy(() => look(event, cloud));
        if ('done' in seen)
          return (await succeedTask(cloud.aws, event.taskToken, seen.done)) ? 'done' : 'done, too late for this token';
        const waited = secondsSince(event.since, cloud.now());
        if (waited < limit(event)) return seen.waiting;
        throw new Failure('WaitTimedOut', `the pipeline gave up after ${Math.round(waited)} s: ${seen.waiting}`);
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
async function unlessBusy<O>(look: () => Promise<Seen<O>>): Promise<Seen<O>> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Failure && error.name === 'AwsTransient') return { waiting: error.message };
    throw error;
  }
}
