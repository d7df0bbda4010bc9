import * as z from 'zod/mini';
import { beginBuild } from '../../aws/memory/begun-builds.ts';
import { readEarlier } from '../../aws/memory/plans.ts';
import { findImagesIn } from '../../aws/images/images.ts';
import { preflight, preflightPermissions } from '../../aws/preflight/preflight.ts';
import type { UpToDate } from '../../aws/work/up-to-date.ts';
import { replacedBy } from '../../core/build/record.ts';
import { imageMade } from '../../core/build/awaited.ts';
import { placeOfArn } from '../../core/build/identity.ts';
import { asDeployed } from '../../core/deployment/deployment-settings.ts';
import { requestedBuild } from '../../core/start/execution-input.ts';
import { planBuild } from '../../core/build/plan.ts';
import { workOf } from '../../core/start/work.ts';
import { rebuildProblem, resumed } from '../../core/start/resume-build.ts';
import { refuse, refuseAny, told } from '../../core/recipe/problems.ts';
import { startProblems } from '../../core/deployment/start-bounds.ts';
import { executionReference, lambda, stage } from '../stage.ts';

/**
 * First state: turns the execution input into a build plan in the bucket, unless there is nothing to build. Refuses bad input
 * before anything costs money. A build that was planned before keeps its plan and its image, so that a new start completes it.
 */
export const resolve = stage({
  name: 'Resolve',
  input: z.strictObject({ input: z.unknown(), execution: executionReference }),
  permissions: ['s3:GetObject', 's3:PutObject', 'states:DescribeExecution', ...preflightPermissions],
  async run({ input, execution }, cloud) {
    const [{ deployment, settings }, catalog] = [cloud, await cloud.catalog()];
    const requested = requestedBuild(input, execution, catalog);
    if ('problems' in requested) return refuse(requested.problems);
    const { identity, recipe, regardless, trigger } = requested;
    if (requested.addition)
      return (await import('../../aws/addition/begin.ts')).beginAddition(cloud, requested, execution);
    const [build, startedAt] = [{ ...identity, execution }, new Date(execution.startedAt).toISOString()];
    let found: UpToDate = { because: 'it was begun before' };
    const { manifest, record: past, ...earlier } = await readEarlier(cloud, identity);
    let { plan } = earlier;
    const images = plan ? await findImagesIn(cloud.aws, { region: cloud.aws.region }, identity) : []; // none before a plan is kept
    const problems = startProblems(requested, plan, { catalog, settings, execution });
    refuseAny(problems.concat(rebuildProblem(plan, requested, manifest, images, cloud.now()) ?? []));
    plan = plan && resumed(plan, manifest, startedAt);
    if (!plan) {
      const at = { ...placeOfArn(execution.id), now: cloud.now(), deployment, ...settings, ...replacedBy(past) };
      const { source, notes, network } = await preflight(cloud.aws, asDeployed(recipe, settings, catalog.scripts), at);
      for (const note of told(notes)) cloud.log({ level: 'WARN', state: 'Resolve', ...identity, note });
      plan = planBuild({ ...requested, execution, source, network, catalog, deployment, settings, notes: told(notes) });
      // Loaded only where a build is planned.
      const { findUpToDate } = await import('../../aws/work/up-to-date.ts');
      found = regardless ? { because: 'it was asked for' } : await findUpToDate(cloud, plan, past, cloud.now());
      if (found.notes?.length) plan.notes = [...(plan.notes ?? []), ...found.notes];
      cloud.log({ level: 'INFO', state: 'Resolve', ...identity, ...found });
      if (found.current) return { build, upToDate: { is: true, build: found.current, notes: plan.notes ?? [] } };
    }
    const begun = await beginBuild(cloud, plan, execution, trigger);
    const image = imageMade(images, begun.plan, cloud.now());
    return { build, upToDate: { is: false, because: found.because }, image, ...workOf(begun.plan, begun.record) };
  },
});

export const handler = lambda(resolve);
