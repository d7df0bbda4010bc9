import type { AccountRole, actionsInAccount, SessionOf } from '../../core/accounts/account-role.ts';
import type { ImageOfBuild } from '../../core/channel/revocation.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import type { Connection } from '../connection.ts';
import type { Artifacts } from '../memory/artifacts.ts';

/** The connection to the account that an AMI belongs to. */
export type ReachImage = (image: Pick<ImageOfBuild, 'region' | 'account' | 'id'>) => Promise<Connection>;

/**
 * Opens the accounts in which a build has AMIs: the pipeline's own one, and others by their roles. The roles are read with the first
 * AMI of another account, because few recipes have copies there.
 * @param shared Opens each role once for several builds. If left out, once for this build.
 */
export function reachImages(
  artifacts: Artifacts,
  { recipe, build }: BuildIdentity,
  by: SessionOf['by'],
  purpose: keyof typeof actionsInAccount,
  shared?: (role: AccountRole) => Promise<Connection>,
): ReachImage {
  const opening = async () => {
    const { accountRoles } = await import('./account-roles.ts');
    const { accountDoors } = await import('./other-accounts.ts');
    const roleOf = await accountRoles(artifacts, { recipe, build });
    return { roleOf, doors: shared ?? accountDoors(artifacts.aws, { recipe, build, by }, purpose) };
  };
  let opened: ReturnType<typeof opening> | undefined;
  return async ({ region, account, id }) => {
    if (account === undefined) return artifacts.aws;
    opened ??= opening();
    const { roleOf, doors } = await opened;
    return doors(roleOf({ region, account, ...(id !== undefined && { id }) }));
  };
}
