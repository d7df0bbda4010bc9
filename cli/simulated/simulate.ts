import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { buildName } from '../../core/build/identity.ts';
import { buildFolder, keyOf, pageObject } from '../../core/memory/documents.ts';
import { failureMessage } from '../../core/report/failure.ts';
import { failedManifest } from '../../core/report/failed-manifest.ts';
import type { Manifest } from '../../core/build/manifest.ts';
import type { Catalog } from '../../core/recipe/types.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { ScenarioWrong } from '../../simulator/pipeline/scenario.ts';
import { createSimulation, type Simulation } from '../../simulator/pipeline/simulation.ts';
import type { Execution } from '../../simulator/states/step-functions.ts';
import type { Bake } from './ancestors.ts';
import { introduction } from './introduction.ts';
import { outputProblem } from './output-folder.ts';
import { takeOrder, type OrderOptions } from './order.ts';
import { placed, problemLines, refusal, usage, type Placed } from '../refusal.ts';
import { createScreen, heading, took, type Screen } from '../screen/screen.ts';
import { outcome } from '../screen/target-table.ts';
import { painter, type Terminal, forPeople } from '../screen/terminal.ts';
import { addDisk } from './source-disk.ts';
import { addOwnImage } from './own-image.ts';
import { variantIn } from '../screen/variant-in.ts';

interface SimulateOptions extends OrderOptions {
  json?: boolean;
  speed: number | 'max';
  seed?: number;
  rough?: boolean;
  out: string;
}

/** Bakes a recipe on a simulated AWS, after the recipes whose channels it starts from. */
export async function simulate(wanted: string, options: SimulateOptions, terminal: Terminal): Promise<number> {
  const refuse = (problems: Placed[]) => {
    terminal.err(`${problemLines(problems)}\n`);
    if (options.json) terminal.out(refusal(problems));
    return 2;
  };
  const taken = await takeOrder(wanted, options);
  if ('problems' in taken) return refuse(taken.problems);
  const unusable = await outputProblem(options.out);
  if (unusable) return refuse([usage(`--out ${options.out}`, unusable)]);
  const { bakes, catalog, parameters, scenario: file } = taken.order;
  const { region, speed, seed, rough, build } = options;
  let simulation: Simulation;
  try {
    simulation = createSimulation({
      catalog,
      scenario: file?.document,
      region,
      speed,
      pages: true,
      ...(seed !== undefined && { seed }),
      ...(rough && { rough }),
    });
  } catch (error) {
    // Only the simulated cloud itself knows which actions can fail
    if (!file || !(error instanceof ScenarioWrong)) throw error;
    return refuse(placed(error.problems, file.locate));
  }
  for (const recipe of bakes.flatMap(({ recipes }) => recipes)) {
    addDisk(simulation, recipe.source, region);
    addOwnImage(simulation, recipe, region);
  }
  const bake = createOven(simulation, catalog, options, terminal);
  for (const [index, one] of bakes.entries()) {
    const isLast = index === bakes.length - 1;
    const changes = isLast ? { ...(parameters && { parameters }), ...(build !== undefined && { build }) } : {};
    simulation.cloud.heedRules(isLast || file?.scenario.parents === true);
    const exitCode = await bake(one, { recipe: one.name, ...changes });
    if (exitCode === 0 && !isLast) continue;
    for (const rule of simulation.cloud.idleRules())
      terminal.err(`  --scenario ${options.scenario}: nothing was hit by ${rule}\n`);
    return exitCode;
  }
  return 0;
}

interface Input {
  recipe: string;
  parameters?: Record<string, string>;
  build?: string;
}

const header = (...about: Parameters<typeof introduction>): string =>
  `\n${introduction(...about)}\n\n${heading(about[3])}\n`;

/** Returns a function that builds one recipe, or its variants, shows the progress and keeps the files. */
function createOven(simulation: Simulation, catalog: Catalog, options: SimulateOptions, terminal: Terminal) {
  const { json = false, speed, region, out } = options;
  const { clock, stepFunctions, cloud } = simulation;
  // With --json, stdout is for a program and stderr for a log
  const { write, sheet } = forPeople(terminal, json);
  const began = performance.now(); // the first run of a clone installs the packages before this
  let screen: Screen | undefined;
  stepFunctions.onEvent((execution, event, path) => screen?.take(event, path, variantIn(execution)));

  function newScreen(): Screen {
    const simulated = speed === 'max' ? () => clock.now() : interpolated(() => clock.now(), speed);
    return createScreen({
      terminal: sheet,
      write,
      now: simulated,
      real: () => performance.now(),
      below: (ms) => `${took(ms)} simulated in ${((performance.now() - began) / 1000).toFixed(1)}s`,
      entering: speed !== 'max',
    });
  }

  async function watched(input: Input): Promise<Execution> {
    const current = (screen = newScreen());
    const ticker = sheet.isTTY && speed !== 'max' ? setInterval(() => current.tick(), 100) : undefined;
    try {
      return await simulation.finish(simulation.start(input));
    } finally {
      clearInterval(ticker);
      current.end();
      screen = undefined; // the clean-up of a build that failed is not shown
    }
  }

  return async function bake({ name, recipes, heir }: Bake, input: Input): Promise<number> {
    write(header({ name, recipes, heir }, catalog, { region, now: clock.now(), build: input.build }, sheet));
    const [callsBefore, executionsBefore] = [cloud.calls.length, simulation.executions().length];
    const execution = await watched(input);
    const begun = simulation.executions().slice(executionsBefore);
    const build = input.build ?? buildName({ id: execution.arn, startedAt: execution.startDate.toISOString() });
    const refused = execution.error === 'RecipeInvalid'; // wrong input leaves no files behind, here as in other refusals
    const apiCalls = cloud.calls.length - callsBefore;
    const ends: End[] = [];
    for (const { name: recipe } of recipes)
      ends.push(await endOf(simulation, { recipe, build }, refused ? undefined : out));
    const succeeded = execution.status === 'SUCCEEDED';
    const known = ends.filter(({ text }) => text !== undefined);
    if (known.length < ends.length) tellUnwritten(execution, { recipe: name, build }, json, terminal);
    const totals = {
      simulatedSeconds: ((execution.stopDate?.getTime() ?? clock.now()) - execution.startDate.getTime()) / 1000,
      wallSeconds: (performance.now() - began) / 1000,
      transitions: begun.reduce((sum, { arn }) => sum + stepFunctions.stateTransitions(arn), 0),
      apiCalls,
    };
    for (const [index, { text = '', paths }] of known.entries()) {
      const all = index === known.length - 1 ? totals : '';
      write(`\n${outcome(JSON.parse(text) as Manifest, all, sheet)}${pathLines(paths, sheet)}`);
    }
    if (!refused && recipes.every((one) => one.name !== name))
      write(await wholeLines(simulation, { recipe: name, build }, out, sheet));
    if (json && known.length === ends.length && (!heir || !succeeded)) terminal.out(jsonOf(name, build, ends));
    return succeeded ? 0 : refused ? 2 : 1;
  };
}

