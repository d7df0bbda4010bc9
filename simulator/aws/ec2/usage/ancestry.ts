import type { GetImageAncestryRequest } from '@aws-sdk/client-ec2';
import type { Actions } from '../../calls/actions.ts';
import { refuseDryRun, required, strict } from '../../calls/strict.ts';
import { partitionIn } from '../../partition.ts';
import type { Image } from '../../state/images.ts';
import type { World } from '../../state/world.ts';
import { imageById } from '../images/images.ts';

const longest = 50;

/**
 * The line of an AMI back to its first one. AMIs that are gone are in it, and AMIs that the caller may not use. It ends at a public
 * AMI of a verified provider, at an AMI without a recorded source, at another partition, or after 50 AMIs.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-ancestry.html
 */
export const ancestryActions = (world: World): Actions => ({
  GetImageAncestry: strict('ec2:GetImageAncestry', 'ImageId DryRun', (input: GetImageAncestryRequest, caller) => {
    const first = imageById(world.region(caller.region), caller, required(input.ImageId, 'ImageId'));
    refuseDryRun(input);
    const entries = [];
    let [image, region]: [Image | undefined, string] = [first, caller.region];
    while (image && entries.length < longest) {
      const { sourceImage, sourceRegion = region } = image as Image;
      const isRoot: boolean =
        image.ownerAlias !== undefined || partitionIn(sourceRegion) !== partitionIn(caller.region);
      const source: string | undefined = isRoot ? undefined : sourceImage;
      entries.push({
        ImageId: image.id,
        CreationDate: new Date(image.createdAt),
        ImageOwnerAlias: image.ownerAlias,
        SourceImageId: source,
        SourceImageRegion: source === undefined ? undefined : sourceRegion,
      });
      [image, region] = [
        source === undefined ? undefined : world.region(sourceRegion).images.get(source),
        sourceRegion,
      ];
    }
    return { ImageAncestryEntries: entries };
  }),
});
