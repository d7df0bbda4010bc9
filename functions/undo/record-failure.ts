import * as z from 'zod/mini';
import { readDocument } from '../../aws/memory/documents.ts';
import { findingPermissions, withGuestFindings } from '../../aws/work/failed-steps.ts';
import { historyIfAllowed, inputIfAllowed } from '../../aws/executions/executions.ts';
import { recordLate, tellingPermissions } from '../../aws/work/tell-published.ts';
import { recordEnd } from '../../aws/memory/ended-builds.ts';
import { reckoned, unrecordedFailure } from '../../core/report/build-measurements.ts';
import { claimedIdentity } from '../../core/build/identity-from-input.ts';
import { isRefusal, isTransient } from '../../core/errors.ts';
import { explainFailure } from '../../core/failure-names.ts';
import { completed, failedOutcomes, failureOf, redriveHint } from '../../core/report/failure.ts';
import { failureSummary } from '../../core/report/failure-summary.ts';
import { failedManifest, stillFailed } from '../../core/report/failed-manifest.ts';
import { timingsOf } from '../../core/build/timings.ts';
import { failedContext } from '../failed-context.ts';
import { ended, lambda, measure, stage } from '../stage.ts';

/** Writes the manifest of a failed build, and the error and cause that the execution ends with. */
export const recordFailure = stage({
  name: 'RecordFailure',
  input: z.strictObject({ ...ended, context: failedContext }),
  permissions: [...findingPermissions, ...tellingPermissions, 'states:DescribeExecution', 'states:GetExecutionHistory'],
  async run({ execution: { id, startedAt }, as, context }, cloud) {
    const [{ compensation: result }, unread] = [context, [] as string[]];
    const events = await historyIfAllowed(cloud.aws, id, unread);
    const input = await inputIfAllowed(cloud.aws, id, unread);
    let failure = failureOf(events, context.failure, result, unread);
    const identity = claimedIdentity(input ?? context.build ?? result, { id, startedAt }); // else as Resolve named it
    if (identity) cloud.about(identity);
    // A refused execution made nothing, so it must not write the build's record, if there is one.
    const ours = result?.owner === 'ours' || (as === id && result?.owner !== 'other' && !isRefusal(failure.error));
    // A later clean-up from outside measures only what was not reported yet.
    let told = as === id ? unrecordedFailure(identity, failure.error) : [];
    if (identity && ours) {
      try {
        const before = await readDocument(cloud, identity, 'manifest');
        const [timings, known] = [timingsOf(events), await readDocument(cloud, identity, 'plan')];
        const provisioned = timings.some(({ state }) => state === 'Seal');
        const plan = await withGuestFindings(cloud, known, 'RecordFailure', provisioned);
        failure = completed(failure, events, plan);
        const ledger = await readDocument(cloud, identity, 'ledger');
        const failed = failedManifest({ identity, plan, ledger, ...failedOutcomes(context), timings, failure });
        const { manifest, measurements } = reckoned(failed, plan, events, cloud.now());
        const recorded = stillFailed(before, manifest, startedAt);
        failure.left.push(...(await recordLate(cloud, before, recorded, id)));
        told = before?.status === 'published' || recorded !== manifest ? [] : measurements;
        await recordEnd(cloud, manifest, plan, { input, execution: { id, startedAt } });
      } catch (error) {
        if (isTransient(error)) throw error;
        failure.left.push(`the manifest could not be written: ${(error as Error).message}`);
      }
    }
    measure(cloud, told);
    const about = identity && { ...context.build, ...identity };
    const cause = failureSummary(failure, about, explainFailure(failure.error)?.means);
    return { error: failure.error, cause: as === id ? `${cause}\n${redriveHint}` : cause };
  },
});

export const handler = lambda(recordFailure);
