import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Catalog } from '../../core/recipe/types.ts';
import { knownRegions } from '../../core/recipe/regions.ts';
import { runDays } from '../../proof/month/days.ts';
import type { History } from '../../proof/month/history.ts';
import { checkHistory } from '../../proof/month/invariants.ts';
import { ScenarioWrong } from '../../simulator/pipeline/scenario.ts';
import { daysPage } from '../../pages/days/days-page.ts';
import { pageOfDays } from './days-page.ts';
import { cost, skipsOf, summariesOf, summaryTable, verdicts } from './days-summary.ts';
import { monthsOf, monthTable, mostTold } from './days-months.ts';
import { drawTimeline, timelineOf } from './days-timeline.ts';
import { ancestorsOf } from './ancestors.ts';
import { placedIn, readScenario, recipeFile, recipesFolder } from './order.ts';
import { examine, readRecipeFolder, recipeNames } from '../recipes/recipe-folder.ts';
import { outputProblem } from './output-folder.ts';
import { reason } from '../recipes/recipe-scripts.ts';
import { placed, problemLines, refusal, usage, type Placed } from '../refusal.ts';
import { painter, type Terminal } from '../screen/terminal.ts';

interface SimulateDaysOptions {
  days: number;
  region: string;
  json?: boolean;
  rough?: boolean;
  seed?: number;
  scenario?: string;
  /** The folder of the page. */
  out: string;
}

/** Runs recipes with their triggers on a simulated AWS for a number of days, and judges the result. */
export async function simulateDays(
  wanted: string[],
  options: SimulateDaysOptions,
  terminal: Terminal,
): Promise<number> {
  const { days, region, json = false } = options;
  const refuse = (found: Placed[]) => {
    terminal.err(`${problemLines(found)}\n`);
    if (json) terminal.out(refusal(found));
    return 2;
  };
  const problems: Placed[] = [];
  if (!knownRegions.includes(region)) problems.push(usage(`--region ${region}`, 'there is no such region'));
  const unusable = await outputProblem(options.out);
  if (unusable) problems.push(usage(`--out ${options.out}`, unusable));
  const file = await readScenario(options.scenario, problems);
  const catalog = await chosen(wanted, region, problems);
  if (problems.length > 0) return refuse(problems);

  const rough = options.rough ?? file?.scenario.rough ?? false;
  const seed = options.seed ?? file?.scenario.seed ?? 1;
  const watched = terminal.isTTY && !json;
  const onDay = (day: number) => watched && terminal.err(`\r  day ${day} of ${days}${day === days ? '\r\x1b[K' : ''}`);
  let passed;
  try {
    passed = await runDays({ catalog, days, region, seed, scenario: file?.document, rough, onDay });
  } catch (error) {
    // Only the simulated cloud itself knows which actions can fail
    if (!file || !(error instanceof ScenarioWrong)) throw error;
    return refuse(placed(error.problems, file.locate));
  }
  for (const rule of passed.simulation.cloud.idleRules())
    terminal.err(`  --scenario ${options.scenario}: nothing was hit by ${rule}\n`);
  const result = resultOf(passed.history);
  const setup = { days, region, seed, rough, recipes: Object.keys(catalog.recipes).length };
  const page = join(options.out, 'days.html');
  await mkdir(options.out, { recursive: true });
  await writeFile(page, daysPage(pageOfDays(result.history, result.invariants, setup)));
  terminal.out(json ? asJson(result, setup) : asText(result, setup, passed.calls, page, terminal));
  return result.kept ? 0 : 1;
}

/** The timeline, the months and the sums of a history, and which invariants it kept. */
function resultOf(history: History) {
  const invariants = checkHistory(history).map((one) => ({
    ...one,
    kept: one.violations.length + one.held.length === 0,
  }));
  return {
    history,
    timeline: timelineOf(history),
    months: monthsOf(history),
    recipes: summariesOf(history),
    invariants,
    kept: invariants.every((one) => one.kept),
  };
}

type Result = ReturnType<typeof resultOf>;

