import type { DisableImageRequest, EnableImageRequest } from '@aws-sdk/client-ec2';
import { ApiError, type Actions, type Caller } from '../../calls/actions.ts';
import { strict } from '../../calls/strict.ts';
import { imageStateChange } from '../../events/events.ts';
import type { Image } from '../../state/images.ts';
import type { World } from '../../state/world.ts';
import { ownImage } from '../images/images.ts';

/**
 * A disabled AMI loses its launch permissions, and EnableImage does not give them back:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/disable-an-ami.html
 * EC2 does not document its answer for an AMI that is in another state, so the simulator refuses.
 */
export const disablingActions = (world: World): Actions => ({
  DisableImage: strict('ec2:DisableImage', 'ImageId', (input: DisableImageRequest, caller) => {
    const image = imageInState(world, caller, input.ImageId, 'available');
    image.state = 'disabled';
    image.permissions = [];
    world.emit(imageStateChange(caller.region, image));
    return { Return: true };
  }),
  EnableImage: strict('ec2:EnableImage', 'ImageId', (input: EnableImageRequest, caller) => {
    const image = imageInState(world, caller, input.ImageId, 'disabled');
    image.state = 'available';
    world.emit(imageStateChange(caller.region, image));
    return { Return: true };
  }),
});

function imageInState(world: World, caller: Caller, id: string | undefined, state: Image['state']): Image {
  const image = ownImage(world.region(caller.region), caller, id ?? '');
  if (image.state === state) return image;
  throw new ApiError('InvalidAMIID.Unavailable', `The image ID '${image.id}' is ${image.state}, not ${state}`);
}
