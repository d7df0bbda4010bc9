import * as z from 'zod/mini';
import { preflightPermissions } from '../../aws/preflight/preflight.ts';
import { readRecord } from '../../aws/memory/recipe-records.ts';
import { placeOfArn } from '../../core/build/identity.ts';
import { planBuild } from '../../core/build/plan.ts';
import { replacedBy } from '../../core/build/record.ts';
import { asDeployed } from '../../core/deployment/deployment-settings.ts';
import { startProblems } from '../../core/deployment/start-bounds.ts';
import { Failure } from '../../core/errors.ts';
import { foreseenBuild, forecastOf } from '../../core/forecast/forecast.ts';
import { trialsOf, type PlannedBuild } from '../../core/forecast/judged-forecast.ts';
import { planRequest } from '../../core/forecast/plan-request.ts';
import { told } from '../../core/recipe/problems.ts';
import { lambda, runReference, stage } from '../stage.ts';

/** First state of plan-build: says what a build of a recipe would do now, and everything that would make the build fail. */
export const resolvePlan = stage({
  name: 'ResolvePlan',
  input: z.strictObject({ input: z.unknown(), execution: runReference }),
  permissions: [
    's3:GetObject',
    ...preflightPermissions,
    'ec2:DescribeInstances',
    'ec2:DescribeInstanceTypeOfferings',
    'iam:GetInstanceProfile',
    'servicequotas:GetServiceQuota',
  ],
  async run({ input, execution }, cloud): Promise<PlannedBuild> {
    const { deployment, settings } = cloud;
    const asked = planRequest(input, execution, await cloud.catalog());
    if ('problems' in asked) return { forecast: forecastOf({ problems: asked.problems, notes: [] }) };
    const { requested, catalog } = asked;
    const { recipe } = requested;
    // A document counts as deployed, so that a change can be planned where only deployed recipes are built.
    const inlineRecipes = settings.inlineRecipes || typeof requested.asked.recipe !== 'string';
    const bounds = { catalog, settings: { ...settings, inlineRecipes }, execution };
    const wrong = startProblems(requested, undefined, bounds);
    const past = await readRecord(cloud, recipe.name);
    const { scripts } = catalog;
    const at = { ...placeOfArn(execution.id), now: cloud.now(), deployment, scripts, ...settings, ...replacedBy(past) };
    const { foreseePlan } = await import('../../aws/forecast/plan-findings.ts');
    const { source, ...seen } = await foreseePlan(cloud.aws, asDeployed(recipe, settings, scripts), at);
    if (source instanceof Failure) wrong.push({ path: ['source'], message: source.message });
    wrong.push(...seen.problems);
    const notes = told(seen.notes);
    if (source instanceof Failure) return { forecast: forecastOf({ recipe: recipe.name, problems: wrong, notes }) };
    const plan = planBuild({ ...requested, execution, source, network: seen.network, catalog, deployment, settings });
    // Loaded only where the source is known.
    const { comparison } = await import('../../aws/forecast/comparison.ts');
    const { problems: held = [], notes: unseen = [], ...found } = await comparison(cloud, plan, past);
    const would = foreseenBuild(plan, past);
    const said = { problems: [...wrong, ...held], notes: [...notes, ...unseen] };
    const forecast = forecastOf({ recipe: recipe.name, ...said, ...found, would });
    // The calls of a build from a disk are not tried: there is no launch of a builder to begin with.
    return { forecast, ...(recipe.source.disk ? {} : trialsOf(plan, past)) };
  },
});

export const handler = lambda(resolvePlan);
