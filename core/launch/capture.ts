import type { Recipe } from '../recipe/types.ts';

/**
 * Whether the builder runs until EC2 makes its image: because the recipe captures it running, or because it may be a Spot
 * Instance. EC2 cannot stop one of a one-time request, but CreateImage can reboot it, and then takes the disks at rest:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/stop-start-spot-instances.html
 */
export const runsUntilCapture = ({ builder, image }: Pick<Recipe, 'builder' | 'image'>): boolean =>
  image.capture === 'running' || builder.spot === true;
