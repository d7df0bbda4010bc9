import { changesOf, wantedOf } from '../../core/distribute/permissions.ts';
import { inPlace, placeName } from '../../core/distribute/place.ts';
import type { Target } from '../../core/recipe/types.ts';
import { notShareable, type HeldImage, type SharedImage, type ShareFailure } from '../../core/share/share-report.ts';
import type { Connection } from '../connection.ts';
import { describeImage } from '../images/images.ts';
import { readPermissions } from '../work/permissions.ts';
import { asFailure } from './published-images.ts';

interface ShareLook {
  images: SharedImage[];
  failures: ShareFailure[];
  notes: string[];
}

async function lookAt(
  aws: Connection,
  recipe: string,
  target: Target,
  held: HeldImage,
  owner: string,
): Promise<Partial<ShareLook>> {
  const { region, ami } = held;
  try {
    const image = await describeImage(aws, region, ami);
    const error = notShareable(recipe, held, image);
    if (!image || error !== undefined) return { failures: [{ region, ami, error: error ?? '' }] };
    const snapshots = image.disks.flatMap(({ snapshot }) => snapshot ?? []);
    const found = await readPermissions(aws, { region, ami, snapshots });
    const wanted = wantedOf(target);
    const changes = changesOf({ snapshots }, wanted, owner, found);
    return { images: [{ ...held, build: image.tags['golden:build'] ?? '', snapshots, wanted, found, changes }] };
  } catch (error) {
    return { failures: [asFailure(region, error, ami)] };
  }
}

/** Compares who may use published images with the lists of a recipe's targets. Reads only. */
export async function lookAtShares(
  aws: Connection,
  { recipe, targets, owner }: { recipe: string; targets: Target[]; owner: string },
  held: HeldImage[],
): Promise<ShareLook> {
  const looks = await Promise.all(
    held.map(async (one): Promise<Partial<ShareLook>> => {
      const target = inPlace(targets, one);
      if (target) return lookAt(aws, recipe, target, one, owner);
      return { notes: [`${placeName(one)} is no target of ${recipe} any more: who may use ${one.ami} there stays`] };
    }),
  );
  return {
    images: looks.flatMap(({ images = [] }) => images),
    failures: looks.flatMap(({ failures = [] }) => failures),
    notes: looks.flatMap(({ notes = [] }) => notes),
  };
}
