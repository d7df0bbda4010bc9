import { accountPlaceName, onlyAccountPlace } from '../../core/accounts/account-copies.ts';
import type { SessionOf } from '../../core/accounts/account-role.ts';
import type { RevokedBuild, ImageOfBuild } from '../../core/channel/revocation.ts';
import type { Users } from '../../core/distribute/permissions.ts';
import { Failure, lastingFailure } from '../../core/errors.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { accountRoles } from '../accounts/account-roles.ts';
import { accountDoors } from '../accounts/other-accounts.ts';
import type { Connection } from '../connection.ts';
import { describeAnyImage } from '../images/disabling.ts';
import { launchUsers } from '../images/image-attributes.ts';
import type { Artifacts } from '../memory/artifacts.ts';

/** Opens the accounts in which a build has images: the pipeline's own one, and others by their roles. */
export async function reachImages(
  artifacts: Artifacts,
  about: BuildIdentity,
  by: SessionOf['by'],
  doors = accountDoors(artifacts.aws, { ...about, by }, 'revoke'),
): Promise<(image: ImageOfBuild) => Promise<Connection>> {
  const roleOf = await accountRoles(artifacts, about);
  return async ({ account, ...at }) =>
    account === undefined ? artifacts.aws : doors(roleOf(onlyAccountPlace({ ...at, account })));
}

/**
 * Looks at the copies of builds in other accounts before anything is revoked or restored.
 * @returns who may launch them.
 * @throws MoveRefused with every account whose role does not let the pipeline in, or may not look at the copy.
 */
export async function seeCopies(
  artifacts: Artifacts,
  builds: RevokedBuild[],
  session: SessionOf,
  what: string,
): Promise<Users> {
  const doors = accountDoors(artifacts.aws, session, 'revoke');
  const refused: string[] = [];
  const users: string[] = [];
  for (const { images, ...about } of builds) {
    const copies = images.flatMap(({ account, ...one }) => (account === undefined ? [] : [{ ...one, account }]));
    if (copies.length === 0) continue;
    const reach = await reachImages(artifacts, about, session.by, doors);
    for (const one of copies) {
      try {
        const there = await reach(one);
        const image = await describeAnyImage(there, one.region, one.ami);
        if (image?.state === 'available') users.push(...(await launchUsers(there, one.region, one.ami)));
      } catch (error) {
        refused.push(`${accountPlaceName(one)}: ${lastingFailure(error).message}`);
      }
    }
  }
  if (refused.length === 0) return users;
  const advice =
    'the role there must let the pipeline in and allow all of infrastructure/examples/copy-target-role.yml';
  throw new Failure(
    'MoveRefused',
    [`${what}, since other accounts refuse the pipeline; ${advice}:`, ...new Set(refused)].join('\n'),
  );
}
