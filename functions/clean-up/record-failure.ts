import * as z from 'zod/mini';
import { readArtifact, writeArtifact } from '../../aws/artifacts.ts';
import { executionHistory } from '../../aws/executions.ts';
import { claimedIdentity } from '../../core/claimed-build.ts';
import { failureMessage, failureSummary } from '../../core/failure.ts';
import { failedManifest, type Manifest } from '../../core/manifest.ts';
import type { Plan } from '../../core/plan.ts';
import { failedState, timingsOf } from '../../core/timings.ts';
import { execution, lambda, stage } from '../stage.ts';

const caught = z.looseObject({ Error: z.string(), Cause: z.optional(z.string()) });
const target = z.looseObject({ region: z.string(), failure: z.optional(caught) });
const compensation = z.looseObject({ undone: z.optional(z.array(z.string())), left: z.optional(z.array(z.string())) });

/** Writes the manifest of a failed build, and the failure's last word for whoever looks at the execution. */
export const recordFailure = stage({
  name: 'RecordFailure',
  input: z.strictObject({
    execution,
    context: z.looseObject({ failure: caught, compensation, distribution: z.optional(z.array(target)) }),
  }),
  permissions: ['s3:GetObject', 's3:PutObject', 'states:GetExecutionHistory'],
  async run({ execution: { id, startedAt, input }, context }, cloud) {
    const { failure: caughtError, compensation: result, distribution = [] } = context;
    const events = await executionHistory(cloud.aws, id);
    const failure = {
      state: failedState(events, 'Compensate'),
      error: caughtError.Error,
      cause: failureMessage(caughtError),
      undone: result.undone ?? [],
      left: result.left ?? [
        'unknown: the clean-up itself failed, look for the tag golden:build in every region of the recipe',
      ],
    };
    const identity = claimedIdentity(input, { id, startedAt });
    if (identity && failure.error !== 'RecipeInvalid') {
      const plan = await readArtifact<Plan>(cloud, identity, 'plan.json');
      const before = await readArtifact<Manifest>(cloud, identity, 'manifest.json');
      const targets = distribution.flatMap(({ region, failure: error }) =>
        error ? [{ region, error: `${error.Error}: ${failureMessage(error)}` }] : [],
      );
      if (before?.status !== 'published') {
        await writeArtifact(
          cloud,
          identity,
          'manifest.json',
          failedManifest({ identity, plan, targets, timings: timingsOf(events), failure }),
        );
      }
    }
    return { error: failure.error, cause: failureSummary(failure) };
  },
});

export const handler = lambda(recordFailure);
