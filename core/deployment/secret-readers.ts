import { soundRecipes } from '../recipe/catalog.ts';
import type { Problem } from '../recipe/problems.ts';
import { secretsOfRecipe, withoutKey } from '../recipe/steps/secrets.ts';
import type { Catalog, Recipe } from '../recipe/types.ts';
import type { DeploymentSettings } from './deployment-settings.ts';

// Each deployed recipe with secrets has a role and an instance profile of its own, so that no recipe reads the secrets of another.

/** Deployed recipes whose builders have a role of their own, with the names of their secrets. */
export const secretReaders = (catalog: Catalog, home: string): { recipe: string; secrets: string[] }[] =>
  soundRecipes(catalog, home)
    .filter(({ builder }) => builder.instanceProfile === undefined)
    .map((recipe) => ({ recipe: recipe.name, secrets: secretsOfRecipe(recipe) }))
    .filter(({ secrets }) => secrets.length > 0);

/** Whether an entry of `builderSecrets` allows a name. `*` stands for any text, and `?` for one character. */
const allows = (pattern: string, name: string): boolean => {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(name);
};

/**
 * Secrets of a recipe that its builder could not read: neither the role that the deployment made for the recipe of that name nor the
 * setting `builderSecrets` allows them. A recipe with an instance profile of its own is judged by nobody here.
 */
export function secretProblems(
  recipe: Recipe,
  deployed: Recipe | undefined,
  { builderSecrets, secretProfiles }: Pick<DeploymentSettings, 'builderSecrets' | 'secretProfiles'>,
): Problem[] {
  if (recipe.builder.instanceProfile !== undefined) return [];
  const hasRole = deployed?.builder.instanceProfile === undefined && secretProfiles[recipe.name] !== undefined;
  const readable = deployed && hasRole ? secretsOfRecipe(deployed) : [];
  const isReadable = (name: string) =>
    readable.includes(name) || builderSecrets.some((pattern) => allows(pattern, name));
  return recipe.provision.flatMap(({ secrets = {} }, index) =>
    Object.entries(secrets)
      .filter(([, name]) => !isReadable(withoutKey(name)))
      .map(([variable, name]) => ({
        path: ['provision', index, 'secrets', variable],
        message: `the builder may not read ${name}: deploy the recipe with this secret, or allow it by the setting builderSecrets`,
      })),
  );
}
