import type { Recipe } from '../recipe/types.ts';
import type { SourceImage } from './source.ts';

/** Whether EC2 imports the disk of the image from a file. */
export const isImported = ({ source }: Pick<Recipe, 'source'>): boolean => source.disk?.file !== undefined;

/** Bucket and key of such a file. */
export function placeOfFile(file: string): { bucket: string; key: string } {
  const [, , bucket = '', ...key] = file.split('/');
  return { bucket, key: key.join('/') };
}

/** Whether the image is registered from snapshots: because the recipe says so, or because its source is a disk. */
export const isRegistered = ({ image, source }: Pick<Recipe, 'image' | 'source'>): boolean =>
  image.register === true || source.disk !== undefined;

/**
 * Why an image cannot be registered from snapshots of what this source becomes. RegisterImage takes the billing code from the
 * snapshots, which need not have it: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html
 */
export function unregistrable({ ami, name, billing, windows }: SourceImage): string | undefined {
  if (!billing && !windows) return undefined;
  const codes = billing ? ` (${[billing.operation, ...billing.products].join(', ')})` : '';
  const billed = `${ami} "${name}" is billed as ${billing?.platform ?? 'Windows'}${codes}`;
  return `is true, and ${billed}. RegisterImage can lose that billing code; leave register out, since CreateImage keeps it`;
}
