import { accountCopiesOf, inAccountPlace, targetName, type AccountCopy } from '../../core/accounts/account-copies.ts';
import { apartFrom, changesOf, wantedOf } from '../../core/distribute/permissions.ts';
import { inPlace, onlyPlace } from '../../core/distribute/place.ts';
import { Failure } from '../../core/errors.ts';
import type { Target } from '../../core/recipe/types.ts';
import { notShareable, type HeldImage, type SharedImage, type ShareFailure } from '../../core/share/share-report.ts';
import { connectionTo } from '../accounts/other-accounts.ts';
import { describeImage } from '../images/images.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument } from '../memory/documents.ts';
import { readPermissions } from '../work/permissions.ts';
import { lentAccounts } from './lent-accounts.ts';
import { asFailure } from './published-images.ts';
import { snapshotsOf } from '../../core/launch/source.ts';

interface ShareLook {
  images: SharedImage[];
  failures: ShareFailure[];
  notes: string[];
}

/** What the recipe wants of an image: its target, or its copy in another account. */
type WantedImage = { target: Target; copy?: undefined } | { target: AccountCopy; copy: AccountCopy };

async function lookAt(
  artifacts: Artifacts,
  recipe: string,
  { target, copy }: WantedImage,
  held: HeldImage,
  owner: string,
): Promise<Partial<ShareLook>> {
  const { region, ami } = held;
  try {
    const there = await connectionTo(artifacts.aws, copy, { recipe, build: 'share' }, 'verify');
    const image = await describeImage(there, region, ami);
    const error = notShareable(recipe, held, image);
    if (!image || error !== undefined) throw new Failure('ShareFailed', error ?? '');
    const snapshots = snapshotsOf(image);
    const found = await readPermissions(there, { region, ami, snapshots });
    const wanted = wantedOf(target);
    const build = image.tags['golden:build'] ?? '';
    const isListed = found.users.every((user) => wanted.users.includes(user));
    const plan = isListed || copy ? undefined : await readDocument(artifacts, { recipe, build }, 'plan');
    const lent = await lentAccounts(artifacts.aws, plan, onlyPlace(held));
    const changes = changesOf({ snapshots }, wanted, copy?.account ?? owner, apartFrom(found, lent, wanted));
    const by = copy && { role: copy.role, ...(copy.externalId !== undefined && { externalId: copy.externalId }) };
    const more = lent.length > 0 && { lent };
    return { images: [{ ...held, build, ...by, snapshots, ...more, wanted, found, changes }] };
  } catch (error) {
    return { failures: [asFailure(held, error, ami)] };
  }
}

function wantedIn(targets: Target[], held: HeldImage): WantedImage | undefined {
  const { account } = held;
  if (account !== undefined) {
    const copy = inAccountPlace(accountCopiesOf({ distribute: targets }), { ...held, account });
    return copy && { target: copy, copy };
  }
  const target = inPlace(targets, held);
  return target && { target };
}

/**
 * Compares who may use published images with the lists of a recipe's targets. Reads only. Copies in other accounts are read by the
 * role of their account.
 */
export async function lookAtShares(
  artifacts: Artifacts,
  { recipe, targets, owner }: { recipe: string; targets: Target[]; owner: string },
  held: HeldImage[],
): Promise<ShareLook> {
  const looks = await Promise.all(
    held.map(async (one): Promise<Partial<ShareLook>> => {
      const wanted = wantedIn(targets, one);
      if (wanted) return lookAt(artifacts, recipe, wanted, one, owner);
      return { notes: [`${targetName(one)} is no target of ${recipe} any more: who may use ${one.ami} there stays`] };
    }),
  );
  return {
    images: looks.flatMap(({ images = [] }) => images),
    failures: looks.flatMap(({ failures = [] }) => failures),
    notes: looks.flatMap(({ notes = [] }) => notes),
  };
}
