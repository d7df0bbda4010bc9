import { clientToken, imageName, placeOf, type ExecutionReference } from './build.ts';
import { checkCommands, foreignSteps, provisionCommands, type Command } from './command.ts';
import { contentDigest, recipeDigest } from './content-digest.ts';
import type { Catalog, Problem, Recipe } from './recipe.ts';
import { sourceSizeProblems } from './recipe/volume-rules.ts';
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
}

export interface PlanParts {
  identity: BuildIdentity;
  execution: ExecutionReference;
  recipe: Recipe;
  source: SourceImage;
  catalog: Pick<Catalog, 'scripts' | 'version'>;
  trigger?: Trigger | undefined;
}

export function planBuild({ identity, execution, recipe, source, catalog, trigger }: PlanParts): Plan {
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
    provision: provisionCommands(recipe.provision, identity.build, source, scripts),
    checks: checkCommands(recipe.checks, identity.build, source, scripts),
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

/** What is wrong with a recipe once its source image and the pipeline's region are known. */
export function planProblems(recipe: Recipe, source: SourceImage, region: string): Problem[] {
  const problems: Problem[] = [];
  const os = source.windows ? 'Windows' : 'Linux';
  for (const list of ['provision', 'checks'] as const) {
    for (const { index, kind } of foreignSteps(recipe[list], source.windows)) {
      problems.push({
        path: [list, index, kind],
        message: `the source image ${source.ami} is ${os}, which cannot run this step`,
      });
    }
  }
  const { rootVolume } = recipe.builder;
  if (rootVolume.sizeGiB !== undefined && rootVolume.sizeGiB < source.rootSizeGiB) {
    const message = `${rootVolume.sizeGiB} GiB is smaller than the source image's root disk of ${source.rootSizeGiB} GiB`;
    problems.push({ path: ['builder', 'rootVolume', 'sizeGiB'], message });
  }
  problems.push(...sourceSizeProblems(rootVolume, source.rootSizeGiB));
  recipe.builder.volumes.forEach(({ device }, index) => {
    if (device !== source.rootDevice) return;
    problems.push({
      path: ['builder', 'volumes', index, 'device'],
      message: `${device} is the source image's root device`,
    });
  });
  recipe.distribute.forEach(({ kmsKey, region: target }, index) => {
    if (target !== region || !kmsKey || !rootVolume.kmsKey || kmsKey === rootVolume.kmsKey) return;
    const message = `the image is made in ${region} under builder.rootVolume.kmsKey ${rootVolume.kmsKey}; name the same key or leave one of them out`;
    problems.push({ path: ['distribute', index, 'kmsKey'], message });
  });
  return problems;
}

export interface Disk {
  device: string;
  sizeGiB?: number | undefined;
  type: string;
  encrypted?: boolean | undefined;
  kmsKey?: string | undefined;
  iops?: number | undefined;
  throughput?: number | undefined;
}

/** The builder's disks. The image is born under the key of the target in its own region, since it is not copied there. */
export function builderDisks({ document: { builder, distribute }, region, source }: Plan): Disk[] {
  const home = distribute.find((target) => target.region === region);
  const keyed = (disk: Disk): Disk => {
    const kmsKey = disk.kmsKey ?? home?.kmsKey;
    return kmsKey ? { ...disk, encrypted: true, kmsKey } : disk;
  };
  const root = { device: source.rootDevice, sizeGiB: source.rootSizeGiB, ...builder.rootVolume };
  return [root, ...builder.volumes].map(keyed);
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
