import { placeOfArn } from '../../core/build/identity.ts';
import { changeLines, changesOf, everyone } from '../../core/distribute/permissions.ts';
import { fewOf } from '../../core/distribute/distribution.ts';
import { onlyPlace } from '../../core/distribute/place.ts';
import { Failure } from '../../core/errors.ts';
import { keyOf } from '../../core/memory/documents.ts';
import { withSharing, type SharingLists } from '../../core/share/build-sharing.ts';
import type { SharedImage, ShareFailure, ShareReport } from '../../core/share/share-report.ts';
import type { Connection } from '../connection.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readVersioned, replace } from '../memory/documents.ts';
import { readPermissions } from '../work/permissions.ts';
import { asFailure } from './published-images.ts';

/** The images whose users EC2 does not show as wanted, and those that cannot be read. */
export async function readSharesBack(
  aws: Connection,
  images: SharedImage[],
  execution: string,
): Promise<ShareFailure[]> {
  const { account } = placeOfArn(execution);
  const looks = images.map(async (image): Promise<ShareFailure[]> => {
    const { region, ami, wanted } = image;
    try {
      const lines = changeLines(ami, changesOf(image, wanted, account, await readPermissions(aws, image)));
      if (lines.length === 0) return [];
      return [{ region, ami, error: `EC2 does not show this change of permissions: ${fewOf(lines, '; ')}` }];
    } catch (error) {
      return [asFailure(region, error, ami)];
    }
  });
  return (await Promise.all(looks)).flat();
}

const isOu = (user: string) => user.includes(':ou/');

const listsOf = ({ region, id, wanted: { users, accounts } }: SharedImage): SharingLists => {
  const others = users.filter((user) => user.startsWith('arn:'));
  return {
    ...onlyPlace({ region, id }),
    accounts: [...accounts],
    organizations: others.filter((user) => !isOu(user)),
    organizationalUnits: others.filter(isOu),
    allowPublic: users.includes(everyone),
  };
};

/** Writes down with each build who may use its images now. @throws AwsTransient if somebody else has written meanwhile. */
export async function recordSharing(
  artifacts: Artifacts,
  { recipe, execution, who, why }: ShareReport,
  images: SharedImage[],
  at: string,
): Promise<void> {
  for (const build of new Set(images.map((image) => image.build))) {
    const about = { recipe, build };
    const found = await readVersioned(artifacts, about, 'sharing');
    const targets = images.filter((image) => image.build === build).map(listsOf);
    const changed = withSharing(found?.content, targets, { execution, who, why, at });
    if (changed === found?.content) continue;
    if (await replace(artifacts, about, 'sharing', changed, found ?? 'nothing')) continue;
    throw new Failure('AwsTransient', `${keyOf(about, 'sharing')} was written by somebody else since it was read`);
  }
}
