import type { SessionOf } from '../../core/accounts/account-role.ts';
import type { RevokedBuild } from '../../core/channel/revocation.ts';
import type { Users } from '../../core/distribute/permissions.ts';
import { accountDoors } from '../accounts/other-accounts.ts';
import { reachImages } from '../accounts/reach-images.ts';
import { describeAnyImage } from '../images/disabling.ts';
import { launchUsers } from '../images/image-attributes.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { inEachAccount } from './each-account.ts';

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
  const copies = builds.flatMap(({ images, ...about }) => {
    const reach = reachImages(artifacts, about, session.by, 'revoke', doors);
    return images.flatMap(({ account, ...one }) => (account === undefined ? [] : [{ ...one, account, reach }]));
  });
  const users = await inEachAccount(what, copies, async ({ reach, ...one }): Promise<Users> => {
    const there = await reach(one);
    const image = await describeAnyImage(there, one.region, one.ami);
    return image?.state === 'available' ? launchUsers(there, one.region, one.ami) : [];
  });
  return users.flat();
}
