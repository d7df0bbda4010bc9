import { recipeOf } from '../recipe/catalog.ts';
import { canonical } from '../build/content-digest.ts';
import type { Catalog, Recipe } from '../recipe/recipe.ts';

/** Where the content of an image comes from: a recipe of the deployed catalog, or what the build was started with. */
export type Origin = 'catalog' | 'start';

/** What goes into an image or proves it. Where it is built, whom it is shared with and what becomes of it does not. */
function imageOf({ name, description, source, builder, provision, checks, image }: Recipe): string {
  const { instanceProfile, rootVolume, volumes } = builder;
  return canonical({ name, description, source, instanceProfile, rootVolume, volumes, provision, checks, image });
}

/** Whether a recipe makes the image that the deployed one of its name makes. */
export function originOf(recipe: Recipe, catalog: Catalog, home: string): Origin {
  const deployed = deployedAs(recipe.name, catalog, home);
  return deployed && imageOf(deployed) === imageOf(recipe) ? 'catalog' : 'start';
}

/** The deployed recipe of a name, if there is one. */
export const deployedAs = (name: string, catalog: Catalog, home: string): Recipe | undefined =>
  Object.hasOwn(catalog.recipes, name) ? recipeOf(catalog, name, home) : undefined;
