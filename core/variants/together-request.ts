import { buildName, placeOfArn, type ExecutionReference } from '../build/identity.ts';
import type { DeploymentSettings } from '../deployment/deployment-settings.ts';
import { startProblems } from '../deployment/start-bounds.ts';
import type { Problem } from '../recipe/problems.ts';
import type { Catalog } from '../recipe/types.ts';
import { requestedBuild, type Requested } from '../start/execution-input.ts';
import type { BuildIdentity } from '../tags.ts';
import { variantsOf } from './names.ts';
import { variantDocuments } from './variant-documents.ts';
import { parseVariants } from './variants.ts';

/** The start of one variant. */
interface VariantStart {
  name: string;
  /** Name and ARN of the execution. */
  called: string;
  execution: string;
  input: object;
}

interface TogetherRequest {
  identity: BuildIdentity;
  variants: VariantStart[];
}

const problem = (key: string, message: string): Problem => ({ path: [key], message });

/** What a start of several variants cannot ask for. */
const unfitting = (input: Record<string, unknown>): Problem[] => [
  ...(input['build'] === undefined
    ? []
    : [problem('build', 'does not go with a recipe that has variants: start it without "build"')]),
  ...(input['distribute'] === undefined ? [] : [problem('distribute', 'is for one variant: name it as the recipe')]),
];

/** The recipe of each variant as its own start has it: its name, or its document. */
function startedRecipes(
  recipe: unknown,
  overrides: unknown,
  catalog: Catalog,
  home: string,
): { whole: string; each: { name: string; recipe: unknown }[] } | { problems: Problem[] } {
  if (typeof recipe === 'string')
    return { whole: recipe, each: (variantsOf(catalog, recipe) ?? []).map((name) => ({ name, recipe: name })) };
  const { problems } = parseVariants(recipe, catalog.scripts, { home }, overrides);
  if (problems) return { problems };
  const each = variantDocuments(recipe).map(({ name, document }) => ({ name, recipe: document }));
  return { whole: (recipe as { name: string }).name, each };
}

/**
 * The starts of all variants that an execution asks for, or everything that is wrong with its input. They share the id of its
 * build.
 */
export function togetherRequest(
  input: Record<string, unknown>,
  execution: ExecutionReference,
  catalog: Catalog,
  settings: DeploymentSettings,
): TogetherRequest | { problems: Problem[] } {
  const { recipe, ...rest } = input;
  const wrong = unfitting(input);
  if (wrong.length > 0) return { problems: wrong };
  const started = startedRecipes(recipe, rest['overrides'], catalog, placeOfArn(execution.id).region);
  if ('problems' in started) return started;
  const build = buildName(execution);
  const machine = execution.id.slice(0, execution.id.lastIndexOf(':'));
  const problems: Problem[] = [];
  const variants = started.each.map(({ name, recipe: own }): VariantStart => {
    const start = { ...rest, recipe: own, build, variantOf: started.whole };
    problems.push(...problemsOf(requestedBuild(start, execution, catalog), { catalog, settings, execution }));
    return { name, called: `${name}-${build}`, execution: `${machine}:${name}-${build}`, input: start };
  });
  if (problems.length > 0) return { problems: distinct(problems) };
  return { identity: { recipe: started.whole, build }, variants };
}

const problemsOf = (
  requested: Requested | { problems: Problem[] },
  around: Parameters<typeof startProblems>[2],
): Problem[] => ('problems' in requested ? requested.problems : startProblems(requested, undefined, around));

const distinct = (problems: Problem[]): Problem[] => [
  ...new Map(problems.map((one) => [JSON.stringify(one), one])).values(),
];
