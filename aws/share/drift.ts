import { happened, type Move } from '../../core/channel/channel-record.ts';
import { imageTags } from '../../core/distribute/image-name.ts';
import { channelParameter } from '../../core/distribute/channel.ts';
import { inPlace, onlyPlace, parameterOfPlace } from '../../core/distribute/place.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import { imageDrifts, isMoving, parameterDrifts, type Drift, type PublishedSeen } from '../../core/share/drift.ts';
import type { AmiDescription } from '../../core/launch/source.ts';
import { buildTags } from '../../core/tags.ts';
import { severally } from '../../core/settle-all.ts';
import { ownImagesById } from '../images/own-images.ts';
import { settledChannel } from '../memory/channel-records.ts';
import { channelNames } from '../memory/channel-names.ts';
import { readDocument } from '../memory/documents.ts';
import { readRecord } from '../memory/recipe-records.ts';
import { readParameter } from '../parameters.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readingPermissions, readPermissions } from '../work/permissions.ts';
import { publishedPermissions } from './published-images.ts';

/** The actions of publishedPlaces and findDrifts. */
export const driftPermissions = [...publishedPermissions, ...readingPermissions, 'ec2:DescribeImages'];

/** What a channel must hold in one place by its last move. */
type HeldPlace = Omit<PublishedSeen, 'image' | 'permissions' | 'owner'> & { parameter: string };

interface DriftPlace {
  channelRoot: string;
  owner: string;
  now: Date;
}

/** What the channels of a recipe must hold. Channels that are being moved are left out. */
export async function publishedPlaces(artifacts: Artifacts, recipe: Recipe, at: DriftPlace): Promise<HeldPlace[]> {
  const { name, publish, distribute } = recipe;
  const places: HeldPlace[] = [];
  for (const channel of await channelNames(artifacts, name, publish?.channel)) {
    const { record, mover } = await settledChannel(artifacts, { recipe: name, channel }, []);
    if (isMoving(record?.underway, mover, at.now)) continue;
    const last = mover === 'complete' ? record?.underway : record?.moves.findLast(happened);
    const held = last ? { build: last.to.build, images: last.after } : await publishedBefore(artifacts, name);
    if (!held) continue;
    const { build } = held;
    const plan = await readDocument(artifacts, { recipe: name, build }, 'plan');
    for (const { ami, ...place } of held.images) {
      const parameter = parameterOfPlace(channelParameter(at.channelRoot, name, channel), place);
      const planned = plan && inPlace(plan.document.distribute, place);
      const tags = planned ? imageTags(plan, planned) : buildTags({ recipe: name, build }, 'image');
      const target = inPlace(distribute, place);
      places.push({ recipe: name, channel, parameter, ...onlyPlace(place), ami, build, tags, target });
    }
  }
  return places;
}

/** For a channel that has no document: it was written by an earlier version of the pipeline. */
async function publishedBefore(
  artifacts: Artifacts,
  recipe: string,
): Promise<{ build: string; images: Move['after'] } | undefined> {
  const { published } = await readRecord(artifacts, recipe);
  return published?.images && { build: published.build, images: published.images };
}

/**
 * The drifts of all places in one region, with one DescribeImages for all recipes. The permissions of available images are read
 * besides.
 */
async function driftsIn(artifacts: Artifacts, region: string, places: HeldPlace[], owner: string): Promise<Drift[]> {
  const { aws } = artifacts;
  const images = await ownImagesById(aws, region, [...new Set(places.map(({ ami }) => ami))]);
  const lookAt = async ({ parameter, ...place }: HeldPlace): Promise<Drift[]> => {
    const image = images.find(({ ami }) => ami === place.ami);
    const found = await readParameter(aws, region, parameter);
    const seen = { ...place, image, owner, permissions: await permissionsOf(artifacts, image) };
    return [...parameterDrifts(place, parameter, place, found), ...imageDrifts(seen)];
  };
  return (await Promise.all(places.map(lookAt))).flat();
}

const permissionsOf = async ({ aws }: Artifacts, image: AmiDescription | undefined) =>
  image?.state === 'available'
    ? readPermissions(aws, { ...image, snapshots: image.disks.flatMap(({ snapshot }) => snapshot ?? []) })
    : undefined;

/** The drifts of places in all regions. A region that cannot be read hides no other. */
export async function findDrifts(
  artifacts: Artifacts,
  places: HeldPlace[],
  owner: string,
): Promise<{ drifts: Drift[]; failed: Error[]; unread: string[] }> {
  const unread: string[] = [];
  const { done, failed } = await severally([...new Set(places.map(({ region }) => region))], async (region) => {
    const there = places.filter((place) => place.region === region);
    try {
      return await driftsIn(artifacts, region, there, owner);
    } catch (error) {
      unread.push(...there.map(({ recipe }) => recipe));
      throw error;
    }
  });
  return { drifts: done.flat(), failed, unread };
}
