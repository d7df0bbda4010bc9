import * as z from 'zod/mini';
import { readPlan } from '../../aws/memory/plans.ts';
import { removeTemporary, temporaryPermissions } from '../../aws/undo/builds.ts';
import { findingPermissions, withGuestFindings } from '../../aws/work/failed-steps.ts';
import { recordManifest, tellingPermissions } from '../../aws/work/tell-published.ts';
import { executionHistory } from '../../aws/executions/executions.ts';
import { leftBehind, manifestOf } from '../../core/build/manifest.ts';
import { fixedWaits } from '../../core/build/fixed-waits.ts';
import { timingsOf } from '../../core/build/timings.ts';
import { buildReference, lambda, measure, verifiedTargets } from '../stage.ts';
import { secondsSince, wait } from '../wait.ts';

/**
 * Waits until the temporary resources of a published build are gone: instances, volumes, remains of failed targets, and the first
 * AMI if the pipeline's own region is no target. Then writes the manifest, and tells EventBridge. The image is already published, so
 * what cannot be removed or told fails no build. A look repeated after a lost answer measures the build once more.
 */
export const cleanUp = wait({
  name: 'CleanUp',
  input: z.looseObject({
    build: buildReference,
    image: z.looseObject({ ami: z.string(), snapshots: z.array(z.string()) }),
    ...verifiedTargets,
    published: z.looseObject({ written: z.boolean(), parameter: z.optional(z.string()) }),
  }),
  permissions: [...findingPermissions, ...tellingPermissions, ...temporaryPermissions, 'states:GetExecutionHistory'],
  bounds: () => fixedWaits.CleanUp,
  async look({ build: own, image, targets, copiedTo, published: channel, since, late }, cloud) {
    const [plan, now] = [await readPlan(cloud, own), cloud.now()];
    const { left, refused } = await removeTemporary(cloud, plan, targets, copiedTo);
    if (left.length > 0 && !late) return { waiting: `still there: ${left.join(', ')}` };
    const end = { at: now.toISOString(), left: [...left, ...refused] };
    const results = { targets, copiedTo };
    if (plan.adds) return (await import('../../aws/addition/end.ts')).endAddition(cloud, plan, results, end, late);
    const events = await executionHistory(cloud.aws, own.execution.id);
    const published = manifestOf({
      plan: await withGuestFindings(cloud, plan, 'CleanUp'),
      status: 'published',
      image: { ami: image.ami, snapshots: image.snapshots },
      ...results,
      parameter: channel.parameter ?? null,
      timings: timingsOf(events),
      failure: end.left.length > 0 ? leftBehind(end.left) : null,
    });
    const startedAt = events.findLast(({ state }) => state === 'CleanUp')?.timestamp.toISOString() ?? since;
    const ending = { state: 'CleanUp', startedAt, seconds: secondsSince(startedAt, now) };
    // Loaded once everything is gone: most looks do not need it.
    const { reckoned } = await import('../../core/report/build-measurements.ts');
    const { recordPublished } = await import('../../aws/memory/recipe-records.ts');
    const { manifest, measurements } = reckoned(published, plan, events, now, ending);
    const told = await recordManifest(cloud, manifest, own.execution.id, late);
    if ('waiting' in told) return told;
    await recordPublished(cloud, plan, now, manifest.timings, targets);
    measure(cloud, measurements);
    const { recipe, build, status, failure } = told.manifest;
    return { done: { recipe, build, status, left: failure?.left.length ?? 0 } };
  },
});

export const handler = lambda(cleanUp);
