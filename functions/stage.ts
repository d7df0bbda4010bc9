import type { Handler } from 'aws-lambda';
import * as z from 'zod/mini';
import { buildIn } from '../core/build/identity-from-input.ts';
import { Failure } from '../core/errors.ts';
import { embedded, type Measurement } from '../core/report/metrics.ts';
import { deployedCloud, type StageContext, type CalledWith } from './cloud.ts';

export type { StageContext };

/** A measurement is a line of the log that CloudWatch reads as a metric. */
export const measure = (cloud: StageContext, measurements: Measurement[]): void =>
  measurements.forEach((one) => cloud.log(embedded(one, cloud.deployment, cloud.now())));

/** A Task state or an event's function: its name, the payload it takes, the IAM actions it needs, its work. */
export interface Stage<I = never, O = unknown> {
  name: string;
  input: z.ZodMiniType<I>;
  permissions: readonly string[];
  run: (input: I, cloud: StageContext) => Promise<O>;
}

export const stage = <I, O>(definition: Stage<I, O>): Stage<I, O> => definition;

/** The execution that a build runs in: `id` is its ARN, `startedAt` is ISO 8601, or milliseconds in an EventBridge event. */
export const executionReference = z.strictObject({ id: z.string(), startedAt: z.union([z.string(), z.number()]) });

/** The execution of a machine whose report is named after the execution. */
export const runReference = z.strictObject({ id: z.string(), startedAt: z.string() });

/** `$.build`, which every state of a build hands to its function: the build's names and its execution. */
export const buildReference = z.strictObject({
  recipe: z.string(),
  build: z.string(),
  execution: executionReference,
  variantOf: z.optional(z.string()),
});

/** How far Launch has come in its search for a place with room. */
export const ladder = z.strictObject({
  launched: z.boolean(),
  instance: z.string(),
  attempt: z.number(),
  waitSeconds: z.number(),
  tried: z.array(z.string()),
  mostLost: z.number(),
  onDemand: z._default(z.boolean(), false), // absent in older executions
  lost: z.optional(z.unknown()),
  since: z.optional(z.string()),
  wait: z.optional(z.unknown()),
});

/**
 * Payload of the states that undo a build. They must work even if Resolve did not, so they name only the execution that ended.
 * `as` is the execution that does the work: the same one, or the clean-up of one that died.
 */
export const ended = { execution: executionReference, as: z.string() };

/** An error as a Catch passes it on. */
export const caughtError = z.looseObject({ Error: z.string(), Cause: z.nullish(z.string()) });

/** The place of a target, as a state hands it on. `id` is null for a region's own image, and absent in older executions. */
export const inputPlace = { region: z.string(), id: z.nullish(z.string()) };

/** The place of a copy in another account. */
export const inputAccountPlace = { ...inputPlace, account: z.string() };

/** A target as Verify passes it on. */
const verifiedTarget = z.looseObject({
  region: z.string(),
  id: z.optional(z.string()),
  ami: z.optional(z.string()),
  snapshots: z.optional(z.array(z.string())),
  completedAt: z.optional(z.string()),
  error: z.optional(z.string()),
});

/** What Verify passes on. `copiedTo` are the copies in other accounts. */
export const verifiedTargets = {
  targets: z.array(verifiedTarget),
  copiedTo: z.array(z.intersection(verifiedTarget, z.looseObject({ account: z.string() }))),
};

/** Wraps every stage: checks the payload, runs the stage, logs one line, and throws failures under their names. */
export function lambda<I, O>(
  { name, input, run }: Stage<I, O>,
  cloudOf: () => CalledWith = deployedCloud,
): Handler<unknown, O> {
  return async (event, context) => {
    const deployed = cloudOf();
    const { awsRequestId: requestId } = context;
    let about = buildIn(event);
    // A log line that names a recipe keeps that recipe.
    const log: StageContext['log'] = (line) =>
      deployed.log({ ...('recipe' in line ? {} : about), ...(requestId && { requestId }), ...line });
    const cloud: StageContext = { ...deployed, log, about: (build) => void (about = build) };
    const began = cloud.now().getTime();
    const { region, id } = (event ?? {}) as Record<string, unknown>;
    const at = { ...(typeof region === 'string' && { region }), ...(typeof id === 'string' && { id }) };
    const line = { state: name, ...at };
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
