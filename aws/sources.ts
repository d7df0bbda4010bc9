import { channelReferenceParameter } from '../core/channel.ts';
import type { Source } from '../core/recipe.ts';
import { expectedOwner, newest, trustSource, type SourceImage } from '../core/source.ts';
import type { Connection } from './connection.ts';
import { describeImage, findImages } from './images.ts';
import { readParameter } from './parameters.ts';

/**
 * The image that a recipe starts from, looked up with its owner and checked against it.
 * @throws SourceNotFound, SourceNotTrusted
 */
export async function findSource(aws: Connection, source: Source, account: string, now: Date): Promise<SourceImage> {
  const owner = expectedOwner(source, account);
  if (source.filter) {
    const found = newest(await findImages(aws, owner, source.filter), now);
    return trustSource(found, owner, `name ${source.filter.name}`, aws.region);
  }
  const parameter = source.channel ? channelReferenceParameter(source.channel) : source.parameter;
  const ami = parameter ? await readParameter(aws, aws.region, parameter) : source.ami;
  const found = ami ? await describeImage(aws, aws.region, ami) : undefined;
  return trustSource(found, owner, [parameter, ami].filter(Boolean).join(' = '), aws.region);
}
