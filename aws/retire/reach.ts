import type { actionsInAccount, SessionOf } from '../../core/accounts/account-role.ts';
import type { RetiringAmi } from '../../core/retire/retiring.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import type { Connection } from '../connection.ts';
import type { Artifacts } from '../memory/artifacts.ts';

/** The connection to the account that an AMI belongs to. */
export type ReachAmi = (ami: Pick<RetiringAmi, 'region' | 'account' | 'id'>) => Promise<Connection>;

/**
 * Opens the accounts in which a build has AMIs: the pipeline's own one, and others by their roles. The roles are read with the first
 * AMI of another account, because few recipes have copies there.
 */
export function reachAmis(
  artifacts: Artifacts,
  { recipe, build }: BuildIdentity,
  by: SessionOf['by'],
  purpose: keyof typeof actionsInAccount,
): ReachAmi {
  const opening = async () => {
    const { accountRoles } = await import('../accounts/account-roles.ts');
    const { accountDoors } = await import('../accounts/other-accounts.ts');
    const roleOf = await accountRoles(artifacts, { recipe, build });
    return { roleOf, doors: accountDoors(artifacts.aws, { recipe, build, by }, purpose) };
  };
  let opened: ReturnType<typeof opening> | undefined;
  return async ({ region, account, id }) => {
    if (account === undefined) return artifacts.aws;
    opened ??= opening();
    const { roleOf, doors } = await opened;
    return doors(roleOf({ region, account, ...(id !== undefined && { id }) }));
  };
}
