import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { connect } from '../../aws/connection.ts';
import type { Catalog } from '../../core/recipe/types.ts';
import { redriveHint } from '../../core/report/failure.ts';
import { soundRecipes } from '../../core/recipe/catalog.ts';
import { regionsIn } from '../../core/sweep/regions-in-use.ts';
import { knownClient } from '../../simulator/aws/calls/known-clients.ts';
import { retryStrategy } from '../../simulator/aws/calls/retries.ts';
import type { Clock } from '../../simulator/clock.ts';
import { createSimulation, type Simulation } from '../../simulator/pipeline/simulation.ts';
import { readRecipeFolder } from '../recipes/recipe-folder.ts';
import { Refusal } from '../refused.ts';
import { isRecipeFile } from '../recipes/wanted-recipe.ts';
import { failsOnce, holdBuild } from './held-build.ts';
import { addOwnImage } from './own-image.ts';
import { addDisk, type NamedDisk } from './source-disk.ts';
import { fold, type Terminal } from '../screen/terminal.ts';
import type { Surroundings } from '../surroundings.ts';
import { buildName, endsWithBuild } from '../../core/build/identity.ts';

const account = '222233334444';
const consumer = '444455556666';
const recipe = 'al2023-base';
const day = 24 * 3600;

/** How a simulated account differs from the usual one. */
export interface SimulatedAccount {
  /** Somebody changed by hand who may use the newest images. */
  meddled?: boolean;
  /** The last target of the recipe came into it after the builds. */
  grows?: boolean;
  /** Servers run from the newest image, here and in another account, and somebody made an AMI of one by hand. */
  used?: boolean;
  /** Five builds were published, a policy retires old images, and two months passed. */
  ages?: boolean;
  /** Then the oldest image was deregistered, and its snapshots were kept. */
  keeps?: boolean;
  /** A disk that no builder made. */
  disk?: NamedDisk;
  /** Every build has a page, and an inventory for the page of the next one. */
  pages?: boolean;
  /** The build that a verb names was revoked. */
  revoked?: string;
  /** One more build has failed a moment ago, and holds its builder. */
  holds?: boolean;
  /** If it is a file, the account has what the recipes of its folder name. */
  recipeFile?: string;
}

/**
 * Runs a verb for a deployed pipeline on a simulated AWS, in which three builds were published a week apart, and the second was
 * promoted to prod.
 */
export async function onSimulatedAccount(
  {
    region,
    terminal,
    real,
    meddled = false,
    grows = false,
    used = false,
    ages = false,
    keeps = false,
    disk,
    pages = false,
    revoked,
    holds = false,
    recipeFile = '',
  }: { region: string; terminal: Terminal; real: Surroundings } & SimulatedAccount,
  work: (surroundings: Surroundings) => Promise<number>,
): Promise<number> {
  const catalog = await catalogWith(recipeFile, region);
  const simulation = createSimulation({ catalog, region, pages, ...(holds && { scenario: failsOnce }) });
  simulation.cloud.heedRules(!holds);
  for (const recipe of soundRecipes(catalog, region)) {
    addDisk(simulation, recipe.source, region);
    addOwnImage(simulation, recipe, region);
  }
  if (disk) addDisk(simulation, { disk }, region);
  const whole = catalog.recipes[recipe] as { distribute: { region: string }[] };
  if (ages) catalog.recipes[recipe] = { ...whole, retire: agingPolicy };
  if (grows) catalog.recipes[recipe] = { ...whole, distribute: whole.distribute.slice(0, -1) };
  const builds = await publishBuilds(simulation, region, { often: ages ? 5 : holds ? 1 : 3, used });
  if (!ages) catalog.recipes[recipe] = whole;
  const taken = revoked === undefined ? '' : await revoke(simulation, revoked);
  const held = holds ? await holdBuild(simulation, recipe) : '';
  const grown = grows ? ` Then ${whole.distribute.at(-1)?.region} came into the recipe.` : '';
  const servers = used
    ? ` Servers were launched from the third: one here, two in the account ${consumer}. Somebody made an AMI of the one here by hand.`
    : '';
  const aged = ages ? `${await age(simulation)}${keeps ? await keepSnapshots(simulation, region) : ''}` : '';
  const promoted = builds.length === 3 ? ' The second build was promoted to prod.' : '';
  const often = { 1: 'once', 3: 'three times, a week apart', 5: 'five times, a week apart' }[builds.length];
  const story = `On a simulated AWS ${recipe} was built and published ${often}: ${builds.join(', ')}.${promoted}${servers}${aged}${meddled ? ` ${meddle(simulation, regionsIn(catalog, region))}` : ''}${grown}${taken}${held}`;
  terminal.err(
    `\n${fold(story, terminal.columns - 2)
      .map((line) => `  ${line}\n`)
      .join('')}`,
  );
  const session = async () => {
    terminal.err('  The simulated AWS has no sessions, so this is all.\n');
    return 0;
  };
  return runOn(simulation, region, { ...real, session }, work);
}

/** Publishes a build every week, and promotes the second of three. @returns their ids */
async function publishBuilds(
  simulation: Simulation,
  region: string,
  { often, used }: { often: number; used: boolean },
): Promise<string[]> {
  const { clock } = simulation;
  const builds: string[] = [];
  for (const name of ['first', 'second', 'third', 'fourth', 'fifth'].slice(0, often)) {
    const began = clock.now();
    const {
      arn,
      startDate,
      status,
      cause = '',
    } = await simulation.finish(simulation.start({ recipe, force: true }, name));
    builds.push(buildName({ id: arn, startedAt: startDate.toISOString() }));
    if (status !== 'SUCCEEDED')
      throw new Refusal(
        `--region ${region}: is the home of the pipeline, not a target, and on the simulated AWS the build of ${recipe} fails there: ${cause.replace(`\n${redriveHint}`, '')}`,
      );
    if (name === 'second' && often === 3)
      await simulation.finish(
        simulation.move({ recipe, verb: 'promote', channel: 'prod', who: 'somebody', why: 'tried' }),
      );
    if (used && name === 'third') await launchServers(simulation, region);
    // The times are the same however long a build takes, because ids of builds have them and docs/ names these.
    await simulation.pass(7 * day - (clock.now() - began) / 1000);
  }
  return builds;
}

