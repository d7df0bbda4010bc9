import { explain } from '../explain.ts';
import { isMap } from '../../is-map.ts';
import { fillIn } from '../parameters/fill.ts';
import { formatPath, type Problem } from '../problems.ts';
import { recipeSchema } from '../schema.ts';

/**
 * What is wrong with a file that is only a base: with the keys that it has. It lacks keys, and may use parameters of the recipes
 * that extend it, so everything else is judged in those.
 */
export function baseProblems(document: unknown): Problem[] {
  if (!isMap(document)) return explain(recipeSchema, document).problems;
  const { document: filled, open, problems: expressions } = fillIn(document);
  const isOpen = new Set(open.map(formatPath));
  const ofDefinitions = expressions.filter(({ path }) => path[0] === 'parameters' && path.length > 2);
  const { problems } = explain(recipeSchema, filled, ['extends']);
  return [
    ...ofDefinitions,
    ...problems.filter(({ path, message }) => message !== 'is required' && !isOpen.has(formatPath(path))),
  ];
}
