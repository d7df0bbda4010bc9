import { accountRolesOf } from '../../core/accounts/account-problems.ts';
import type { AccountRoleSeen } from '../../core/preflight/facts.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import type { Connection } from '../connection.ts';
import { describeKeys } from '../keys.ts';
import { inAccount } from '../accounts/other-accounts.ts';
import { look } from './seen.ts';

/** Whether the roles of other accounts let the pipeline in, and what KMS reports there about the keys of the copies. */
export const lookAtAccounts = (aws: Connection, recipe: Recipe): Promise<AccountRoleSeen[]> =>
  Promise.all(
    accountRolesOf(recipe).map(async ({ copy, key }) => ({
      account: copy.account,
      region: copy.region,
      role: copy.role,
      keys: await look(async () => {
        const there = await inAccount(aws, copy, { recipe: recipe.name, build: 'preflight' }, 'look');
        return describeKeys(there, copy.region, key);
      }),
    })),
  );
