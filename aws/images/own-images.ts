import type { AmiDescription } from '../../core/launch/source.ts';
import type { Connection } from '../connection.ts';
import { describeImages } from './images.ts';

// AWS's limit for the values of a filter.
const mostValues = 200;

/** AMIs of this account by id, disabled ones too. An unknown id gives no AMI, where EC2 would refuse ImageIds altogether. */
export async function ownImagesById(aws: Connection, region: string, ids: string[]): Promise<AmiDescription[]> {
  const found: AmiDescription[] = [];
  for (let from = 0; from < ids.length; from += mostValues) {
    const Filters = [{ Name: 'image-id', Values: ids.slice(from, from + mostValues) }];
    const input = { Owners: ['self'], Filters, IncludeDisabled: true, MaxResults: 1000 };
    found.push(...(await describeImages(aws, region, 'published images', input)));
  }
  return found;
}

/** Every AMI of this account in a region, disabled ones too. */
export const findAllOwnImages = (aws: Connection, region: string): Promise<AmiDescription[]> =>
  describeImages(aws, region, 'all of our own', { Owners: ['self'], IncludeDisabled: true, MaxResults: 1000 });

/** AMIs of this account by name. */
export const findOwnImages = (aws: Connection, region: string, name: string): Promise<AmiDescription[]> =>
  describeImages(aws, region, name, {
    Owners: ['self'],
    Filters: [{ Name: 'name', Values: [name] }],
    MaxResults: 1000,
  });
