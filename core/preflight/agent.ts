import type { Recipe } from '../recipe/types.ts';
import type { Problem } from '../recipe/recipe.ts';

/**
 * Vendors whose images do not have the SSM agent. It is on Amazon's images of Amazon Linux, Ubuntu, SUSE, macOS and Windows:
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/ami-preinstalled-agent.html
 * The ids are the vendors' own: https://wiki.debian.org/Cloud/AmazonEC2Image, https://access.redhat.com/solutions/15356,
 * https://rockylinux.org/cloud-images, https://wiki.almalinux.org/cloud/AWS.html, https://www.centos.org/download/aws-images
 */
const withoutAgent: Record<string, string> = {
  '136693071363': 'Debian',
  '309956199498': 'Red Hat',
  '792107900819': 'Rocky Linux',
  '764336703387': 'AlmaLinux',
  '125523088429': 'CentOS and Fedora',
};

/** The vendor of an image without the SSM agent, if recipe or image name one. */
function vendorOf({ source }: Pick<Recipe, 'source'>, owner: string | undefined): string | undefined {
  if (source.parameter?.startsWith('/aws/service/debian/')) return 'Debian';
  return withoutAgent[owner ?? source.owner ?? ''];
}

/**
 * A note if the base image most likely lacks the SSM agent, since the pipeline reaches a builder only through the agent. `owner`
 * is the image's owner, once it is known.
 */
export function agentNotes(recipe: Pick<Recipe, 'source' | 'builder'>, image?: { owner: string }): Problem[] {
  const vendor = vendorOf(recipe, image?.owner);
  if (vendor === undefined || recipe.builder.installAgent) return [];
  const message = `images of ${vendor} come without the SSM agent, and without the agent the pipeline cannot reach the builder; set builder.installAgent: true, unless this image has the agent`;
  return [{ path: ['source'], message }];
}
