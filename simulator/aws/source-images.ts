import type { Recipe } from '../../core/recipe/types.ts';
import { wildcard } from './ec2/filters.ts';
import { comesWithAgent } from './ec2/images/images.ts';
import { createRandom } from '../random.ts';
import { amazonLinux, families, type PublicFamily } from './source-families.ts';
import type { PublicSource } from './source-calendar.ts';
import type { Image } from './state/images.ts';
import type { Region } from './state/region.ts';
import type { World } from './state/world.ts';

const hasParameter = (family: PublicFamily): family is PublicFamily & { parameter: string } =>
  family.parameter !== undefined;

/** The public images that a recipe may start from: the image of its parameter, or all images that its filter finds. */
export const publicSourcesOf = ({ parameter, filter, owner }: Recipe['source']): PublicSource[] =>
  families.filter(hasParameter).filter((family) => {
    if (!filter) return family.parameter === parameter;
    if (filter.architecture !== undefined && filter.architecture !== family.architecture) return false;
    return (
      [family.owner, family.alias].includes(owner) && wildcard(filter.name).test(family.name.replace('*', '20261123'))
    );
  });

/** Two releases of every family; the public parameters name the newer one. */
const ages = [40, 10];

/** Adds the public images and public parameters of every region to a new region. */
export function sourceImages(region: Region, now: number): void {
  for (const family of families) {
    for (const [release, days] of ages.entries()) {
      const createdAt = now - days * 86_400_000;
      const image = publicImage(region, family, createdAt);
      region.images.set(image.id, image);
      if (!hasParameter(family)) continue;
      region.parameters.set(`aws ${family.parameter}`, {
        name: family.parameter,
        owner: 'aws',
        tags: new Map(),
        pending: 0,
        last: release + 1,
        versions: [
          {
            version: release + 1,
            value: image.id,
            type: 'String',
            dataType: 'aws:ec2:image',
            at: createdAt,
            tier: 'Standard',
            description: '',
          },
        ],
      });
    }
  }
}

/** Adds a newer public image of the family of a parameter. The parameter itself is not changed. */
export function publishRelease(region: Region, parameter: string, now: number): Image {
  const family = families.find((each) => each.parameter === parameter);
  if (!family)
    throw new Error(
      `no image is published under ${parameter}; there are ${families
        .filter(hasParameter)
        .map((each) => each.parameter)
        .join(', ')}`,
    );
  const image = publicImage(region, family, now, compact(now).slice(0, 12));
  region.images.set(image.id, image);
  return image;
}

const compact = (at: number) => new Date(at).toISOString().replace(/\D/g, '');

function publicImage(
  region: Region,
  family: PublicFamily,
  createdAt: number,
  release = compact(createdAt).slice(0, 8),
): Image {
  const name = family.name.replace('*', release);
  const ids = createRandom('public image', region.name, name);
  const id = `ami-0${ids.hex(16)}`;
  const snapshot = `snap-0${ids.hex(16)}`;
  region.snapshots.set(snapshot, {
    id: snapshot,
    owner: family.owner,
    description: name,
    state: 'completed',
    startedAt: createdAt,
    endsAt: createdAt,
    volume: 'vol-ffffffff',
    sizeGiB: family.sizeGiB,
    usedGiB: family.usedGiB,
    keyArn: undefined,
    sharedWith: new Set(['all']),
    tags: new Map(),
  });
  return {
    id,
    owner: family.owner,
    ownerAlias: family.alias,
    name,
    description: family.description.replace('*', release),
    state: 'available',
    system: family.system,
    agent: comesWithAgent(family.system),
    architecture: family.architecture,
    rootDevice: family.rootDevice,
    bootMode: family.architecture === 'arm64' ? 'uefi' : 'uefi-preferred',
    imdsSupport: family.system === 'AmazonLinux' || family.system === 'Ubuntu' ? 'v2.0' : undefined,
    createdAt,
    mappings: [
      {
        device: family.rootDevice,
        snapshot,
        sizeGiB: family.sizeGiB,
        type: 'gp3',
        iops: 3000,
        throughput: 125,
        encrypted: false,
        deleteOnTermination: true,
      },
    ],
    permissions: [{ Group: 'all' }],
    tags: new Map(),
  };
}

/** An image that a test or a scenario adds to the cloud. Omitted settings are those of an unencrypted Linux image. */
export type AddedImage = Pick<Image, 'name' | 'owner'> & { region: string } & Partial<Omit<Image, 'permissions'>> & {
    public?: boolean;
    sizeGiB?: number;
  };

export function addPublicImage(world: World, added: AddedImage): Image {
  const { region: name, public: isPublic = false, sizeGiB = 8, ...fields } = added;
  const region = world.region(name);
  const { id = world.newId('ami', name) } = fields;
  const family: PublicFamily = {
    ...amazonLinux(fields.architecture ?? 'x86_64'),
    name: fields.name,
    owner: fields.owner,
    alias: '',
    sizeGiB,
  };
  const image: Image = {
    ...publicImage(region, family, fields.createdAt ?? world.clock.now()),
    ownerAlias: undefined,
    description: '',
    agent: comesWithAgent(fields.system ?? family.system),
    ...fields,
    id,
  };
  image.permissions = isPublic ? [{ Group: 'all' }] : [];
  const snapshot = region.snapshots.get(image.mappings[0]?.snapshot ?? '');
  if (snapshot && !isPublic) snapshot.sharedWith.clear();
  region.images.set(id, image);
  return image;
}
