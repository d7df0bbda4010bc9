import * as z from 'zod/mini';
import type { Recipe } from '../recipe/recipe.ts';

/** A list, or any: no bound at all. */
const bound = z.union([z.literal('any'), z.array(z.string())]);

/**
 * What the stack tells its functions of the deployment they belong to, as one JSON object in the environment variable
 * GOLDEN_SETTINGS. infrastructure/settings.cjs writes the variable out of the parameters of the deployment.
 */
const settings = z.strictObject({
  /** SSM path below which the deployment's channels are: `<channelRoot>/<recipe>/<channel>`. */
  channelRoot: z._default(z.string().check(z.regex(/^(\/[\w.-]+)+$/)), '/golden'),
  /** Instance profile of builder and candidate where the recipe names none. */
  instanceProfile: z._default(z.string(), 'golden-image-builder'),
  /** Subnets where the recipe names none. An empty list stands for the default VPC. */
  subnets: z._default(z.array(z.string()), []),
  /** Security groups where the recipe names none. An empty list stands for the default group of the VPC. */
  securityGroups: z._default(z.array(z.string()), []),
  /** Whether schedules, newer source images and published parents start builds. */
  automaticBuilds: z._default(z.boolean(), false),
  /** Whether a start may bring a recipe document of its own, or change what a deployed recipe makes. */
  inlineRecipes: z._default(z.boolean(), false),
  /** Accounts by id, organizations and organizational units by ARN, that images may go to. */
  shareWith: z._default(bound, []),
  /** Regions that images may go to beside the home region. */
  regions: z._default(bound, 'any'),
  /** Instance profiles that recipes may name beside `instanceProfile`. */
  instanceProfiles: z._default(bound, []),
  /** SSM documents that steps may name. A name that ends in a star stands for all that begin so. */
  documents: z._default(bound, ['AWS-*', 'AmazonCloudWatch-*']),
  /** Accounts beside the pipeline's own whose KMS keys may encrypt images. */
  kmsAccounts: z._default(bound, []),
  /** Whether recipes may name accounts that stand in documentation. Only a simulated deployment allows them. */
  documentationIds: z._default(z.enum(['refused', 'allowed']), 'refused'),
});

export type DeploymentSettings = z.infer<typeof settings>;

/** Settings of a deployment that says nothing. */
export const defaultSettings: DeploymentSettings = settings.parse({});

/**
 * Reads GOLDEN_SETTINGS.
 * @throws Error naming every wrong key: a deployment whose settings cannot be read must not build anything.
 */
export function parseSettings(text: string | undefined): DeploymentSettings {
  if (!text) return defaultSettings;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`GOLDEN_SETTINGS is no JSON: ${(error as Error).message}. Deploy again.`, { cause: error });
  }
  const parsed = settings.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `no such key: ${issue.keys.join(', ')}`
      : `${issue.path.join('.')}: ${issue.code}`,
  );
  throw new Error(`GOLDEN_SETTINGS is not what this version reads: ${problems.join('; ')}. Deploy again.`);
}

/** A recipe that leaves nothing to the deployment. */
export type DeployedRecipe = Recipe & { builder: { instanceProfile: string } };

/** What a deployment fills in where the recipe leaves it out. */
type FilledIn = Pick<DeploymentSettings, 'instanceProfile' | 'subnets' | 'securityGroups'>;

/** The recipe with the deployment's instance profile, subnets and security groups where it names none of its own. */
export function asDeployed(recipe: Recipe, settings: FilledIn): DeployedRecipe {
  const { builder } = recipe;
  return {
    ...recipe,
    builder: {
      ...builder,
      instanceProfile: builder.instanceProfile ?? settings.instanceProfile,
      subnets: builder.subnets.length > 0 ? builder.subnets : settings.subnets,
      securityGroups: builder.securityGroups.length > 0 ? builder.securityGroups : settings.securityGroups,
    },
  };
}
