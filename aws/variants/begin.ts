import type { ExecutionReference } from '../../core/build/identity.ts';
import type { DeploymentSettings } from '../../core/deployment/deployment-settings.ts';
import { refuse } from '../../core/recipe/problems.ts';
import type { Catalog } from '../../core/recipe/types.ts';
import { newTogether } from '../../core/variants/together.ts';
import { togetherRequest } from '../../core/variants/together-request.ts';
import { startOnce } from '../executions/executions.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { keepFirst } from '../memory/documents.ts';
import { holdRecipe } from '../memory/locks.ts';

/**
 * Starts a build of each variant of a recipe. Safe to repeat: the names of their executions are derived from this one.
 * @throws RecipeInvalid with all problems of all variants, RecipeBusy while the recipe is being built.
 */
export async function beginVariants(
  cloud: Artifacts & { now: () => Date; settings: DeploymentSettings },
  input: Record<string, unknown>,
  execution: ExecutionReference,
  catalog: Catalog,
) {
  const request = togetherRequest(input, execution, catalog, cloud.settings);
  if ('problems' in request) return refuse(request.problems);
  const { identity, variants } = request;
  await holdRecipe(cloud, identity, execution.id);
  await keepFirst(cloud, identity, 'variants', newTogether(identity, execution.id, variants));
  const [machine = ''] = /^.*(?=:)/.exec(execution.id.replace(':execution:', ':stateMachine:')) ?? [];
  for (const { called, input: start } of variants) await startOnce(cloud.aws, machine, [called], start);
  const names = variants.map(({ name }) => name);
  return { build: { ...identity, execution }, variants: { names, since: cloud.now().toISOString() } };
}
