import type { Recipe } from '../recipe/types.ts';

/** Name of the recipe whose channel a recipe starts from. */
export const parentOf = ({ source }: Recipe): string | undefined => source.channel?.split('/')[0];

/** The names from a recipe along its parents back to itself. Undefined if the parents do not lead back to it. */
export function cycleThrough(name: string, recipes: ReadonlyMap<string, Recipe>): string[] | undefined {
  const way = new Set<string>();
  let next: string | undefined = name;
  while (next !== undefined && !way.has(next)) {
    way.add(next);
    const recipe = recipes.get(next);
    next = recipe && parentOf(recipe);
  }
  return next === name ? [...way] : undefined;
}

/** Says that recipes must not start from each other, and names all of them in order. */
export const cycleProblem = (names: string[]): string =>
  `${[...names, names[0]].join(' starts from ')}: none can be built first, and each would start the next for ever`;
