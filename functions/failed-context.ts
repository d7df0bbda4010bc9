import * as z from 'zod/mini';
import { buildReference, caughtError, inputAccountPlace, inputPlace } from './stage.ts';

const keptImage = z.strictObject({
  region: z.string(),
  ami: z.string(),
  snapshots: z.array(z.string()),
  expires: z.nullable(z.string()),
});

const heldInstance = z.strictObject({
  instance: z.string(),
  region: z.string(),
  role: z.enum(['builder', 'candidate']),
  until: z.string(),
  execution: z.string(),
  groups: z.optional(z.record(z.string(), z.array(z.string()))),
});

const targetOutcomes = z.array(z.looseObject({ ...inputPlace, failure: z.optional(caughtError) }));

/** The results of a failed build's states, as far as they got. */
export const failedContext = z.looseObject({
  failure: caughtError,
  compensation: z.optional(
    z.looseObject({
      owner: z.optional(z.string()),
      undone: z.optional(z.array(z.string())),
      left: z.optional(z.array(z.string())),
      kept: z.optional(z.array(keptImage)),
      held: z.optional(heldInstance),
    }),
  ),
  build: z.optional(buildReference),
  copied: z.optional(z.looseObject({ targets: targetOutcomes })),
  distribution: z.optional(targetOutcomes),
  intoAccounts: z.optional(z.array(z.looseObject({ ...inputAccountPlace, failure: z.optional(caughtError) }))),
});
