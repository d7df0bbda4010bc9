import type {
  EnableAllowedImagesSettingsRequest,
  ImageCriterion,
  ImageWatermarkFilterResponse,
  ReplaceImageCriteriaInAllowedImagesSettingsRequest,
} from '@aws-sdk/client-ec2';
import type { Actions, Caller } from '../../calls/actions.ts';
import { strict } from '../../calls/strict.ts';
import type { Image } from '../../state/images.ts';
import type { World } from '../../state/world.ts';
import { wildcard } from '../filters.ts';

const criteria = 'ImageCriteria';
const parameters = `${criteria}.ImageProviders ${criteria}.ImageNames ${criteria}.ImageWatermarks.WatermarkKey
  ${criteria}.ImageWatermarks.SourceImageRegion ${criteria}.ImageWatermarks.MaximumDaysSinceSourceImageCreated
  ${criteria}.ImageWatermarks.MaximumDaysSinceWatermarkCreated ${criteria}.CreationDateCondition.MaximumDaysSinceCreated
  ${criteria}.DeprecationTimeCondition.MaximumDaysSinceDeprecated`;

/** Allowed AMIs of an account in a region. The scenario sets those of the pipeline's account, everywhere. */
function settingsOf(world: World, caller: Caller) {
  const { scenario, account } = world;
  const set = world.region(caller.region).allowedImages.get(caller.account);
  if (set || caller.account !== account) return set ?? { state: 'disabled', criteria: [] };
  const { state, providers } = scenario.allowedImages;
  return { state, criteria: [{ ImageProviders: providers }] };
}

export const allowedImageActions = (world: World): Actions => {
  const change = (caller: Caller, more: Partial<ReturnType<typeof settingsOf>>) => {
    const changed = { ...settingsOf(world, caller), ...more };
    world.region(caller.region).allowedImages.set(caller.account, changed);
    return changed;
  };
  return {
    GetAllowedImagesSettings: strict('ec2:GetAllowedImagesSettings', '', (_: object, caller) => {
      const { state, criteria: ImageCriteria } = settingsOf(world, caller);
      return { State: state, ImageCriteria, ManagedBy: 'account' };
    }),
    EnableAllowedImagesSettings: strict(
      'ec2:EnableAllowedImagesSettings',
      'AllowedImagesSettingsState',
      ({ AllowedImagesSettingsState: state = 'enabled' }: EnableAllowedImagesSettingsRequest, caller) => ({
        AllowedImagesSettingsState: change(caller, { state }).state,
      }),
    ),
    ReplaceImageCriteriaInAllowedImagesSettings: strict(
      'ec2:ReplaceImageCriteriaInAllowedImagesSettings',
      parameters,
      ({ ImageCriteria = [] }: ReplaceImageCriteriaInAllowedImagesSettingsRequest, caller) => {
        change(caller, { criteria: ImageCriteria });
        return { ReturnValue: true };
      },
    ),
  };
};

const day = 86_400_000;

/**
 * Whether the account's Allowed AMIs include an image; undefined if that setting is off. The account's own images are always
 * allowed.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-allowed-amis.html
 */
export function isAllowed(world: World, image: Image, caller: Caller): boolean | undefined {
  const { state, criteria: all } = settingsOf(world, caller);
  if (state === 'disabled') return undefined;
  return image.owner === caller.account || all.some((one) => matches(one, image, world.clock.now()));
}

/** Whether Allowed AMIs hide an image, so that it can neither be found nor launched. */
export const isHidden = (world: World, image: Image, caller: Caller): boolean =>
  settingsOf(world, caller).state === 'enabled' && isAllowed(world, image, caller) === false;

/** All that a criterion names must match: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImageCriterionRequest.html */
function matches(criterion: ImageCriterion, image: Image, now: number): boolean {
  const { ImageProviders, ImageNames, ImageWatermarks } = criterion;
  const { MaximumDaysSinceCreated } = criterion.CreationDateCondition ?? {};
  const { MaximumDaysSinceDeprecated } = criterion.DeprecationTimeCondition ?? {};
  const within = (days: number | undefined, since: number | undefined) =>
    days === undefined || since === undefined || now - since <= days * day;
  const isMark = (wanted: ImageWatermarkFilterResponse) => (mark: NonNullable<Image['watermarks']>[number]) =>
    (wanted.WatermarkKey === undefined || wildcard(wanted.WatermarkKey).test(mark.key)) &&
    (wanted.SourceImageRegion === undefined || wildcard(wanted.SourceImageRegion).test(mark.source.region)) &&
    within(wanted.MaximumDaysSinceSourceImageCreated, mark.source.createdAt) &&
    within(wanted.MaximumDaysSinceWatermarkCreated, mark.at);
  return (
    (!ImageProviders || ImageProviders.some((one) => one === image.owner || one === image.ownerAlias)) &&
    (!ImageNames || ImageNames.some((name) => wildcard(name).test(image.name))) &&
    (!ImageWatermarks || ImageWatermarks.some((wanted) => (image.watermarks ?? []).some(isMark(wanted)))) &&
    within(MaximumDaysSinceCreated, image.createdAt) &&
    within(MaximumDaysSinceDeprecated, image.deprecatedAt)
  );
}
