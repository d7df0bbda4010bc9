import type { Replaced } from '../../core/distribute/channel-owner.ts';
import { Failure, lastingFailure } from '../../core/errors.ts';
import type { Facts, FoundNetwork } from '../../core/preflight/facts.ts';
import { atTags } from '../../core/launch/tagged-network.ts';
import { findingsOf } from '../../core/preflight/findings.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import { formatProblems, refuse, type Problem } from '../../core/recipe/problems.ts';
import type { SourceImage } from '../../core/launch/source.ts';
import type { Connection } from '../connection.ts';
import { findSource, sourcePermissions } from '../work/sources.ts';
import { allowedImagesState } from './allowed-images.ts';
import { lookAtChannel } from './channel.ts';
import { lookAtEncryption, withKeys } from './encryption.ts';
import { lookAtHost } from './host.ts';
import { lookAtKeyPair } from '../instances/key-pair.ts';
import { lateLooks } from './late-looks.ts';
import { describeInstanceTypes } from './instance-types.ts';
import { findByTags, lookAtNetwork, networkPermissions } from './network.ts';
import { describeRegions } from './regions.ts';
import { lookAtPublicAccess } from './public-access.ts';
import { look } from './seen.ts';
import { lookAtTemplates } from './templates.ts';

/** The actions that only looks call. If AWS refuses one of these actions, the build notes it and goes on. */
export const lookPermissions = [
  'ec2:DescribeInstanceTypes',
  'ec2:DescribeRegions',
  'ec2:DescribeHosts',
  'ec2:DescribeKeyPairs',
  'ec2:GetAllowedImagesSettings',
  ...networkPermissions,
  'ec2:DescribeLaunchTemplates',
  'ec2:DescribeSnapshots',
  'ec2:GetEbsDefaultKmsKeyId',
  'ec2:GetEbsEncryptionByDefault',
  'kms:GetKeyPolicy',
  'ec2:GetImageBlockPublicAccessState',
  'ssm:DescribeParameters',
  'secretsmanager:DescribeSecret',
];

/** What findSource and the looks call. An alias in the recipe cannot be judged without kms:DescribeKey. */
export const preflightPermissions = [
  ...new Set([...sourcePermissions, ...lookPermissions, 'kms:DescribeKey', 'sts:AssumeRole']),
];

/**
 * The source, or its failure, which is reported together with all problems. If Allowed AMIs is enabled, it hides images as if
 * they did not exist: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-allowed-amis.html
 */
async function sourceOf(
  aws: Connection,
  recipe: Recipe,
  at: { account: string; now: Date; channelRoot: string },
): Promise<SourceImage | Failure> {
  try {
    return await withKeys(aws, await findSource(aws, recipe, at), at.account);
  } catch (error) {
    const failure = lastingFailure(error);
    if (failure.name !== 'SourceNotFound') return failure;
    const { found: state } = await look(() => allowedImagesState(aws));
    if (state !== 'enabled') return failure;
    const hint = `The account's Allowed AMIs are enabled in ${aws.region} and may hide the image; add its owner to them`;
    return new Failure(failure.name, `${failure.message}. ${hint}`, { cause: failure });
  }
}

type Looked = Pick<Facts, 'regions' | 'instanceTypes' | 'network' | 'publicAccess' | 'host' | 'keyPair'>;

/** Collects the facts for the decisions of core/preflight. It only reads. */
async function lookAt(aws: Connection, recipe: Recipe, deploymentGroups: string[]): Promise<Looked> {
  const [regions, instanceTypes, network, publicAccess, host, keyPair] = await Promise.all([
    look(() => describeRegions(aws)),
    look(() => describeInstanceTypes(aws, recipe.builder.instanceTypes)),
    lookAtNetwork(aws, recipe, deploymentGroups),
    lookAtPublicAccess(aws, recipe),
    lookAtHost(aws, recipe),
    lookAtKeyPair(aws, recipe),
  ]);
  return { regions, instanceTypes, network, publicAccess, ...host, ...keyPair };
}

/** Where and when a build of a recipe would run, and what its deployment fills in. */
export interface PreflightSetting {
  account: string;
  now: Date;
  channelRoot: string;
  deployment: string;
  scripts: Record<string, string>;
  securityGroups: string[];
  replaces?: Replaced | undefined;
}

/** What a preflight finds. The source is a Failure where the image was not found or is not trusted. */
export interface Foreseen {
  source: SourceImage | Failure;
  problems: Problem[];
  notes: Problem[];
  facts: Facts;
  /** The subnets and groups that the recipe names by tags. */
  network: Omit<FoundNetwork, 'problems'>;
}

/** Looks for everything that would make a build of the recipe fail, without making anything. @throws AwsTransient */
export async function foresee(
  aws: Connection,
  given: Recipe,
  { account, now, channelRoot, deployment, scripts, securityGroups: deploymentGroups, replaces }: PreflightSetting,
): Promise<Foreseen> {
  const { problems: unfound, ...network } = await findByTags(aws, given);
  const recipe = { ...given, builder: { ...given.builder, ...network } };
  const [source, seen, channel, templates, late] = await Promise.all([
    sourceOf(aws, recipe, { account, now, channelRoot }),
    lookAt(aws, recipe, deploymentGroups),
    lookAtChannel(aws, recipe, { channelRoot, deployment, replaces }),
    lookAtTemplates(aws, recipe),
    lateLooks(aws, recipe, account),
  ]);
  const known = source instanceof Failure ? {} : { source };
  const encryption = await lookAtEncryption(aws, recipe, known.source);
  const here = { region: aws.region, account, now, scripts, deploymentGroups };
  const facts = { ...here, ...known, ...seen, ...channel, ...templates, ...late, encryption };
  return { source, ...atTags(findingsOf(recipe, facts), unfound, recipe.builder), facts, network };
}

/**
 * Refuses a build of the recipe that would fail, before anything is made.
 * @returns the source image, and warnings that do not stop the build.
 * @throws RecipeInvalid, SourceNotFound or SourceNotTrusted with all problems; AwsTransient
 */
export async function preflight(
  aws: Connection,
  recipe: Recipe,
  setting: PreflightSetting,
): Promise<Pick<Foreseen, 'notes' | 'network'> & { source: SourceImage }> {
  const { source, problems, notes, network } = await foresee(aws, recipe, setting);
  if (source instanceof Failure) {
    const others = problems.length > 0 ? `\nAlso wrong:\n${formatProblems(problems, () => undefined)}` : '';
    throw new Failure(source.name, `${source.message}${others}`, { cause: source });
  }
  if (problems.length > 0) return refuse(problems);
  return { source, notes, network };
}
