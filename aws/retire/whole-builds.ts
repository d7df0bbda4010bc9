import { targetsOf } from '../../core/channel/candidates.ts';
import type { RetiringBuild } from '../../core/retire/retiring.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument } from '../memory/documents.ts';
import { publishedCopies } from '../accounts/published-copies.ts';
import type { ImageListing } from './image-listing.ts';

/** Adds the parts of a build that the listing does not show: regions that could not be looked at, and copies in other accounts. */
export async function wholeBuild(
  artifacts: Artifacts,
  build: RetiringBuild,
  { notLooked }: Pick<ImageListing, 'notLooked'>,
): Promise<RetiringBuild> {
  const manifest = await readDocument(artifacts, build, 'manifest');
  const regions = new Set(targetsOf({ manifest }).map(({ region }) => region));
  const unseen = notLooked
    .filter(({ region }) => regions.has(region))
    .map(({ region, reason }) => `${region}: ${reason}`);
  const copies = await publishedCopies(artifacts, build);
  const elsewhere = copies.after.map(
    ({ account, region }) => `its copy in ${region} of account ${account} is not retired from here`,
  );
  return { ...build, unseen: [...build.unseen, ...unseen, ...elsewhere] };
}
