import type { AttachImageWatermarkRequest, DetachImageWatermarkRequest } from '@aws-sdk/client-ec2';
import { ApiError, type Actions } from '../../calls/actions.ts';
import { refuseDryRun, required, strict } from '../../calls/strict.ts';
import type { World } from '../../state/world.ts';
import { ownImage } from './images.ts';
import { isPublic } from './sharing.ts';

const most = 5;

/**
 * Watermarks of AMIs: only the owner attaches them, only to AMIs that are not public, at most five. Nobody outside of AWS has seen
 * the error codes, so the simulator refuses with codes of its own choice, also a watermark that is there already.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachImageWatermark.html
 */
export const watermarkActions = (world: World): Actions => ({
  AttachImageWatermark: strict(
    'ec2:AttachImageWatermark',
    'DryRun ImageId WatermarkName',
    (input: AttachImageWatermarkRequest, caller) => {
      const image = ownImage(world.region(caller.region), caller, required(input.ImageId, 'ImageId'));
      const name = required(input.WatermarkName, 'WatermarkName');
      if (!/^[A-Za-z0-9()[\] ./'@_-]{3,128}$/.test(name))
        throw new ApiError('InvalidParameterValue', `Value (${name}) for parameter watermarkName is invalid.`);
      if (image.state !== 'available')
        throw new ApiError('InvalidAMIID.Unavailable', `The image ID '${image.id}' is ${image.state}`);
      if (isPublic(image)) throw new ApiError('OperationNotPermitted', 'Watermarks cannot be added to public AMIs.');
      const key = `${caller.account}:${name}`;
      const marks = image.watermarks ?? [];
      if (marks.some((one) => one.key === key))
        throw new ApiError('InvalidParameterValue', `The image ${image.id} carries the watermark ${key} already.`);
      if (marks.length >= most)
        throw new ApiError('ResourceLimitExceeded', `An image may carry at most ${most} watermarks.`);
      refuseDryRun(input);
      const source = { image: image.id, region: caller.region, createdAt: image.createdAt };
      image.watermarks = [...marks, { key, source, at: world.clock.now() }];
      return { WatermarkKey: key };
    },
  ),
  DetachImageWatermark: strict(
    'ec2:DetachImageWatermark',
    'ImageId WatermarkKey',
    (input: DetachImageWatermarkRequest, caller) => {
      const image = ownImage(world.region(caller.region), caller, required(input.ImageId, 'ImageId'));
      const key = required(input.WatermarkKey, 'WatermarkKey');
      image.watermarks = (image.watermarks ?? []).filter((one) => one.key !== key);
      return { Return: true };
    },
  ),
});