/** The example recipes, with those beside a recipe file if there is one. */
async function catalogWith(recipeFile: string, region: string): Promise<Catalog> {
  const { catalog } = await readRecipeFolder(join(process.env['GOLDEN_ROOT'] ?? '.', 'examples'), { home: region });
  if (isRecipeFile(recipeFile) && existsSync(recipeFile)) {
    const { recipes, scripts, archives = [] } = (await readRecipeFolder(dirname(recipeFile), { home: region })).catalog;
    catalog.recipes = { ...recipes, ...catalog.recipes };
    catalog.scripts = { ...scripts, ...catalog.scripts };
    catalog.archives = new Map([...archives, ...(catalog.archives ?? [])]);
  }
  return catalog;
}

/** Runs a verb as a user of the simulated account. Virtual time passes meanwhile. */
async function runOn(
  { clock, cloud }: Simulation,
  region: string,
  real: Surroundings,
  work: (surroundings: Surroundings) => Promise<number>,
): Promise<number> {
  const chance = cloud.random('operator');
  const surroundingsOn = (own: Clock): Surroundings => ({
    ...real,
    simulated: true,
    connect: (at) =>
      connect(at, {
        config: (attempts) => ({ retryStrategy: retryStrategy(own, chance, attempts) }),
        make: knownClient,
        attach: (client, to, credentials) =>
          void cloud.attach(client as never, cloud.callerWith({ account, region: to }, credentials), own),
      }),
    region: async () => region,
    now: () => clock.now(),
    sleep: (ms) => own.sleep(ms),
  });
  let over = false;
  const running = clock.activity((own) => work(surroundingsOn(own))).finally(() => (over = true));
  running.catch(() => undefined);
  await clock.run(() => over);
  return running;
}

/** Launches servers from the newest image, and makes an AMI of the first one. */
async function launchServers(simulation: Simulation, region: string): Promise<void> {
  const { cloud } = simulation;
  const { images } = cloud.world.region(region);
  const [ImageId] = [...images.values()]
    .filter(({ owner, tags }) => owner === account && tags.get('golden:recipe') === recipe)
    .toSorted((a, b) => b.createdAt - a.createdAt)
    .map(({ id }) => id);
  const launch = { ImageId, InstanceType: 't3.small', MinCount: 1, MaxCount: 1 };
  const { ec2 } = cloud.services;
  const started = [account, consumer, consumer].map(
    (owner) => ec2['RunInstances']?.(launch, { account: owner, region }) as { Instances?: { InstanceId?: string }[] },
  );
  await simulation.pass(300);
  const InstanceId = started[0]?.Instances?.[0]?.InstanceId;
  ec2['CreateImage']?.({ InstanceId, Name: 'web-by-hand', NoReboot: true }, { account, region });
}

const agingPolicy = { keep: 1, deprecateAfter: '30d', disableAfter: '60d', deregisterAfter: '90d' };

/** Lets two months pass, in which the oldest image was deprecated. Returns the story. */
async function age(simulation: Simulation): Promise<string> {
  const retire = (input: object) => simulation.finish(simulation.retire(input));
  await retire({ apply: true, cap: 1 });
  await simulation.pass(31 * day);
  // EC2 makes its reports of other accounts when it is asked.
  await retire({ cap: 1 });
  await simulation.pass(day);
  return ' Its policy retires old images. A month ago the oldest one was deprecated, and nobody uses it.';
}

/** Deregisters the oldest image and keeps its snapshots. Returns the story. */
async function keepSnapshots(simulation: Simulation, region: string): Promise<string> {
  const own = [...simulation.cloud.world.region(region).images.values()].filter(({ owner }) => owner === account);
  const [oldest] = own.toSorted((a, b) => a.createdAt - b.createdAt);
  const asked = { verb: 'deregister', ami: oldest?.id, snapshots: 'keep', evenIfUsed: true, why: 'tried' };
  await simulation.finish(simulation.retire(asked));
  return ' Then it was deregistered, and its snapshots were kept.';
}

/** Revokes the build with this id, if there is such a build. Returns the story. */
async function revoke(simulation: Simulation, wanted: string): Promise<string> {
  const [build] = endsWithBuild.exec(wanted) ?? [];
  const asked = { recipe, verb: 'revoke', build, why: 'CVE-2026-1234', who: 'somebody' };
  const { status } = await simulation.finish(simulation.move(asked));
  return status === 'SUCCEEDED' ? ` Then ${build} was revoked.` : '';
}

/** Shares the newest image of every region with another account, and with nobody else. Returns the story. */
function meddle({ cloud }: Simulation, regions: string[]): string {
  for (const region of regions) {
    const { images } = cloud.world.region(region);
    const own = [...images.values()].filter(({ owner, state }) => owner === account && state === 'available');
    const newest = own.toSorted((a, b) => b.createdAt - a.createdAt)[0];
    if (newest) newest.permissions = [{ UserId: '999988887777' }];
  }
  return 'Then somebody took the newest images from their users by hand, and shared them with the account 999988887777.';
}