interface Setup {
  days: number;
  region: string;
  seed: number;
  rough: boolean;
  /** The number of recipes. */
  recipes: number;
}

function asJson(
  { history, timeline, months, recipes, invariants, kept }: Result,
  { days, seed, rough }: Setup,
): string {
  const { from, until } = history;
  const told = days > mostTold ? { months } : { timeline };
  return `${JSON.stringify({ schema: 1, from, until, days, seed, rough, kept, invariants, recipes, ...told }, null, 2)}\n`;
}

const tally = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;

function asText(
  { history, timeline, months, recipes, invariants }: Result,
  setup: Setup,
  calls: number,
  page: string,
  { columns, colour, isTTY }: Terminal,
): string {
  const sheet = { columns, colour, isTTY };
  const paint = painter(sheet);
  const days = tally(setup.days, 'day');
  const usd = recipes.reduce((sum, one) => sum + one.usd, 0);
  const unpriced = recipes.reduce((sum, one) => sum + one.unpriced, 0);
  const start = history.from.slice(0, 16).replace('T', ' ');
  const totals = [
    `${days} simulated in ${(performance.now() / 1000).toFixed(1)}s`,
    tally(
      recipes.reduce((sum, one) => sum + one.builds, 0),
      'build',
    ),
    cost(usd, unpriced),
    `${calls} API calls`,
  ];
  const parts = [
    `  ${paint('bold', `${days} of ${tally(setup.recipes, 'recipe')}`)} from ${start} UTC, simulated in ${setup.region}, seed ${setup.seed}`,
    setup.days > mostTold ? monthTable(months, sheet) : drawTimeline(timeline, sheet).join('\n'),
    summaryTable(recipes, skipsOf(history), sheet),
    verdicts(invariants, sheet),
    `  ${paint('dim', totals.join(' · '))}\n  ${paint('dim', page)}`,
  ];
  return `\n${parts.join('\n\n')}\n\n`;
}

/** The given recipes, or all of recipes/, and the recipes whose channels they build on. */
async function chosen(wanted: string[], home: string, problems: Placed[]): Promise<Catalog> {
  const files = wanted.length > 0 ? wanted.map(recipeFile) : await allRecipes(problems);
  const [folder = '.', ...others] = new Set(files.map((file) => dirname(file)));
  if (others.length > 0) {
    problems.push(usage(wanted.join(' '), 'are not in one folder: recipes that are deployed together lie together'));
    return { recipes: {}, scripts: {}, version: '' };
  }
  const findings = await examine(files, { home });
  const names = new Set<string>();
  for (const finding of findings) {
    problems.push(...placedIn(finding));
    if (finding.problems.length > 0) continue;
    const bake = { name: finding.file.name, recipes: finding.recipes };
    for (const { recipes } of [...(await ancestorsOf(bake, folder, home, problems)), bake])
      for (const { name } of recipes) names.add(name);
  }
  if (problems.length > 0) return { recipes: {}, scripts: {}, version: '' };
  const { catalog } = await readRecipeFolder(folder, { home });
  const recipes = Object.fromEntries(Object.entries(catalog.recipes).filter(([name]) => names.has(name)));
  return { ...catalog, recipes, ...(catalog.variants && { variants: chosenVariants(catalog.variants, names) }) };
}

const chosenVariants = (variants: Record<string, string[]>, names: Set<string>) =>
  Object.fromEntries(Object.entries(variants).filter(([, ofOne]) => ofOne.some((name) => names.has(name))));

/** Files of recipes/ in the current folder, or of the project's own. */
async function allRecipes(problems: Placed[]): Promise<string[]> {
  const folder = recipesFolder();
  try {
    const files = recipeNames(await readdir(folder)).toSorted();
    if (files.length === 0) problems.push(usage(folder, 'has no recipes; they end in .yaml'));
    return files.map((name) => join(folder, name));
  } catch (error) {
    problems.push(usage(folder, `cannot be read: ${reason(error)}`));
    return [];
  }
}
