import type { AccountLedger } from '../../core/accounts/account-ledger.ts';
import type { Plan } from '../../core/build/plan.ts';
import { targetsOf } from '../../core/channel/candidates.ts';
import { isRevoked, saysRevoked } from '../../core/channel/revocation.ts';
import { channelHolds, type Addition, type PublishedImage } from '../../core/addition/addition.ts';
import { channelParameter } from '../../core/distribute/channel.ts';
import { isSamePlace, onlyPlace } from '../../core/distribute/place.ts';
import { refuse } from '../../core/recipe/problems.ts';
import type { RecipeReading } from '../../core/recipe/parameters/recipe-reading.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import type { AdditionRequest } from '../../core/start/addition-request.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { publishedCopies } from '../accounts/published-copies.ts';
import { readChannel } from '../channels.ts';
import { describeImage } from '../images/images.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { channelAtRest } from '../memory/channel-records.ts';
import { readDocument } from '../memory/documents.ts';

/** An execution that takes a published image to further targets. */
export interface Asked {
  identity: BuildIdentity;
  recipe: Recipe;
  reading: RecipeReading;
  addition?: AdditionRequest | undefined;
}

const refuseAt = (key: string, message: string) => refuse([{ path: [key], message }]);

/** A published build with its images, and its copies in other accounts. */
interface BuildToDistribute {
  plan: Plan;
  published: PublishedImage[];
  copied: AccountLedger['after'];
}

/** The build's plan, and its images by its ledger. @throws RecipeInvalid if the build is not published, or is revoked. */
export async function buildToDistribute(artifacts: Artifacts, identity: BuildIdentity): Promise<BuildToDistribute> {
  const { build } = identity;
  const [plan, manifest, ledger, revocation] = await Promise.all([
    readDocument(artifacts, identity, 'plan'),
    readDocument(artifacts, identity, 'manifest'),
    readDocument(artifacts, identity, 'ledger'),
    readDocument(artifacts, identity, 'revocation'),
  ]);
  if (!plan || manifest?.status !== 'published')
    return refuseAt(
      'build',
      `${build} has no published image: it ${manifest ? `is ${manifest.status}` : 'has no manifest'}`,
    );
  if (isRevoked(revocation)) return refuseAt('build', saysRevoked(build, revocation));
  if (plan.origin === 'start')
    return refuseAt('build', `${build} was not built from the deployed recipe, so its targets are not for this image`);
  const listed = targetsOf({ manifest }).map(({ ami, snapshots, ...at }) => ({
    ...onlyPlace(at),
    ami: ami ?? '',
    snapshots,
  }));
  const images = ledger?.complete ? ledger.after : listed;
  const published = images.map(({ ami, snapshots, ...at }) => ({ ...onlyPlace(at), ami, snapshots }));
  return { plan, published, copied: (await publishedCopies(artifacts, identity)).after };
}

/** The channel that gets the new images, if it holds the build. @throws AwsTransient while the channel is being moved. */
export async function heldIn(
  artifacts: Artifacts,
  { recipe, identity: { build }, addition: asked = {} }: Asked,
  root: string,
  published: PublishedImage[],
): Promise<{ channel?: Addition['channel']; notes: string[] }> {
  const channel = asked.channel ?? recipe.publish?.channel;
  if (channel === undefined) return { notes: [] };
  const parameter = channelParameter(root, recipe.name, channel);
  await channelAtRest(artifacts, { recipe: recipe.name, channel, parameter }, []);
  const holds = channelHolds(published, await readChannel(artifacts.aws, parameter, published.map(onlyPlace)));
  if (holds === 'all') return { channel: { channel, parameter }, notes: [] };
  const other = `${parameter} ${holds === 'none' ? 'does not hold' : 'holds only some images of'} ${build}`;
  if (holds === 'some' || asked.channel !== undefined)
    return refuseAt('distribute', `${other}; point it at the build first: golden promote, or golden rollback`);
  return { notes: [`${other}, so the new images are in no channel`] };
}

/** The image to copy: the one of the pipeline's own region, else the first that is available. */
export async function imageToCopy(
  { aws }: Artifacts,
  published: PublishedImage[],
  home: string,
): Promise<PublishedImage> {
  const first = published.filter((one) => isSamePlace(one, { region: home }));
  for (const image of [...first, ...published.filter((one) => !first.includes(one))])
    if ((await describeImage(aws, image.region, image.ami))?.state === 'available') return image;
  return refuseAt('build', 'has no available image that could be copied; build the recipe again');
}
