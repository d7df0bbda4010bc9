import type { DescribeImagesRequest } from '@aws-sdk/client-ec2';
import { ApiError, type Actions, type Caller } from '../../calls/actions.ts';
import { filters, page, strict } from '../../calls/strict.ts';
import { isAllowed, isHidden } from './allowed-images.ts';
import { describedImage } from './describe-image.ts';
import { selectByFilters, type Fields } from '../filters.ts';
import { paginate } from '../pagination.ts';
import { isoTime } from '../../../clock.ts';
import type { Region } from '../../state/region.ts';
import type { World } from '../../state/world.ts';
import type { Image, System } from '../../state/images.ts';
import { canLaunch, isPublic } from './sharing.ts';

/**
 * Operating systems whose vendors' images have no SSM agent. AWS lists the images that have one:
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/ami-preinstalled-agent.html
 */
export const comesWithAgent = (system: System): boolean => system !== 'Debian' && system !== 'RedHat';

export function imageById(region: Region, caller: Caller, id: string): Image {
  if (!/^ami-[0-9a-f]{8,17}$/.test(id)) throw new ApiError('InvalidAMIID.Malformed', `Invalid id: "${id}"`);
  const image = region.images.get(id);
  if (!image || !canLaunch(image, caller.account)) {
    throw new ApiError('InvalidAMIID.NotFound', `The image id '[${id}]' does not exist`);
  }
  if (image.state !== 'deregistered') return image;
  throw new ApiError('InvalidAMIID.Unavailable', `The image ID '${id}' is no longer available`);
}

/** Like `imageById`, for actions that only the owner may take. */
export function ownImage(region: Region, caller: Caller, id: string): Image {
  const image = imageById(region, caller, id);
  if (image.owner === caller.account) return image;
  throw new ApiError('AuthFailure', `Not authorized for image:${id}`, 403);
}

const fields: Fields<Image> = {
  'image-id': (image) => image.id,
  name: (image) => image.name,
  description: (image) => image.description,
  state: (image) => image.state,
  architecture: (image) => image.architecture,
  'owner-id': (image) => image.owner,
  'owner-alias': (image) => image.ownerAlias,
  'is-public': (image) => String(isPublic(image)),
  'image-type': () => 'machine',
  'virtualization-type': (image) => image.virtualization ?? 'hvm',
  'root-device-type': (image) => (image.instanceStore ? 'instance-store' : 'ebs'),
  'root-device-name': (image) => image.rootDevice,
  platform: (image) => (image.system === 'Windows' ? 'windows' : undefined),
  'ena-support': (image) => String(image.ena ?? true),
  'boot-mode': (image) => image.bootMode,
  'creation-date': (image) => isoTime(image.createdAt),
  'source-instance-id': (image) => image.sourceInstance,
  'source-image-id': (image) => image.sourceImage,
  'source-image-region': (image) => image.sourceRegion,
  'block-device-mapping.snapshot-id': (image) =>
    image.state === 'available' ? image.mappings.flatMap((mapping) => mapping.snapshot ?? []) : [],
};

export const imageActions = (world: World): Actions => ({
  DescribeImages: strict(
    'ec2:DescribeImages',
    `ImageIds Owners ExecutableUsers ${filters} ${page} IncludeDeprecated IncludeDisabled`,
    (input: DescribeImagesRequest, caller) => {
      const region = world.region(caller.region);
      const { ImageIds, Owners, ExecutableUsers } = input;
      const listed = ImageIds?.length
        ? ImageIds.flatMap((id) => namedImage(world, region, caller, id) ?? [])
        : candidates(region, input).filter((image) => isListed(world, image, caller, input.IncludeDeprecated === true));
      const known = listed.filter(
        (image) =>
          image.state !== 'deregistered' &&
          (image.state !== 'disabled' || input.IncludeDisabled === true) &&
          (!Owners?.length || Owners.some((owner) => isOwner(image, owner, caller))) &&
          (!ExecutableUsers?.length || ExecutableUsers.some((user) => isExecutableBy(image, user, caller))),
      );
      const { items, NextToken } = paginate(selectByFilters(known, input.Filters, fields), input, {
        max: 1000,
        ids: ImageIds,
      });
      const Images = items.map((image) => ({
        ...describedImage(image),
        ImageAllowed: isAllowed(world, image, caller),
      }));
      return { Images, NextToken };
    },
  ),
  // The default of accounts that had no public AMI in a region by July 15, 2023:
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-public-access-to-amis.html
  GetImageBlockPublicAccessState: strict('ec2:GetImageBlockPublicAccessState', '', () => ({
    ImageBlockPublicAccessState: world.scenario.blockPublicImages ? 'block-new-sharing' : 'unblocked',
    ManagedBy: 'account',
  })),
});

/** The images that may match. In a year a region has many that are gone, and most calls filter by ids. */
function candidates({ images }: Region, { Filters }: DescribeImagesRequest): Image[] {
  const byId = Filters?.find(({ Name, Values = [] }) => Name === 'image-id' && !Values.some((id) => /[*?\\]/.test(id)));
  const found = byId ? [...new Set(byId.Values)].flatMap((id) => images.get(id) ?? []) : [...images.values()];
  return found.filter(({ state }) => state !== 'deregistered');
}

/**
 * An image by id. A formerly valid id gives no image for a while, and while instances refer to it; after that the id is unknown.
 */
function namedImage(world: World, region: Region, caller: Caller, id: string): Image | undefined {
  const image = region.images.get(id);
  if (image && isHidden(world, image, caller))
    throw new ApiError('InvalidAMIID.NotFound', `The image id '[${id}]' does not exist`);
  if (image?.state !== 'deregistered') return imageById(region, caller, id);
  const recent = world.clock.now() - (image.deregisteredAt ?? 0) < 3_600_000;
  const used = [...region.instances.values()].some((each) => each.image === id && each.state !== 'terminated');
  if (image.owner === caller.account && (recent || used)) return undefined;
  throw new ApiError('InvalidAMIID.NotFound', `The image id '[${id}]' does not exist`);
}

function isListed(world: World, image: Image, caller: Caller, deprecatedToo: boolean): boolean {
  const deprecated = image.deprecatedAt !== undefined && image.deprecatedAt <= world.clock.now();
  if (isHidden(world, image, caller)) return false;
  return canLaunch(image, caller.account) && (!deprecated || deprecatedToo || image.owner === caller.account);
}

const isOwner = (image: Image, owner: string, caller: Caller) =>
  image.owner === (owner === 'self' ? caller.account : owner) || image.ownerAlias === owner;

const isExecutableBy = (image: Image, user: string, caller: Caller) =>
  user === 'all'
    ? isPublic(image)
    : image.permissions.some((permission) => permission.UserId === (user === 'self' ? caller.account : user));
