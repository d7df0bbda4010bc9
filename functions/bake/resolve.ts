import * as z from 'zod/mini';
import { beginBuild } from '../../aws/memory/begun-builds.ts';
import { readEarlier } from '../../aws/memory/plans.ts';
import { findImagesIn } from '../../aws/images/images.ts';
import { joinVariants } from '../../aws/variants/join.ts';
import { preflightPermissions } from '../../aws/preflight/preflight.ts';
import { newPlan } from '../../aws/work/new-plan.ts';
import type { UpToDate } from '../../aws/work/up-to-date.ts';
import { imageMade } from '../../core/build/awaited.ts';
import { requestedBuild } from '../../core/start/execution-input.ts';
import { workOf } from '../../core/start/work.ts';
import { rebuildProblems, resumed } from '../../core/start/resume-build.ts';
import { refuse, refuseAny } from '../../core/recipe/problems.ts';
import { startsVariants } from '../../core/variants/names.ts';
import { startProblems } from '../../core/deployment/start-bounds.ts';
import { executionReference, lambda, stage } from '../stage.ts';

const executionPermissions = ['states:DescribeExecution', 'states:StartExecution'];

/**
 * First state: turns the execution input into a build plan in the bucket, unless there is nothing to build. Refuses bad input
 * before anything costs money. A build that was planned before keeps its plan and its image, so that a new start completes it.
 */
export const resolve = stage({
  name: 'Resolve',
  input: z.strictObject({ input: z.unknown(), execution: executionReference }),
  permissions: ['s3:GetObject', 's3:PutObject', ...executionPermissions, ...preflightPermissions],
  async run({ input, execution }, cloud) {
    const catalog = await cloud.catalog();
    if (startsVariants(input, catalog))
      return (await import('../../aws/variants/begin.ts')).beginVariants(cloud, input, execution, catalog);
    const requested = requestedBuild(input, execution, catalog);
    if ('problems' in requested) return refuse(requested.problems);
    const { identity, trigger } = requested;
    if (requested.addition)
      return (await import('../../aws/addition/begin.ts')).beginAddition(cloud, requested, execution);
    await joinVariants(cloud, requested, execution.id, catalog);
    const build = { ...identity, execution };
    let found: UpToDate = { because: 'it was begun before' };
    const { manifest, record: past, ...earlier } = await readEarlier(cloud, identity);
    let { plan } = earlier;
    const images = plan ? await findImagesIn(cloud.aws, { region: cloud.aws.region }, identity) : []; // none before a plan is kept
    const changed = plan && requested.replan ? await import('../../aws/work/changed-plan.ts') : undefined; // few starts
    const { next, problems: seen = [] } = (plan && (await changed?.changedPlan(cloud, plan, requested, catalog))) ?? {};
    const problems = startProblems(requested, next ?? plan, { catalog, settings: cloud.settings, execution });
    const again = { now: cloud.now(), ...cloud.settings, next };
    refuseAny(problems.concat(seen, rebuildProblems(plan, requested, manifest, images, again)));
    plan = plan && resumed(plan, manifest, execution, { ...requested, now: cloud.now(), next });
    if (!plan) {
      ({ plan, found } = await newPlan(cloud, requested, execution, { past, catalog }));
      if (found.current) return { build, upToDate: { is: true, build: found.current, notes: plan.notes ?? [] } };
    }
    const begun = await beginBuild(cloud, plan, execution, trigger);
    const image = imageMade(images, begun.plan, cloud.now());
    return { build, upToDate: { is: false, because: found.because }, image, ...workOf(begun.plan, begun.record) };
  },
});

export const handler = lambda(resolve);
