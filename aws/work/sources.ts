import { channelReferenceParameter } from '../../core/distribute/channel.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import { architectureOf } from '../../core/recipe/rules/architecture.ts';
import { expectedOwner, trustSource, type AmiDescription, type SourceImage } from '../../core/launch/source.ts';
import { newest, startable } from '../../core/launch/source-choice.ts';
import type { Connection } from '../connection.ts';
import { describeImage, findImages } from '../images/images.ts';
import { readParameter } from '../parameters.ts';
import { describeInstanceTypes } from '../preflight/instance-types.ts';
import { look } from '../preflight/seen.ts';

/** The actions that findSource calls. For a disk it also calls ec2:DescribeSnapshots or s3:ListBucket, and nothing but Resolve and a plan asks for one. */
export const sourcePermissions = ['ssm:GetParameter', 'ec2:DescribeImages', 'ec2:DescribeInstanceTypes'];

/** Architectures of the builder as EC2 reports them, or by the name of the type if EC2 refuses the look. */
async function architecturesOf(aws: Connection, [first = '']: string[]): Promise<string[]> {
  const { found } = await look(() => describeInstanceTypes(aws, [first]));
  return found?.[0]?.architectures ?? [architectureOf(first) ?? ''];
}

/** The images that a filter finds, of the builder's architecture. Deprecated images count only if there are no others. */
async function filtered(
  aws: Connection,
  owner: string,
  filter: NonNullable<Recipe['source']['filter']>,
  instanceTypes: string[],
): Promise<AmiDescription[]> {
  const current = await findImages(aws, owner, filter);
  const images = current.length > 0 ? current : await findImages(aws, owner, filter, { deprecatedToo: true });
  if (new Set(images.map(({ architecture }) => architecture)).size < 2) return images;
  return startable(images, await architecturesOf(aws, instanceTypes));
}

/**
 * The image that a recipe starts from, looked up with its owner and checked against it.
 * @throws SourceNotFound, SourceNotTrusted
 */
export async function findSource(
  aws: Connection,
  { source, builder }: Pick<Recipe, 'source' | 'builder'>,
  { account, now, channelRoot }: { account: string; now: Date; channelRoot: string },
): Promise<SourceImage> {
  const owner = expectedOwner(source, account);
  // Loaded only for a recipe whose source is a disk.
  if (source.disk)
    return (await import('../registering/disk-source.ts')).diskSource(aws, source.disk, { owner, account });
  if (source.filter) {
    const found = newest(await filtered(aws, owner, source.filter, builder.instanceTypes), now);
    return trustSource(found, owner, `name ${source.filter.name}`, aws.region);
  }
  const parameter = source.channel ? channelReferenceParameter(channelRoot, source.channel) : source.parameter;
  const ami = parameter ? await readParameter(aws, aws.region, parameter) : source.ami;
  const found = ami ? await describeImage(aws, aws.region, ami) : undefined;
  return trustSource(found, owner, [parameter, ami].filter(Boolean).join(' = '), aws.region);
}
