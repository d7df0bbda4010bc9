import { onlyAccountPlace } from '../../core/accounts/account-copies.ts';
import { placeOfArn } from '../../core/build/identity.ts';
import { apartFrom, changeLines, changesOf, everyone } from '../../core/distribute/permissions.ts';
import { fewOf } from '../../core/distribute/distribution.ts';
import { onlyPlace } from '../../core/distribute/place.ts';
import { Failure } from '../../core/errors.ts';
import { keyOf } from '../../core/memory/documents.ts';
import { withSharing, type SharingLists } from '../../core/share/build-sharing.ts';
import { roleToOwner, type SharedImage, type ShareFailure, type ShareReport } from '../../core/share/share-report.ts';
import { connectionTo } from '../accounts/other-accounts.ts';
import type { Connection } from '../connection.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readVersioned, replace } from '../memory/documents.ts';
import { readPermissions } from '../work/permissions.ts';
import { asFailure } from './published-images.ts';

/** The images whose users EC2 does not show as wanted, and those that cannot be read. */
export async function readSharesBack(
  aws: Connection,
  images: SharedImage[],
  { execution, recipe, who }: Pick<ShareReport, 'execution' | 'recipe' | 'who'>,
): Promise<ShareFailure[]> {
  const { account: own } = placeOfArn(execution);
  const looks = images.map(async (image): Promise<ShareFailure[]> => {
    const { region, account, ami, wanted, lent = [] } = image;
    try {
      const there = await connectionTo(
        aws,
        roleToOwner(image),
        { recipe, build: image.build, by: { verb: 'share', who } },
        'verify',
      );
      const found = apartFrom(await readPermissions(there, image), lent, wanted);
      const lines = changeLines(ami, changesOf(image, wanted, account ?? own, found));
      if (lines.length === 0) return [];
      const error = `EC2 does not show this change of permissions: ${fewOf(lines, '; ')}`;
      return [{ region, ...(account !== undefined && { account }), ami, error }];
    } catch (error) {
      return [asFailure(image, error, ami)];
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
    const own = images.filter((image) => image.build === build);
    const targets = own.filter(({ account }) => account === undefined).map(listsOf);
    const copies = own.flatMap(({ account, ...one }) =>
      account === undefined ? [] : [{ ...onlyAccountPlace({ ...one, account }), accounts: [...one.wanted.accounts] }],
    );
    const changed = withSharing(found?.content, { targets, copies }, { execution, who, why, at });
    if (changed === found?.content) continue;
    if (await replace(artifacts, about, 'sharing', changed, found ?? 'nothing')) continue;
    throw new Failure('AwsTransient', `${keyOf(about, 'sharing')} was written by somebody else since it was read`);
  }
}
