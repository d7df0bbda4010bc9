import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Catalog } from '../../core/recipe/types.ts';
import { knownRegions } from '../../core/recipe/regions.ts';
import { runDays } from '../../proof/month/days.ts';
import { checkHistory } from '../../proof/month/invariants.ts';
import { ScenarioWrong } from '../../simulator/pipeline/scenario.ts';
import { cost, summariesOf, summaryTable, verdicts } from './days-summary.ts';
import { drawTimeline, timelineOf } from './days-timeline.ts';
import { ancestorsOf, placedIn, readScenario, recipeFile, recipesFolder } from './order.ts';
import { examine, readRecipeFolder } from '../recipes/recipe-folder.ts';
import { reason } from '../recipes/recipe-scripts.ts';
import { placed, problemLines, refusal, usage, type Placed } from '../refusal.ts';
import { painter, type Terminal } from '../screen/terminal.ts';

export interface SimulateDaysOptions {
  days: number;
  region: string;
  json?: boolean;
  rough?: boolean;
  seed?: number;
  scenario?: string;
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
  const file = await readScenario(options.scenario, problems);
  const catalog = await chosen(wanted, region, problems);
  if (problems.length > 0) return refuse(problems);

  const rough = options.rough ?? file?.scenario.rough ?? false;
  const seed = options.seed ?? file?.scenario.seed ?? 1;
  const { columns, colour } = terminal;
  const sheet = { columns, colour: colour && !json };
  const paint = painter(sheet);
  const count = Object.keys(catalog.recipes).length;
  const tally = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;
  const watched = terminal.isTTY && !json;
  let passed;
  try {
    passed = await runDays({
      catalog,
      days,
      region,
      seed,
      scenario: file?.document,
      rough,
      onDay: (day) => watched && terminal.err(`\r  day ${day} of ${days}${day === days ? '\r\x1b[K' : ''}`),
    });
  } catch (error) {
    // Only the simulated cloud itself knows which actions can fail
    if (!file || !(error instanceof ScenarioWrong)) throw error;
    return refuse(placed(error.problems, file.locate));
  }
  const { history, simulation } = passed;
  const timeline = timelineOf(history);
  const recipes = summariesOf(history);
  const invariants = checkHistory(history).map((one) => ({
    ...one,
    kept: one.violations.length + one.held.length === 0,
  }));
  const kept = invariants.every((one) => one.kept);
  for (const rule of simulation.cloud.idleRules())
    terminal.err(`  --scenario ${options.scenario}: nothing was hit by ${rule}\n`);
  if (json) {
    const { from, until } = history;
    terminal.out(
      `${JSON.stringify({ schema: 1, from, until, days, seed, rough, kept, invariants, recipes, timeline }, null, 2)}\n`,
    );
    return kept ? 0 : 1;
  }
  const builds = history.builds.length;
  const usd = recipes.reduce((sum, one) => sum + one.usd, 0);
  const unpriced = recipes.reduce((sum, one) => sum + one.unpriced, 0);
  const start = history.from.slice(0, 16).replace('T', ' ');
  const totals = [
    `${tally(days, 'day')} simulated in ${(performance.now() / 1000).toFixed(1)}s`,
    tally(builds, 'build'),
    cost(usd, unpriced),
    `${simulation.cloud.calls.length} API calls`,
  ];
  const parts = [
    `  ${paint('bold', `${tally(days, 'day')} of ${tally(count, 'recipe')}`)} from ${start} UTC, simulated in ${region}, seed ${seed}`,
    drawTimeline(timeline, sheet).join('\n'),
    summaryTable(recipes, sheet),
    verdicts(invariants, sheet),
    `  ${paint('dim', totals.join(' · '))}`,
  ];
  terminal.out(`\n${parts.join('\n\n')}\n\n`);
  return kept ? 0 : 1;
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
    if (finding.recipe && finding.problems.length === 0)
      for (const { name } of [...(await ancestorsOf(finding.recipe, folder, home, problems)), finding.recipe])
        names.add(name);
  }
  if (problems.length > 0) return { recipes: {}, scripts: {}, version: '' };
  const { catalog } = await readRecipeFolder(folder, { home });
  const recipes = Object.fromEntries(Object.entries(catalog.recipes).filter(([name]) => names.has(name)));
  return { ...catalog, recipes };
}

/** Files of recipes/ in the current folder, or of the project's own. */
async function allRecipes(problems: Placed[]): Promise<string[]> {
  const folder = recipesFolder();
  try {
    const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).toSorted();
    if (files.length === 0) problems.push(usage(folder, 'has no recipes; they end in .yaml'));
    return files.map((name) => join(folder, name));
  } catch (error) {
    problems.push(usage(folder, `cannot be read: ${reason(error)}`));
    return [];
  }
}
