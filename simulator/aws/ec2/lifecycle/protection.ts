import type {
  DisableImageDeregistrationProtectionRequest,
  EnableImageDeregistrationProtectionRequest,
} from '@aws-sdk/client-ec2';
import { ApiError, type Actions } from '../../calls/actions.ts';
import { required, strict } from '../../calls/strict.ts';
import type { Image } from '../../state/images.ts';
import type { World } from '../../state/world.ts';
import { protectionOf } from '../images/describe-image.ts';
import { ownImage } from '../images/images.ts';

const cooldown = 24 * 3_600_000;

/**
 * EC2 refuses to deregister a protected AMI, even after the protection was disabled, for 24 hours if there is a cooldown.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-deregistration-protection.html
 */
export const protectionActions = (world: World): Actions => ({
  EnableImageDeregistrationProtection: strict(
    'ec2:EnableImageDeregistrationProtection',
    'ImageId WithCooldown',
    (input: EnableImageDeregistrationProtectionRequest, caller) => {
      const image = ownImage(world.region(caller.region), caller, required(input.ImageId, 'ImageId'));
      image.protection = { cooldown: input.WithCooldown ?? false };
      return { Return: protectionOf(image) };
    },
  ),
  DisableImageDeregistrationProtection: strict(
    'ec2:DisableImageDeregistrationProtection',
    'ImageId',
    (input: DisableImageDeregistrationProtectionRequest, caller) => {
      const image = ownImage(world.region(caller.region), caller, required(input.ImageId, 'ImageId'));
      const { protection } = image;
      if (protection?.until === undefined)
        image.protection = protection?.cooldown ? { cooldown: true, until: world.clock.now() + cooldown } : undefined;
      return { Return: protectionOf(image) };
    },
  ),
});

/** AWS documents no code for this refusal. */
export function refuseProtected(world: World, { id, protection }: Image): void {
  if (!protection || (protection.until !== undefined && protection.until <= world.clock.now())) return;
  const since = protection.until === undefined ? '' : ' until its cooldown period ends';
  throw new ApiError('OperationNotPermitted', `The image ${id} is protected from deregistration${since}.`);
}
