import { onlyAccountPlace } from '../../core/accounts/account-copies.ts';
import type { SessionOf } from '../../core/accounts/account-role.ts';
import type { ImageOfBuild, RevokedBuild } from '../../core/channel/revocation.ts';
import { hitOf, mostHitImages, unknownHit, type Hits, type ImageHit } from '../../core/usage/hits.ts';
import { accountRoles } from '../accounts/account-roles.ts';
import { accountDoors } from '../accounts/other-accounts.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { evidence } from './evidence.ts';
import { usageOf } from './image-usage.ts';

type Copy = ImageOfBuild & { account: string };

/**
 * Who uses copies that belong to other accounts, as EC2 tells each account by its role. A role that does not let the pipeline look
 * makes the answer unknown, and stops nothing.
 */
export async function hitsOnCopies(
  artifacts: Artifacts,
  builds: RevokedBuild[],
  { channels, now, by }: { channels: string[]; now: Date; by: SessionOf['by'] },
): Promise<Hits & { underway: string[] }> {
  const images: ImageHit[] = [];
  let more = 0;
  const underway: string[] = [];
  for (const { images: all, ...about } of builds) {
    const found = all.flatMap(({ account, ...one }) => (account === undefined ? [] : [{ ...one, account }]));
    const copies = found.slice(0, mostHitImages - images.length);
    more += found.length - copies.length;
    if (copies.length === 0) continue;
    const roles = await accountRoles(artifacts, about);
    const doors = accountDoors(artifacts.aws, { ...about, by }, 'usage');
    const look = async (copy: Copy) => {
      const { region, ami, account } = copy;
      const family = { known: { members: [], beyond: {} } };
      const there = await evidence(async () => doors(roles(onlyAccountPlace(copy))));
      if (there.unknown !== undefined) return unknownHit(copy, there.unknown);
      const asked = { account, region, amis: [ami], now, family, asksForReports: true };
      const [usage] = await usageOf(there.known, asked);
      if (!usage) return unknownHit(copy, 'nobody asked');
      if (usage.reportUnderway) underway.push(ami);
      return { ...hitOf(usage, channels, ['children']), account };
    };
    images.push(...(await Promise.all(copies.map(look))));
  }
  return { images, more, underway };
}
