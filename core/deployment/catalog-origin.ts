import { recipeOf } from '../recipe/catalog.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { canonical } from '../build/content-digest.ts';
import type { Catalog, Recipe } from '../recipe/types.ts';

/** Where the content of an image comes from: a recipe of the deployed catalog, or the input of the start. */
export type Origin = 'catalog' | 'start';

/** The keys that change an image or prove it. Where it is built, who may use it and how long it is kept do not count. */
function imageOf({ name, description, source, builder, provision, checks, image }: Recipe): string {
  const { instanceProfile, rootVolume, volumes } = builder;
  return canonical({ name, description, source, instanceProfile, rootVolume, volumes, provision, checks, image });
}

/** A recipe that leaves its disk to the start takes any disk of that owner. */
function withoutDisk(recipe: Recipe, { source: { disk } }: Recipe): Recipe {
  if (!recipe.source.disk || !disk || disk.snapshot !== undefined || disk.file !== undefined) return recipe;
  const { snapshot: _snapshot, file: _file, format: _format, ...rest } = recipe.source.disk;
  return { ...recipe, source: { ...recipe.source, disk: rest } };
}

/** Whether a recipe makes the same image as the deployed recipe of its name, with the same values of parameters. */
export function originOf(
  recipe: Recipe,
  catalog: Catalog,
  home: string,
  parameters: Record<string, unknown> | undefined,
): Origin {
  const deployed = deployedAs(recipe.name, catalog, home);
  const given = { parameters };
  // The deployed recipe may not have these parameters.
  const same =
    deployed && parameters
      ? parseRecipe(catalog.recipes[recipe.name], catalog.scripts, { home, given }).recipe
      : deployed;
  return same && imageOf(same) === imageOf(withoutDisk(recipe, same)) ? 'catalog' : 'start';
}

/** The deployed recipe of a name. Undefined if there is none. */
export const deployedAs = (name: string, catalog: Catalog, home: string): Recipe | undefined =>
  Object.hasOwn(catalog.recipes, name) ? recipeOf(catalog, name, home) : undefined;
