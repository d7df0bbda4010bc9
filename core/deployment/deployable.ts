import { boundProblems } from './deployment-bounds.ts';
import type { DeploymentSettings } from './deployment-settings.ts';
import type { Catalog } from '../recipe/types.ts';
import { formatProblems, parseRecipe } from '../recipe/recipe.ts';

/**
 * Why recipes cannot be deployed to a region with these settings, one line for each problem. Packaging checks this, so that a
 * deployment fails early and not at every start in Resolve.
 */
export const undeployable = ({ recipes, scripts }: Catalog, settings: DeploymentSettings, home: string): string[] =>
  Object.entries(recipes).flatMap(([name, document]) => {
    const { recipe, problems } = parseRecipe(document, scripts, { home });
    const found = problems ?? boundProblems(recipe, settings, { home });
    return found.length === 0 ? [] : formatProblems(found, () => ({ file: `recipes/${name}.yaml` })).split('\n');
  });
