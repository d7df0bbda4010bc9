import * as z from 'zod/mini';
import { keepPlan, readArtifact } from '../../aws/artifacts.ts';
import { findBuildImages } from '../../aws/images.ts';
import { holdRecipe } from '../../aws/locks.ts';
import { findSource } from '../../aws/sources.ts';
import { placeOf } from '../../core/build.ts';
import { Failure } from '../../core/errors.ts';
import { requestedBuild } from '../../core/execution-input.ts';
import type { Manifest } from '../../core/manifest.ts';
import { planBuild, planProblems, workOf, type Plan } from '../../core/plan.ts';
import { rebuildProblem, resumed } from '../../core/rebuild.ts';
import { formatProblems, type Problem } from '../../core/recipe.ts';
import { lambda, stage } from '../stage.ts';

const refuse = (problems: Problem[]): never => {
  throw new Failure(
    'RecipeInvalid',
    formatProblems(problems, () => undefined),
  );
};

/**
 * First state: execution input → build plan in the bucket. Refuses bad input before anything costs money. A build that
 * was planned before keeps its plan, so that starting it again completes it; an image it already made is adopted.
 */
export const resolve = stage({
  name: 'Resolve',
  input: z.strictObject({ input: z.unknown(), execution: z.strictObject({ id: z.string(), startedAt: z.string() }) }),
  permissions: ['s3:GetObject', 's3:PutObject', 'ssm:GetParameter', 'ec2:DescribeImages', 'states:DescribeExecution'],
  async run({ input, execution }, cloud) {
    const catalog = await cloud.catalog();
    const requested = requestedBuild(input, execution, catalog);
    if ('problems' in requested) return refuse(requested.problems);
    const { identity, recipe } = requested;

    let plan = await readArtifact<Plan>(cloud, identity, 'plan.json');
    const images = await findBuildImages(cloud.aws, cloud.aws.region, identity);
    if (plan) {
      const manifest = await readArtifact<Manifest>(cloud, identity, 'manifest.json');
      const problem = rebuildProblem(plan, requested, manifest, images, cloud.now());
      if (problem) return refuse([problem]);
      plan = resumed(plan, manifest, execution.startedAt);
    } else {
      const { account, region } = placeOf(execution.id);
      const source = await findSource(cloud.aws, recipe.source, account, cloud.now());
      const problems = planProblems(recipe, source, region);
      if (problems.length > 0) return refuse(problems);
      plan = planBuild({ identity, execution, recipe, source, scripts: catalog.scripts });
    }
    await holdRecipe(cloud, identity, execution.id);
    plan = await keepPlan(cloud, plan);

    const made = images.find(({ state }) => state === 'pending' || state === 'available');
    return { ...identity, image: made ? { made: true, ami: made.ami } : { made: false }, ...workOf(plan) };
  },
});

export const handler = lambda(resolve);
