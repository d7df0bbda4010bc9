import { accountCopiesOf, type AccountCopy } from './account-copies.ts';
import { roleArn } from './account-role.ts';
import type { Problem } from '../recipe/recipe.ts';
import type { Recipe } from '../recipe/types.ts';
import type { AccountRoleSeen, Facts } from '../preflight/facts.ts';

const isSameRole = (one: Pick<AccountCopy, 'account' | 'role' | 'region'>, other: Omit<AccountRoleSeen, 'keys'>) =>
  one.account === other.account && one.role === other.role && one.region === other.region;

/** Every role of another account once for each region, with the keys of the copies there. */
export function accountRolesOf(recipe: Pick<Recipe, 'distribute'>): { copy: AccountCopy; key: string[] }[] {
  const copies = accountCopiesOf(recipe);
  return copies
    .filter((copy, index) => copies.findIndex((one) => isSameRole(one, copy)) === index)
    .map((copy) => ({
      copy,
      key: copies.filter((one) => isSameRole(one, copy)).flatMap(({ kmsKey }) => kmsKey ?? []),
    }));
}

/** Copies in other accounts that would fail after the whole build: no role lets the pipeline in, or there is no such key. */
export const accountProblems = (recipe: Recipe, { account, accounts = [] }: Pick<Facts, 'account' | 'accounts'>) =>
  recipe.distribute.flatMap(({ region, copyTo = [] }, index) =>
    copyTo.flatMap((copy, at): Problem[] => {
      const path = ['distribute', index, 'copyTo', at];
      if (copy.account === account) {
        const message = `${account} is the pipeline's own account; for a copy there, add a target with an id`;
        return [{ path: [...path, 'account'], message }];
      }
      const seen = accounts.find((one) => isSameRole({ ...copy, region }, one))?.keys;
      if (seen?.refused !== undefined) {
        const what = `${roleArn({ ...copy, region })} does not let the pipeline in`;
        const next = 'look at its trust policy and external id; infrastructure/examples/copy-target-role.yml makes it';
        return [{ path: [...path, 'role'], message: `${what}; ${next}: ${seen.refused}` }];
      }
      const key = copy.kmsKey === undefined ? undefined : seen?.found?.[copy.kmsKey];
      if (!key) return [];
      const says = keyProblem(key);
      return says === undefined
        ? []
        : [{ path: [...path, 'kmsKey'], message: `${copy.kmsKey} ${says} in account ${copy.account}` }];
    }),
  );

function keyProblem(key: NonNullable<AccountRoleSeen['keys']['found']>[string]): string | undefined {
  if ('arn' in key) return key.state === 'Enabled' ? undefined : `is ${key.state}`;
  return key.unseen === 'missing' ? 'does not exist' : undefined;
}
