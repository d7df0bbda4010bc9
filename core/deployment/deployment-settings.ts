import * as z from 'zod/mini';
import type { Catalog, Recipe } from '../recipe/types.ts';

/** A list of allowed values, or any value. */
const bound = z.union([z.literal('any'), z.array(z.string())]);

/**
 * The settings that the stack passes to its functions, as one JSON object in the environment variable GOLDEN_SETTINGS.
 * infrastructure/settings/function-settings.ts writes the variable from the parameters of the deployment.
 */
const settings = z.strictObject({
  /** SSM path that contains the deployment's channels: `<channelRoot>/<recipe>/<channel>`. */
  channelRoot: z._default(z.string().check(z.regex(/^(\/[\w.-]+)+$/)), '/golden'),
  /** Instance profile of builder and candidate where the recipe names none. */
  instanceProfile: z._default(z.string(), 'golden-image-builder'),
  /** Subnets where the recipe names none. An empty list means the default VPC. */
  subnets: z._default(z.array(z.string()), []),
  /** Security groups where the recipe names none. An empty list means the default group of the VPC. */
  securityGroups: z._default(z.array(z.string()), []),
  /** Whether schedules, newer source images and published parents start builds. */
  automaticBuilds: z._default(z.boolean(), false),
  /** Whether a start may bring its own recipe document, or change the image that a deployed recipe makes. */
  inlineRecipes: z._default(z.boolean(), false),
  /** Accounts (by id), organizations and organizational units (by ARN) that may receive images. */
  shareWith: z._default(bound, []),
  /** Regions that may receive images, besides the home region. */
  regions: z._default(bound, 'any'),
  /** Instance profiles that recipes may name, besides `instanceProfile`. */
  instanceProfiles: z._default(bound, []),
  /** Secrets that builders of every recipe may read: names of parameters and, after `secret:`, of Secrets Manager, with * and ?. */
  builderSecrets: z._default(z.array(z.string()), []),
  /** Instance profile by recipe: of the builders of deployed recipes whose steps have secrets. */
  secretProfiles: z._default(z.record(z.string(), z.string()), {}),
  /** SSM documents that steps may name. A name that ends in a star matches all names that begin like it. */
  documents: z._default(bound, ['AWS-*', 'AmazonCloudWatch-*']),
  /** Accounts whose KMS keys may encrypt images, besides the pipeline's own. */
  kmsAccounts: z._default(bound, []),
  /** Whether recipes may name the example accounts of documentation. Only a simulated deployment allows them. */
  documentationIds: z._default(z.enum(['refused', 'allowed']), 'refused'),
});

export type DeploymentSettings = z.infer<typeof settings>;

/** Settings of a deployment that sets nothing. */
export const defaultSettings: DeploymentSettings = settings.parse({});

/**
 * Reads GOLDEN_SETTINGS.
 * @throws Error naming every wrong key: a deployment with unreadable settings must not build anything.
 */
export function parseSettings(text: string | undefined): DeploymentSettings {
  if (!text) return defaultSettings;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`GOLDEN_SETTINGS is not JSON: ${(error as Error).message}. Deploy again.`, { cause: error });
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

/** A recipe that leaves nothing to the deployment's defaults. */
export type DeployedRecipe = Recipe & { builder: { instanceProfile: string } };

/** What a deployment fills in where the recipe leaves it out. */
type FilledIn = Pick<DeploymentSettings, 'instanceProfile' | 'subnets' | 'securityGroups'>;

/**
 * The recipe, with the deployment's instance profile, subnets and security groups where it names none, and with the text of its
 * user data if that is in a file.
 */
export function asDeployed(recipe: Recipe, settings: FilledIn, scripts: Catalog['scripts'] = {}): DeployedRecipe {
  const { builder } = recipe;
  const userData = scripts[builder.userDataFile ?? ''];
  return {
    ...recipe,
    builder: {
      ...builder,
      instanceProfile: builder.instanceProfile ?? settings.instanceProfile,
      subnets: builder.subnets.length > 0 ? builder.subnets : settings.subnets,
      securityGroups: builder.securityGroups.length > 0 ? builder.securityGroups : settings.securityGroups,
      ...(userData !== undefined && { userData }),
    },
  };
}
