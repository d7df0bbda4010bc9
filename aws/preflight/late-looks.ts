import type { Facts } from '../../core/preflight/facts.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import type { Connection } from '../connection.ts';

/** Looks that few recipes need. Each is loaded only for such a recipe. */
export async function lateLooks(
  aws: Connection,
  recipe: Recipe,
  account: string,
): Promise<Pick<Facts, 'accounts' | 'secrets'>> {
  const [accounts, secrets] = await Promise.all([
    recipe.distribute.some(({ copyTo }) => copyTo)
      ? import('./accounts.ts').then(({ lookAtAccounts }) => lookAtAccounts(aws, recipe))
      : [],
    recipe.provision.some((step) => step.secrets)
      ? import('./secrets.ts').then(({ lookAtSecrets }) => lookAtSecrets(aws, recipe, account))
      : undefined,
  ]);
  return { accounts, ...(secrets && { secrets }) };
}
