import { targetsOf } from '../../core/channel/candidates.ts';
import { happened } from '../../core/channel/channel-record.ts';
import { channelParameter } from '../../core/distribute/channel.ts';
import { distinctPlaces, parameterOfPlace, onlyPlace, type Place } from '../../core/distribute/place.ts';
import { onlyAccountPlace } from '../../core/accounts/account-copies.ts';
import { Failure } from '../../core/errors.ts';
import { severally } from '../../core/settle-all.ts';
import type { HeldImage, ShareFailure } from '../../core/share/share-report.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { publishedCopies } from '../accounts/published-copies.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { channelNames } from '../memory/channel-names.ts';
import { channelAtRest } from '../memory/channel-records.ts';
import { readDocument } from '../memory/documents.ts';
import { readRecord } from '../memory/recipe-records.ts';
import { readParameter } from '../parameters.ts';

/** The actions of publishedImages. */
export const publishedPermissions = ['s3:GetObject', 'ssm:GetParameter', 'states:DescribeExecution'];

/** Images that are published, and the regions where that could not be read. */
interface Published {
  images: HeldImage[];
  failures: ShareFailure[];
}

/** A failure in one place hides no other. @throws what is no failure of AWS. */
export function asFailure(
  { region, account }: { region: string; account?: string },
  error: unknown,
  ami?: string,
): ShareFailure {
  if (!(error instanceof Failure)) throw error;
  const transient = error.name === 'AwsTransient' && ({ transient: true } as const);
  const at = { region, ...(account !== undefined && { account }), ...(ami !== undefined && { ami }) };
  return { ...at, error: error.message, ...transient };
}

/** The copies of a build in other accounts. They are published with the build's images. */
const copiesOf = async (artifacts: Artifacts, about: BuildIdentity, channels: string[]): Promise<HeldImage[]> =>
  (await publishedCopies(artifacts, about)).after.map(({ ami, ...at }) => ({ ...onlyAccountPlace(at), ami, channels }));

async function heldByChannel(
  artifacts: Artifacts,
  { recipe, channel, root, places }: { recipe: string; channel: string; root: string; places: readonly Place[] },
): Promise<Published> {
  const parameter = channelParameter(root, recipe, channel);
  const { record } = await channelAtRest(artifacts, { recipe, channel, parameter }, []);
  const last = record?.moves.findLast(happened);
  const reached = last?.after ?? [];
  const failures: ShareFailure[] = [];
  const { done } = await severally(distinctPlaces([...places, ...reached]), async (place): Promise<HeldImage[]> => {
    try {
      const ami = await readParameter(artifacts.aws, place.region, parameterOfPlace(parameter, place));
      return ami === undefined ? [] : [{ ...place, ami, channels: [channel] }];
    } catch (error) {
      failures.push(asFailure(place, error));
      return [];
    }
  });
  const build = last?.to.build ?? (await readRecord(artifacts, recipe)).published?.build;
  const copies = build === undefined ? [] : await copiesOf(artifacts, { recipe, build }, [channel]);
  return { images: [...done.flat(), ...copies], failures };
}

/** The same image may be in several channels. */
function onceEach(images: HeldImage[]): HeldImage[] {
  const all = new Map<string, HeldImage>();
  for (const { channels, ...image } of images) {
    const key = `${image.region} ${image.ami}`;
    all.set(key, { ...image, channels: [...(all.get(key)?.channels ?? []), ...channels] });
  }
  return [...all.values()].toSorted(
    (a, b) => a.region.localeCompare(b.region) || (a.account ?? '').localeCompare(b.account ?? ''),
  );
}

/**
 * The published images of a recipe: those that its channels hold, with the copies of their builds in other accounts. For a recipe
 * without a channel, they are those of its newest published build.
 * @param build Only the images of this build.
 * @throws AwsTransient while a channel is being moved.
 */
export async function publishedImages(
  artifacts: Artifacts,
  {
    recipe,
    channel,
    root,
    places,
  }: { recipe: string; channel: string | undefined; root: string; places: readonly Place[] },
  build?: string,
): Promise<Published> {
  const channels = await channelNames(artifacts, recipe, channel);
  const seen: Published[] = [];
  for (const name of channels) seen.push(await heldByChannel(artifacts, { recipe, channel: name, root, places }));
  const held = onceEach(seen.flatMap(({ images }) => images));
  const failures = seen.flatMap((one) => one.failures);
  const newest = channels.length > 0 ? undefined : (await readRecord(artifacts, recipe)).published?.build;
  const of = build ?? newest;
  if (of === undefined) return { images: held, failures };
  const manifest = await readDocument(artifacts, { recipe, build: of }, 'manifest');
  const images = targetsOf({ manifest }).map(({ region, id, ami }): HeldImage => ({
    ...onlyPlace({ region, id }),
    ami: ami ?? '',
    channels: held.find((one) => one.region === region && one.ami === ami)?.channels ?? [],
  }));
  const copies = await copiesOf(artifacts, { recipe, build: of }, []);
  const known = copies.map((one) => held.find(({ ami }) => ami === one.ami) ?? one);
  return { images: [...images, ...known], failures };
}
