import type { Handler } from 'aws-lambda';
import * as z from 'zod/mini';
import { buildIn } from '../core/build/identity-from-input.ts';
import { Failure } from '../core/errors.ts';
import { embedded, type Measurement } from '../core/report/metrics.ts';
import { deployedCloud, type Cloud, type Surroundings } from './cloud.ts';

export type { Cloud };

/** A measurement is a line of the log, which CloudWatch reads. */
export const measure = (cloud: Cloud, measurements: Measurement[]): void =>
  measurements.forEach((one) => cloud.log(embedded(one, cloud.deployment, cloud.now())));

/** One Task state, or what an event calls: its name, the payload it takes, the IAM actions it needs, its work. */
export interface Stage<I = never, O = unknown> {
  name: string;
  input: z.ZodMiniType<I>;
  permissions: readonly string[];
  run: (input: I, cloud: Cloud) => Promise<O>;
}

export const stage = <I, O>(definition: Stage<I, O>): Stage<I, O> => definition;

/** Payload every stage of a build takes. */
export const identity = { recipe: z.string(), build: z.string() };

/** Payload of a stage that makes something or hands it to others: which execution does. */
export const maker = { ...identity, execution: z.string() };

/** How far the search for a place has come, as Launch handed it on. */
export const ladder = z.strictObject({
  launched: z.boolean(),
  instance: z.string(),
  attempt: z.number(),
  waitSeconds: z.number(),
  tried: z.array(z.string()),
  since: z.optional(z.string()),
});

/** The execution a state runs in, for states that must work even where Resolve did not. */
export const execution = z.strictObject({
  id: z.string(),
  /** ISO 8601, or the milliseconds of an EventBridge event. */
  startedAt: z.union([z.string(), z.number()]),
  /** The execution that works for it: itself, or the clean-up of one that died. */
  as: z.string(),
});

/** An error as a Catch hands it on. */
export const caughtError = z.looseObject({ Error: z.string(), Cause: z.nullish(z.string()) });

/** What the states of a build that ended left for its undoing. */
export const endedContext = z.looseObject({ unjudged: z.optional(z.boolean()) });

const keptImage = z.strictObject({
  region: z.string(),
  ami: z.string(),
  snapshots: z.array(z.string()),
  expires: z.nullable(z.string()),
});

/** What the states of a failed build had come to, as far as they got. */
export const failedContext = z.looseObject({
  failure: caughtError,
  compensation: z.optional(
    z.looseObject({
      owner: z.optional(z.string()),
      undone: z.optional(z.array(z.string())),
      left: z.optional(z.array(z.string())),
      kept: z.optional(z.array(keptImage)),
    }),
  ),
  distribution: z.optional(z.array(z.looseObject({ region: z.string(), failure: z.optional(caughtError) }))),
});

/** A target as Verify hands it on. */
export const verifiedTarget = z.looseObject({
  region: z.string(),
  ami: z.optional(z.string()),
  snapshots: z.optional(z.array(z.string())),
  error: z.optional(z.string()),
});

/** The shell around every stage: checks the payload, runs it, logs one line, lets failures out under their names. */
export function lambda<I, O>(
  { name, input, run }: Stage<I, O>,
  cloudOf: () => Surroundings = deployedCloud,
): Handler<unknown, O> {
  return async (event, context) => {
    const deployed = cloudOf();
    const { awsRequestId: requestId } = context;
    let about = buildIn(event);
    // A line that names a recipe is about that one.
    const log: Cloud['log'] = (line) =>
      deployed.log({ ...('recipe' in line ? {} : about), ...(requestId && { requestId }), ...line });
    const cloud: Cloud = { ...deployed, log, about: (build) => void (about = build) };
    const began = cloud.now().getTime();
    const { region } = (event ?? {}) as Record<string, unknown>;
    const line = { state: name, ...(typeof region === 'string' && { region }) };
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
