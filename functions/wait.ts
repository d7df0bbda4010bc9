import * as z from 'zod/mini';
import { failTask, succeedTask } from '../aws/executions/tasks.ts';
import type { WaitBounds } from '../core/build/awaited.ts';
import { isTooEarly, pauseBeforeLook, pauseWhenBusy } from '../core/build/looks/look-times.ts';
import { Failure, type FailureName } from '../core/errors.ts';
import type { Awaitable } from '../core/memory/documents.ts';
import type { StageContext, Stage } from './stage.ts';
import { forgetWait, rememberWait } from './waiting-task.ts';

/** The result of a look: done, or what it still waits for, in words. */
export type LookResult<O> = { done: O } | { waiting: string };

export const secondsSince = (since: string, now: Date): number => (now.getTime() - new Date(since).getTime()) / 1000;

const token = { taskToken: z.string(), since: z.string() };
type Token = z.infer<z.ZodMiniObject<typeof token>>;

/** The input of a wait's function: that of its look, with the task token. */
export const withToken = <I>(input: z.ZodMiniType<I>) => z.intersection(z.looseObject(token), input);

/** The bounds of a wait, as the state hands them on that started the awaited thing. */
export const waitBounds = z.strictObject({
  limit: z.number(),
  usual: z.number(),
  heartbeat: z.number(),
  quickFor: z.number(),
  notBefore: z.optional(z.number()),
  ahead: z.optional(z.number()),
  stays: z.optional(z.literal(false)),
  shared: z.optional(z.literal(true)),
});

/** When a look is taken. */
interface Occasion {
  since: string;
  /** The limit is reached, so this look is the last. */
  late: boolean;
  /** An event made the call, with the role of `wake`: such a look only reads. */
  woken: boolean;
  /** The same call has looked before, seconds ago. */
  again: boolean;
  /** The same call does not look again. The looks before it only ask whether the end has come, not why it has not. */
  last: boolean;
}

export interface Wait<I, O> {
  name: string;
  input: z.ZodMiniType<I>;
  permissions: readonly string[];
  bounds: (input: I) => WaitBounds;
  /** The thing whose event wakes the wait. Absent where AWS has no such event. */
  awaits?: (input: I, home: string) => Awaitable;
  /**
   * Takes one look. It is called again and again, so it must be safe to repeat. A look past the limit is `late` and the last one:
   * if it is not done, the wait fails with what it waits for.
   */
  look: (input: I & Occasion, cloud: StageContext) => Promise<LookResult<O>>;
}

/** The actions that every wait calls besides those of its look. */
const answering = ['states:SendTaskSuccess', 'states:SendTaskFailure'];

/**
 * A state that waits: `lambda:invoke.waitForTaskToken`, retried on States.HeartbeatTimeout and NotYet. A look answers the token
 * when the awaited thing is done or has failed for good. Otherwise the call ends, and an event wakes the wait or its heartbeat
 * runs out: both lead to the next look. Much later looks answer NotYet, and the state's Retry sets the time of the next one.
 */
export function wait<I extends object, O>(definition: Wait<I, O>): Stage<I & Token, string> {
  const { name, input, permissions, awaits } = definition;
  return {
    name,
    input: withToken(input) as never,
    permissions: [...permissions, ...answering, ...(awaits ? ['s3:PutObject', 's3:DeleteObject'] : [])],
    async run(event, cloud) {
      // Before the first look, so that no event falls between a look and the wait.
      if (awaits) await rememberWait(name, awaits(event, cloud.aws.region), event, cloud);
      return lookAndAnswer(definition, event, cloud);
    },
  };
}

/** The part of a wait that an event needs. */
export type Look<I, O> = Pick<Wait<I, O>, 'name' | 'bounds' | 'awaits' | 'look'>;

/**
 * Looks, and answers the task token if there is something to tell. Repeats the look while the end is near.
 * @param woken Whether an event made the call. Only the state's own calls end a wait for its limit or for a refused look.
 * @returns the outcome in words, for the log.
 */
export async function lookAndAnswer<I extends object, O>(
  definition: Look<I, O>,
  input: I & Token,
  cloud: StageContext,
  woken = false,
): Promise<string> {
  const { limit, quickFor } = definition.bounds(input);
  const heard = async (answered: boolean, outcome: string) => {
    if (!answered) return `${outcome}, too late for this token`;
    if (definition.awaits) await forgetWait(definition.name, definition.awaits(input, cloud.aws.region), cloud);
    return outcome;
  };
  try {
    const { seen, waited } = await lookWhileNear(definition, input, cloud, woken);
    if ('done' in seen) return await heard(await succeedTask(cloud.aws, input.taskToken, seen.done), 'done');
    if (woken) return seen.waiting;
    // A throttled last look is repeated, until twice the limit.
    if (waited >= limit && !(seen.busy && waited < 2 * limit))
      throw new Failure('WaitTimedOut', `the pipeline gave up after ${Math.round(waited)} s: ${seen.waiting}`);
    if (waited >= quickFor) await failTask(cloud.aws, input.taskToken, new Failure('NotYet', seen.waiting));
    return seen.waiting;
  } catch (error) {
    // AWS may have throttled the answer itself. A refusal of `wake` is no finding: the state's own look has another role.
    if (!(error instanceof Failure) || (woken ? unfound.has(error.name) : error.name === 'AwsTransient')) throw error;
    const answered = await failTask(cloud.aws, input.taskToken, error);
    return answered ? heard(answered, `failed: ${error.message}`) : heard(answered, 'failed');
  }
}

const unfound = new Set<FailureName>(['AwsTransient', 'AwsRefused', 'LimitReached']);
type Seen<O> = LookResult<O> & { busy?: boolean };

async function lookWhileNear<I extends object, O>(
  { look, bounds }: Look<I, O>,
  input: I & Token,
  cloud: StageContext,
  woken: boolean,
): Promise<{ seen: Seen<O>; waited: number }> {
  for (let [stayed, began] = [0, cloud.now().toISOString()]; ; stayed = secondsSince(began, cloud.now())) {
    const waited = secondsSince(input.since, cloud.now());
    const late = !woken && waited >= bounds(input).limit;
    const planned = late ? undefined : pauseBeforeLook(bounds(input), waited, stayed, woken);
    const occasion = { ...input, late, woken, again: stayed > 0, last: planned === undefined };
    const early = stayed === 0 && !woken && isTooEarly(bounds(input), waited);
    const seen: Seen<O> = early ? { waiting: 'too early for a look' } : await unlessBusy(() => look(occasion, cloud));
    // An event does not come again, so `wake` itself repeats a throttled look.
    const pause = seen.busy ? pauseWhenBusy(stayed, woken) : planned;
    if (pause === undefined || 'done' in seen) return { seen, waited };
    await cloud.pause(pause);
  }
}

// A throttled look counts as "nothing yet". The next heartbeat retries it; the wait's limit still applies.
async function unlessBusy<O>(look: () => Promise<LookResult<O>>): Promise<Seen<O>> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Failure && error.name === 'AwsTransient') return { waiting: error.message, busy: true };
    throw error;
  }
}
