import type { DisableImageDeprecationRequest, EnableImageDeprecationRequest } from '@aws-sdk/client-ec2';
import { ApiError, type Actions } from '../../calls/actions.ts';
import { required, strict } from '../../calls/strict.ts';
import type { Image } from '../../state/images.ts';
import type { World } from '../../state/world.ts';
import { ownImage } from '../images/images.ts';
import { isPublic } from '../images/sharing.ts';

const minute = 60_000;

function years(from: number, count: number): number {
  const date = new Date(from);
  date.setUTCFullYear(date.getUTCFullYear() + count);
  return date.getTime();
}

/**
 * EC2 hides a deprecated AMI from the listings of accounts that do not own it. Accounts that know the id can still launch it.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableImageDeprecation.html has the limits of the date, and that EC2
 * rounds it to the minute. The codes of the refusals and EC2's answer for an AMI that is not available are not documented, so
 * the simulator refuses.
 */
export const deprecationActions = (world: World): Actions => ({
  EnableImageDeprecation: strict(
    'ec2:EnableImageDeprecation',
    'ImageId DeprecateAt',
    (input: EnableImageDeprecationRequest, caller) => {
      const image = availableOne(ownImage(world.region(caller.region), caller, required(input.ImageId, 'ImageId')));
      const at = Math.round(required(input.DeprecateAt, 'DeprecateAt').getTime() / minute) * minute;
      const now = world.clock.now();
      const latest = isPublic(image) ? years(image.createdAt, 2) : years(now, 10);
      if (at < now || at > latest)
        throw new ApiError(
          'InvalidParameterValue',
          `Value (${new Date(at).toISOString()}) for parameter DeprecateAt is invalid. It must be between now and ${new Date(latest).toISOString()}.`,
        );
      image.deprecatedAt = at;
      return { Return: true };
    },
  ),
  DisableImageDeprecation: strict(
    'ec2:DisableImageDeprecation',
    'ImageId',
    (input: DisableImageDeprecationRequest, caller) => {
      const image = availableOne(ownImage(world.region(caller.region), caller, required(input.ImageId, 'ImageId')));
      image.deprecatedAt = undefined;
      return { Return: true };
    },
  ),
});

function availableOne(image: Image): Image {
  if (image.state === 'available') return image;
  throw new ApiError('InvalidAMIID.Unavailable', `The image ID '${image.id}' is ${image.state}, not available`);
}
