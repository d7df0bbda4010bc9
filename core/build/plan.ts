import { imageName, placeOf, type ExecutionReference } from './identity.ts';
import type { Origin } from '../deployment/catalog-origin.ts';
import { channelParameter } from '../distribute/channel.ts';
import { deploymentName } from '../distribute/channel-owner.ts';
import { checkCommands, provisionCommands, type Command } from '../guest/command.ts';
import { contentDigest, recipeDigest, writtenDigest } from './content-digest.ts';
import { asDeployed, type DeployedRecipe, type DeploymentSettings } from '../deployment/deployment-settings.ts';
import { atTheFoot } from '../launch/ladder.ts';
import type { Catalog, Recipe } from '../recipe/recipe.ts';
import type { SourceImage } from '../launch/source.ts';
import type { BuildIdentity } from '../tags.ts';
import type { Trigger } from '../start/trigger.ts';

/** Everything a build will do, decided once by Resolve and kept in the bucket: states hand around only its identity. */
export interface Plan extends BuildIdentity {
  schema: 1;
  /** The pipeline's own region and account: builder, candidate and first AMI live there. */
  region: string;
  account: string;
  execution: string;
  /** The deployment that makes the image: service, stage and region. Absent in plans of earlier versions. */
  deployment?: string;
  startedAt: string;
  /**
   * When it was started again after it had failed and been undone, but for its image: what was removed is not asked for by
   * its old token.
   */
  resumedAt?: string;
  /** No candidate could be launched for the image, so that a failed build keeps it. */
  unjudged?: boolean;
  /** Name of the image in every region. */
  image: string;
  /** The recipe, with what it leaves to the deployment filled in. */
  document: DeployedRecipe;
  /** SSM parameter of the channel that the image is published to; absent for a recipe without one. */
  channel?: string;
  source: SourceImage;
  /** Of what goes into the image: see contentDigest. */
  digest: string;
  /** The same without the source image. */
  recipeDigest: string;
  /** Of the whole recipe as it was written: see writtenDigest. Absent in plans of earlier versions. */
  written?: string;
  /** Absent where somebody started the build by hand. */
  trigger?: Trigger;
  /** `start` where the image is not that of the deployed recipe; absent where it is. */
  origin?: 'start';
  provision: Command[];
  checks: Command[];
  /** What the user is to know though it does not stop the build; absent where there is nothing to say. */
  notes?: string[];
}

export interface PlanParts {
  identity: BuildIdentity;
  execution: ExecutionReference;
  recipe: Recipe;
  source: SourceImage;
  catalog: Pick<Catalog, 'scripts' | 'version'>;
  trigger?: Trigger | undefined;
  /** Service and stage. */
  deployment: string;
  settings: DeploymentSettings;
  origin?: Origin;
  notes?: string[];
}

export function planBuild({
  identity,
  execution,
  recipe,
  source,
  catalog,
  trigger,
  deployment,
  settings,
  origin,
  notes = [],
}: PlanParts): Plan {
  const { scripts, version: pipelineVersion } = catalog;
  return {
    schema: 1,
    ...identity,
    ...placeOf(execution.id),
    execution: execution.id,
    deployment: deploymentName(deployment, placeOf(execution.id).region),
    startedAt: new Date(execution.startedAt).toISOString(),
    image: imageName(identity),
    document: asDeployed(recipe, settings),
    ...(recipe.publish && {
      channel: channelParameter(settings.channelRoot, recipe.name, recipe.publish.channel),
    }),
    source,
    // Of the recipe as it was written: a deployment that changes its network makes no image out of date.
    digest: contentDigest({ source: source.ami, recipe, scripts, pipelineVersion }),
    recipeDigest: recipeDigest(recipe, scripts, pipelineVersion),
    written: writtenDigest(recipe),
    ...(trigger && { trigger }),
    ...(origin === 'start' && { origin }),
    provision: provisionCommands(recipe.provision, identity.build, source, scripts, recipe.image.allowFiles),
    checks: checkCommands(recipe.checks, identity.build, source, scripts),
    ...(notes.length > 0 && { notes }),
  };
}

/**
 * What the state machine works through: numbers, names and regions for its Maps, since the rest is in the plan, and for both
 * instances where the search for a place begins.
 */
export function workOf({ provision, checks, document }: Plan) {
  const items = (commands: Command[]) => commands.map(({ index, name }) => ({ index, name }));
  return {
    provision: items(provision),
    checks: items(checks),
    builder: atTheFoot,
    candidate: atTheFoot,
    targets: document.distribute.map(({ region }) => ({ region })),
  };
}
