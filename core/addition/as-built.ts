import { canonical, contentDigest } from '../build/content-digest.ts';
import type { Plan } from '../build/plan.ts';
import { buildFactsOf } from '../recipe/parameters/build-facts.ts';
import type { RecipeReading } from '../recipe/parameters/recipe-reading.ts';
import type { Catalog, Recipe, Target } from '../recipe/types.ts';

/**
 * Today's recipe with the values that an earlier build has, and the digest of that build's content for a list of targets.
 * @throws RecipeInvalid if the recipe no longer takes these values.
 */
export function asBuilt(
  asked: { recipe: Recipe; reading: RecipeReading },
  { build, startedAt, source, parameters = {} }: Pick<Plan, 'build' | 'startedAt' | 'source' | 'parameters'>,
  { scripts, version: pipelineVersion }: Catalog,
): { recipe: Recipe; digestOf: (distribute: Target[]) => string } {
  const { reading } = asked;
  const defined = Object.entries(parameters).filter(([name]) => Object.hasOwn(asked.recipe.parameters ?? {}, name));
  const given = { parameters: Object.fromEntries(defined) };
  const judged = asked.recipe.parameters ? reading.again(given) : asked.recipe;
  const facts = buildFactsOf(build, startedAt, source.ami);
  const recipe = reading.needsFacts ? reading.again({ ...given, facts }) : judged;
  const known = recipe.distribute.map(canonical);
  // Digests have samples of the build's facts.
  const asJudged = (target: Target) => judged.distribute[known.indexOf(canonical(target))] ?? target;
  const digestOf = (distribute: Target[]) =>
    contentDigest({
      source: source.ami,
      recipe: { ...judged, distribute: distribute.map(asJudged) },
      scripts,
      pipelineVersion,
    });
  return { recipe, digestOf };
}