/** Lets time pass until the event of the build's end has reached the function that writes its page. Returns the key of the page. */
async function pageOf(simulation: Simulation, build: BuildIdentity): Promise<string | undefined> {
  const key = pageObject.key(build);
  for (let seconds = 0; seconds < 120 && simulation.artifact(key) === undefined; seconds += 5) await simulation.pass(5);
  return simulation.artifact(key) === undefined ? undefined : key;
}

/** How a recipe or a variant ended: the text of its manifest, and the files that are kept of it. */
interface End extends BuildIdentity {
  text: string | undefined;
  paths: string[];
}

/** Keeps the files of a build in the folder `out`. */
async function endOf(simulation: Simulation, one: BuildIdentity, out: string | undefined): Promise<End> {
  const page = out === undefined ? undefined : await pageOf(simulation, one);
  const folder = join(out ?? '', one.recipe, one.build);
  if (out !== undefined) await keepArtifacts(simulation, buildFolder(one), folder);
  const paths = [keyOf(one, 'manifest'), ...(page ? [page] : [])].map((key) => join(folder, basename(key)));
  return { ...one, text: simulation.artifact(keyOf(one, 'manifest')), paths };
}

const pathLines = (paths: string[], sheet: Terminal): string =>
  `${paths.map((path) => `  ${painter(sheet)('dim', path)}\n`).join('')}\n`;

/** Keeps the files of the build of all variants, and says where. */
async function wholeLines(simulation: Simulation, whole: BuildIdentity, out: string, sheet: Terminal): Promise<string> {
  const { text, paths } = await endOf(simulation, whole, out);
  return text === undefined ? '' : `  All variants:\n${pathLines(paths, sheet)}`;
}

/** The manifest of a build, or those of its variants. */
function jsonOf(recipe: string, build: string, ends: End[]): string {
  const [first] = ends;
  if (ends.length === 1 && first?.recipe === recipe) return first.text ?? '';
  const variants = ends.map(({ text = '' }) => JSON.parse(text) as Manifest);
  return `${JSON.stringify({ recipe, build, variants }, null, 2)}\n`;
}

/** Shows the failure of a build that could not write its manifest. With --json, stdout gets a manifest from here. */
function tellUnwritten(execution: Execution, identity: BuildIdentity, json: boolean, terminal: Terminal): void {
  const { error = execution.status, cause } = execution;
  const message = failureMessage({ Error: error, Cause: cause });
  const lines = message.split('\n').map((line) => `    ${line}`);
  terminal.err(`\n${[`  ${error}`, ...lines].join('\n')}\n\n`);
  if (!json) return;
  if (error === 'RecipeInvalid') {
    terminal.out(refusal([{ path: [], message, place: {} }]));
    return;
  }
  const failure = { state: 'unknown', error, cause: message, undone: [], left: [], kept: [] };
  const unwritten = { identity, plan: undefined, ledger: undefined, targets: [], timings: [], failure };
  terminal.out(`${JSON.stringify(failedManifest(unwritten), null, 2)}\n`);
}

/** Writes the bucket's files of a build: manifest, plan, command logs. An earlier simulation may have used the same id. */
async function keepArtifacts({ cloud, bucket }: Simulation, prefix: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const [key, { body }] of cloud.world.buckets.get(bucket)?.objects ?? []) {
    if (!key.startsWith(prefix)) continue;
    const file = resolve(folder, key.slice(prefix.length));
    if (!file.startsWith(resolve(folder) + sep)) throw new Error(`refusing to write ${key} outside of ${folder}`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, body);
  }
}

/** A paced clock stands still until its next timer; this makes the seconds between visible to a watching user. */
function interpolated(now: () => number, speed: number): () => number {
  let [at, since] = [now(), performance.now()];
  return () => {
    if (now() !== at) [at, since] = [now(), performance.now()];
    return at + (performance.now() - since) * speed;
  };
}
