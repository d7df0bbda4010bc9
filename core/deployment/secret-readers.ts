import { soundRecipes } from '../recipe/catalog.ts';
import type { Problem } from '../recipe/problems.ts';
import { partitionOf } from '../recipe/regions.ts';
import { arnOfSecret, secretsOfRecipe, withoutKey } from '../recipe/steps/secrets.ts';
import type { Catalog, Recipe } from '../recipe/types.ts';
import type { DeploymentSettings } from './deployment-settings.ts';

// Each deployed recipe with secrets has a role and an instance profile of its own, so that no recipe reads the secrets of another.

/** Deployed recipes whose builders have a role of their own, with the names of their secrets. */
export const secretReaders = (catalog: Catalog, home: string): { recipe: string; secrets: string[] }[] =>
  soundRecipes(catalog, home)
    .filter(({ builder }) => builder.instanceProfile === undefined)
    .map((recipe) => ({ recipe: recipe.name, secrets: secretsOfRecipe(recipe) }))
    .filter(({ secrets }) => secrets.length > 0);

/** Where the pipeline is. */
interface Place {
  home: string;
  account: string;
}

/** What a role names in its policy. A parameter is always of the pipeline's account and region, so its name is enough. */
const resourceOf = (name: string, { home, account }: Place): string =>
  name.startsWith('secret:')
    ? arnOfSecret(name.slice('secret:'.length), { partition: partitionOf(home) ?? 'aws', region: home, account })
    : name;

/** Whether IAM allows a resource by a pattern. `*` stands for any text, and `?` for one character. */
const allows = (pattern: string, resource: string): boolean => {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(resource);
};

/**
 * Secrets of a recipe that its builder could not read: neither the role that the deployment made for the recipe of that name nor the
 * setting `builderSecrets` allows them. A recipe with an instance profile of its own is judged by nobody here.
 */
export function secretProblems(
  recipe: Recipe,
  deployed: Recipe | undefined,
  { builderSecrets, secretProfiles }: Pick<DeploymentSettings, 'builderSecrets' | 'secretProfiles'>,
  place: Place,
): Problem[] {
  if (recipe.builder.instanceProfile !== undefined) return [];
  const hasRole = deployed?.builder.instanceProfile === undefined && secretProfiles[recipe.name] !== undefined;
  const readable = deployed && hasRole ? secretsOfRecipe(deployed) : [];
  const patterns = [...readable, ...builderSecrets].map((pattern) => resourceOf(pattern, place));
  const isReadable = (name: string) => patterns.some((pattern) => allows(pattern, resourceOf(name, place)));
  return recipe.provision.flatMap(({ secrets = {} }, index) =>
    Object.entries(secrets)
      .filter(([, name]) => !isReadable(withoutKey(name)))
      .map(([variable, name]) => ({
        path: ['provision', index, 'secrets', variable],
        message: `the builder may not read ${name}: deploy the recipe with this secret, or allow it by the setting builderSecrets`,
      })),
  );
}
