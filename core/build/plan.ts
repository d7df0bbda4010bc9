import { imageName, placeOfArn, type ExecutionReference, type OfVariant } from './identity.ts';
import type { Origin } from '../deployment/catalog-origin.ts';
import { channelParameter } from '../distribute/channel.ts';
import type { CopyTimes } from '../copying/race.ts';
import { deploymentName, type Replaced } from '../distribute/channel-owner.ts';
import type { Addition, WithAdded } from '../addition/addition.ts';
import type { FailedStep } from '../guest/steps/attempts.ts';
import { skippedSteps, type SkippedStep } from '../guest/steps/applicable-steps.ts';
import { checkCommands, provisionCommands, type Command } from '../guest/command.ts';
import { contentDigest, recipeDigest, writtenDigest } from './content-digest.ts';
import { asDeployed, type DeployedRecipe, type DeploymentSettings } from '../deployment/deployment-settings.ts';
import type { RecipeReading } from '../recipe/parameters/recipe-reading.ts';
import type { ParameterValue } from '../recipe/parameters/values.ts';
import { secretsOfRecipe } from '../recipe/steps/secrets.ts';
import type { Catalog, Recipe } from '../recipe/types.ts';
import { buildFactsOf } from '../recipe/parameters/build-facts.ts';
import { withNamedDisks } from '../recipe/builder/volume-names.ts';
import type { SourceImage } from '../launch/source.ts';
import type { BuildIdentity } from '../tags.ts';
import type { Trigger } from '../start/trigger.ts';
import type { UsualSeconds } from './usual-seconds.ts';

/** Everything a build will do. Resolve decides it once and keeps it in the bucket; states pass on only its identity. */
export interface Plan extends BuildIdentity, WithAdded, OfVariant {
  schema: 1;
  /** The pipeline's own region and account: builder, candidate and first AMI live there. */
  region: string;
  account: string;
  execution: string;
  /** The deployment that makes the image: service, stage and region. Absent in plans of earlier versions. */
  deployment?: string;
  startedAt: string;
  /** When an undone build was started again from its kept image. EC2's tokens contain it, so that old ones return nothing removed. */
  resumedAt?: string;
  /** The executions that went on with it then, in their order. Absent where there are none, and in plans of earlier versions. */
  resumedBy?: string[];
  /** No candidate could be launched to judge the image, so a failed build keeps it. */
  unjudged?: boolean;
  /** Name of the image wherever its target names no other. */
  image: string;
  /** The recipe, with the deployment's defaults, the values of parameters and the facts of this build filled in. */
  document: DeployedRecipe;
  /** The values that the build has for the recipe's parameters. Absent for a recipe without any. */
  parameters?: Record<string, ParameterValue>;
  /** SSM parameter of the channel that the image is published to. Absent for a recipe without one. */
  channel?: string;
  source: SourceImage;
  /** Digest of the image's content: see contentDigest. */
  digest: string;
  /** The same digest without the source image. */
  recipeDigest: string;
  /** Digest of the whole recipe as written: see writtenDigest. Absent in plans of earlier versions. */
  written?: string;
  /** Absent where a person started the build. */
  trigger?: Trigger;
  /** `start` where the image differs from the deployed recipe's image. Absent where it is the same. */
  origin?: 'start';
  /** Instance profile of the builder alone, which may read the secrets of its steps. Absent: that of builder and candidate. */
  secretsProfile?: string;
  provision: Command[];
  checks: Command[];
  /** Steps and checks that do not apply to the source image. Absent where all do. */
  skipped?: SkippedStep[];
  /** How long the waits of the recipe's newest published build took. Absent where there is none. */
  usual?: Partial<UsualSeconds>;
  /** How long the copies of earlier builds took. Absent where none is known. */
  copyTimes?: CopyTimes;
  /** The recipe's newest published build when this one was planned. Absent where there is none. */
  replaces?: Replaced;
  /** Regions whose events come to the pipeline. Absent where none has a stack. */
  told?: string[];
  /** Targets that the published build gets later. `adds`: this plan is that of the execution that adds them: see planOfExecution. */
  addition?: Addition;
  adds?: Addition;
  /** Steps that failed and after which the build went on. Only a plan has them that CleanUp or RecordFailure has read. */
  failedSteps?: FailedStep[];
  /** Notes for the user that do not stop the build. Absent where there are none. */
  notes?: string[];
}

interface PlanParts {
  identity: BuildIdentity & OfVariant;
  execution: ExecutionReference;
  recipe: Recipe;
  /** Absent where the recipe has neither parameters nor facts. */
  reading?: RecipeReading;
  source: SourceImage;
  catalog: Pick<Catalog, 'scripts' | 'version'>;
  trigger?: Trigger | undefined;
  /** Service and stage. */
  deployment: string;
  settings: DeploymentSettings;
  /** The subnets and groups that the recipe names by tags. */
  network?: Pick<Partial<DeploymentSettings>, 'subnets' | 'securityGroups'>;
  origin?: Origin;
  notes?: string[];
}

export function planBuild({
  identity,
  execution,
  recipe,
  reading,
  source,
  catalog,
  trigger,
  deployment,
  settings,
  network,
  origin,
  notes = [],
}: PlanParts): Plan {
  const { scripts, version: pipelineVersion } = catalog;
  const parameters = reading?.values ?? {};
  const facts = buildFactsOf(identity.build, execution.startedAt, source.ami);
  const built = reading?.needsFacts ? reading.again({ parameters, facts }) : recipe;
  const on = withNamedDisks(built, source);
  const skipped = skippedSteps(recipe, source);
  const hasSecrets = recipe.builder.instanceProfile === undefined && secretsOfRecipe(recipe).length > 0;
  const profile = hasSecrets ? settings.secretProfiles[recipe.name] : undefined;
  return {
    schema: 1,
    ...identity,
    ...placeOfArn(execution.id),
    execution: execution.id,
    deployment: deploymentName(deployment, placeOfArn(execution.id).region),
    startedAt: new Date(execution.startedAt).toISOString(),
    image: imageName(identity),
    document: asDeployed(built, { ...settings, ...network }, scripts),
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...(recipe.publish && {
      channel: channelParameter(settings.channelRoot, recipe.name, recipe.publish.channel),
    }),
    source,
    // Digest of the recipe as written, so that changing the deployment's network does not make an image out of date. The facts of
    // the build are not in it, because they differ in every build.
    digest: contentDigest({ source: source.ami, recipe, scripts, pipelineVersion }),
    recipeDigest: recipeDigest(recipe, scripts, pipelineVersion),
    written: writtenDigest(recipe),
    ...(profile !== undefined && { secretsProfile: profile }),
    ...(trigger && { trigger }),
    ...(origin === 'start' && { origin }),
    provision: recipe.source.disk // A disk is registered as it is.
      ? []
      : provisionCommands(built.provision, identity.build, on.builder, scripts, built.image.allowFiles),
    checks: checkCommands(built.checks, identity.build, on.candidate, scripts),
    ...(skipped.length > 0 && { skipped }),
    ...(notes.length > 0 && { notes }),
  };
}
