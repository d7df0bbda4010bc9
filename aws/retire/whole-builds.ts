import type { SessionOf } from '../../core/accounts/account-role.ts';
import { accountPlaceName, onlyAccountPlace } from '../../core/accounts/account-copies.ts';
import { targetsOf } from '../../core/channel/candidates.ts';
import { Failure } from '../../core/errors.ts';
import type { RetiringAmi, RetiringBuild } from '../../core/retire/retiring.ts';
import { describeAnyImage } from '../images/disabling.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument } from '../memory/documents.ts';
import { publishedCopies } from '../accounts/published-copies.ts';
import { retiringAmi, type ImageListing } from './image-listing.ts';
import { reachImages } from '../accounts/reach-images.ts';

/** The copies of a build in other accounts, as their accounts show them. A copy that nobody can look at is unseen. */
async function copiesOf(
  artifacts: Artifacts,
  build: RetiringBuild,
  by: SessionOf['by'],
): Promise<{ amis: RetiringAmi[]; unseen: string[] }> {
  const copies = await publishedCopies(artifacts, build);
  const reach = reachImages(artifacts, build, by, 'retire');
  const looks = copies.after.map(async ({ ami, ...place }): Promise<RetiringAmi | string> => {
    const at = onlyAccountPlace(place);
    try {
      const image = await describeAnyImage(await reach(at), at.region, ami);
      return {
        ...(image ? retiringAmi(image) : { region: at.region, ami, state: 'deregistered', snapshots: [] }),
        ...at,
      };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return `${accountPlaceName(at)}: ${error.message}`;
    }
  });
  const seen = await Promise.all(looks);
  return {
    amis: seen.filter((one) => typeof one === 'object'),
    unseen: seen.filter((one) => typeof one === 'string'),
  };
}

/** Adds the parts of a build that the listing does not show: regions that could not be looked at, and copies in other accounts. */
export async function wholeBuild(
  artifacts: Artifacts,
  build: RetiringBuild,
  { notLooked }: Pick<ImageListing, 'notLooked'>,
  by: SessionOf['by'],
): Promise<RetiringBuild> {
  const manifest = await readDocument(artifacts, build, 'manifest');
  const regions = new Set(targetsOf({ manifest }).map(({ region }) => region));
  const closed = notLooked
    .filter(({ region }) => regions.has(region))
    .map(({ region, reason }) => `${region}: ${reason}`);
  const { amis, unseen } = await copiesOf(artifacts, build, by);
  return { ...build, amis: [...build.amis, ...amis], unseen: [...build.unseen, ...closed, ...unseen] };
}
