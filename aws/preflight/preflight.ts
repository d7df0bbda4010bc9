import { Failure } from '../../core/errors.ts';
import type { Facts } from '../../core/preflight/facts.ts';
import { findingsOf } from '../../core/preflight/findings.ts';
import { formatProblems, refuse, type Problem, type Recipe } from '../../core/recipe.ts';
import type { SourceImage } from '../../core/source.ts';
import type { Connection } from '../connection.ts';
import { findSource } from '../sources.ts';
import { lookAtEncryption, withKeys } from './encryption.ts';
import { describeInstanceTypes } from './instance-types.ts';
import { lookAtNetwork, networkPermissions } from './network.ts';
import { describeRegions } from './regions.ts';
import { look } from './seen.ts';

/** What findSource and the looks call. */
export const preflightPermissions = [
  'ssm:GetParameter',
  'ec2:DescribeImages',
  'ec2:DescribeInstanceTypes',
  'ec2:DescribeRegions',
  ...networkPermissions,
  'ec2:DescribeSnapshots',
  'ec2:GetEbsDefaultKmsKeyId',
  'ec2:GetEbsEncryptionByDefault',
  'kms:DescribeKey',
];

const untrusted = (error: unknown): Failure => {
  if (error instanceof Failure && (error.name === 'SourceNotFound' || error.name === 'SourceNotTrusted')) return error;
  throw error;
};

/** Collects the facts that the decisions of core/preflight need. Only reads. */
async function lookAt(
  aws: Connection,
  recipe: Recipe,
): Promise<Omit<Facts, 'source' | 'region' | 'account' | 'encryption'>> {
  const [regions, instanceTypes, network] = await Promise.all([
    look(() => describeRegions(aws)),
    look(() => describeInstanceTypes(aws, recipe.builder.instanceTypes)),
    lookAtNetwork(aws, recipe),
  ]);
  return { regions, instanceTypes, network };
}

/**
 * Looks at everything that would make a build of the recipe fail, without making anything.
 * @returns the source image, and what the user is to know though the build goes on.
 * @throws RecipeInvalid, SourceNotFound or SourceNotTrusted with all problems; AwsTransient
 */
export async function preflight(
  aws: Connection,
  recipe: Recipe,
  { account, now }: { account: string; now: Date },
): Promise<{ source: SourceImage; notes: Problem[] }> {
  const [source, seen] = await Promise.all([
    findSource(aws, recipe.source, account, now)
      .then((found) => withKeys(aws, found, account))
      .catch(untrusted),
    lookAt(aws, recipe),
  ]);
  const known = source instanceof Failure ? {} : { source };
  const encryption = await lookAtEncryption(aws, recipe, known.source);
  const { problems, notes } = findingsOf(recipe, { region: aws.region, account, ...known, ...seen, encryption });
  if (source instanceof Failure) {
    const others = problems.length > 0 ? `\nAlso wrong:\n${formatProblems(problems, () => undefined)}` : '';
    throw new Failure(source.name, `${source.message}${others}`, { cause: source });
  }
  if (problems.length > 0) return refuse(problems);
  return { source, notes };
}
