import type { Handler } from 'aws-lambda';
import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import type { Artifacts } from '../aws/artifacts.ts';
import { connect, type Connection } from '../aws/connection.ts';
import { beatTask, failTask, succeedTask } from '../aws/executions.ts';
import { Failure } from '../core/errors.ts';
import type { Catalog } from '../core/recipe.ts';

/** What a stage works with: the way to AWS, the bucket, the clock, the recipes. */
export interface Cloud extends Artifacts {
  now: () => Date;
  catalog: () => Promise<Catalog>;
  log: (line: Record<string, unknown>) => void;
  /** Does something every so many seconds until the answer is called. */
  every: (seconds: number, work: () => Promise<void>) => () => void;
}

/** One Task state: its name, the payload it takes, the IAM actions it needs, its work. */
export interface Stage<I = never, O = unknown> {
  name: string;
  input: z.ZodMiniType<I>;
  permissions: readonly string[];
  run: (input: I, cloud: Cloud) => Promise<O>;
}

export const stage = <I, O>(definition: Stage<I, O>): Stage<I, O> => definition;

/** Payload every stage of a build takes. */
export const identity = { recipe: z.string(), build: z.string() };

/** The execution a state runs in, for states that must work even where Resolve did not. */
export const execution = z.strictObject({ id: z.string(), startedAt: z.string(), input: z.unknown() });

/** What a wait saw: it is done, or what it still waits for in words. */
export type Seen<O> = { done: O } | { waiting: string };

export const secondsSince = (since: string, now: Date): number => (now.getTime() - new Date(since).getTime()) / 1000;

const token = { taskToken: z.string(), since: z.string() };

export interface Wait<I, O> {
  name: string;
  input: z.ZodMiniType<I>;
  permissions: readonly string[];
  /** Seconds from entering the state after which the wait fails. */
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
      const stop = cloud.every(1, () => beatTask(cloud.aws, event.taskToken));
      try {
        const seen = await unlessBusy(() => look(event, cloud));
        if ('done' in seen)
          return (await succeedTask(cloud.aws, event.taskToken, seen.done)) ? 'done' : 'done, too late for this token';
        const waited = secondsSince(event.since, cloud.now());
        if (waited < limit(event)) return seen.waiting;
        throw new Failure('WaitTimedOut', `gave up after ${Math.round(waited)} s: ${seen.waiting}`);
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

/** The shell around every stage: checks the payload, runs it, logs one line, lets failures out under their names. */
export function lambda<I, O>(
  { name, input, run }: Stage<I, O>,
  cloudOf: () => Cloud = deployedCloud,
): Handler<unknown, O> {
  return async (event) => {
    const cloud = cloudOf();
    const began = cloud.now().getTime();
    const { recipe, build, region } = (event ?? {}) as Record<string, unknown>;
    const line = { state: name, recipe: typeof recipe === 'string' ? recipe : undefined, build, region };
    try {
      const parsed = z.safeParse(input, event);
      if (!parsed.success) {
        const problems = parsed.error.issues.map(({ path, code }) => `${path.join('.') || 'payload'}: ${code}`);
        throw new Failure('StageInputInvalid', `${name} was handed ${problems.join(', ')}`);
      }
      const output = await run(parsed.data, cloud);
      cloud.log({
        level: 'INFO',
        ...line,
        ms: cloud.now().getTime() - began,
        ...(typeof output === 'string' && { outcome: output }),
      });
      return output;
    } catch (error) {
      const { name: failure, message } = error as Error;
      cloud.log({ level: 'ERROR', ...line, ms: cloud.now().getTime() - began, error: failure, message });
      throw error;
    }
  };
}

let connection: Connection | undefined;

function deployedCloud(): Cloud {
  const { AWS_REGION = '', GOLDEN_BUCKET: bucket = '', GOLDEN_CATALOG = '' } = process.env;
  connection ??= connect(AWS_REGION);
  return {
    aws: connection,
    bucket,
    now: () => new Date(),
    catalog: async () => JSON.parse(await readFile(GOLDEN_CATALOG, 'utf8')) as Catalog,
    log: (line) => console.log(JSON.stringify(line)),
    every(seconds, work) {
      // A beat that AWS refuses is no reason to end the look: the look's own answer will say what is wrong.
      const refused = ({ message }: Error) => console.log(JSON.stringify({ level: 'WARN', message }));
      const timer = setInterval(() => void work().catch(refused), seconds * 1000);
      return () => clearInterval(timer);
    },
  };
}
