import { clientToken, imageName, placeOf, type ExecutionReference } from './build.ts';
import { checkCommands, provisionCommands, type Command } from './command.ts';
import { contentDigest, recipeDigest } from './content-digest.ts';
import type { Catalog, Recipe } from './recipe.ts';
import type { SourceImage } from './source.ts';
import type { BuildIdentity, Role } from './tags.ts';
import type { Trigger } from './trigger.ts';

/** Everything a build will do, decided once by Resolve and kept in the bucket: states hand around only its identity. */
export interface Plan extends BuildIdentity {
  schema: 1;
  /** The pipeline's own region and account: builder, candidate and first AMI live there. */
  region: string;
  account: string;
  execution: string;
  startedAt: string;
  /**
   * When it was started again after it had failed and been undone, but for its image: what was removed is not asked for by
   * its old token.
   */
  resumedAt?: string;
  /** Name of the image in every region. */
  image: string;
  document: Recipe;
  source: SourceImage;
  /** Of what goes into the image: see contentDigest. */
  digest: string;
  /** The same without the source image. */
  recipeDigest: string;
  /** Absent where somebody started the build by hand. */
  trigger?: Trigger;
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
  notes?: string[];
}

export function planBuild({ identity, execution, recipe, source, catalog, trigger, notes = [] }: PlanParts): Plan {
  const { scripts, version: pipelineVersion } = catalog;
  return {
    schema: 1,
    ...identity,
    ...placeOf(execution.id),
    execution: execution.id,
    startedAt: new Date(execution.startedAt).toISOString(),
    image: imageName(identity),
    document: recipe,
    source,
    digest: contentDigest({ source: source.ami, recipe, scripts, pipelineVersion }),
    recipeDigest: recipeDigest(recipe, scripts, pipelineVersion),
    ...(trigger && { trigger }),
    provision: provisionCommands(recipe.provision, identity.build, source, scripts, recipe.image.allowFiles),
    checks: checkCommands(recipe.checks, identity.build, source, scripts),
    ...(notes.length > 0 && { notes }),
  };
}

/** What the Maps of the state machine go through: numbers, names and regions, since the rest is in the plan. */
export function workOf({ provision, checks, document }: Plan) {
  const items = (commands: Command[]) => commands.map(({ index, name }) => ({ index, name }));
  return {
    provision: items(provision),
    checks: items(checks),
    targets: document.distribute.map(({ region }) => ({ region })),
  };
}

export interface LaunchAttempt {
  instanceType: string;
  subnet?: string | undefined;
  /** Same attempt, same token: a repeated call finds the instance of the first instead of making a twin. */
  token: string;
}

/**
 * Where to try, in order: every instance type in the first subnet, then in the next. `generation` counts instances of
 * this role that died before: EC2 answers a used token with the dead instance.
 */
export function launchAttempts(plan: Plan, role: Role, generation: number): LaunchAttempt[] {
  const { instanceTypes, subnets } = plan.document.builder;
  const places: (string | undefined)[] = subnets.length > 0 ? subnets : [undefined];
  return places.flatMap((subnet) =>
    instanceTypes.map((instanceType) => ({
      instanceType,
      subnet,
      token: clientToken(plan.recipe, plan.build, role, generation, instanceType, subnet, plan.resumedAt),
    })),
  );
}
