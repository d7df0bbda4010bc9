import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildName } from '../core/build.ts';
import { failureMessage } from '../core/failure.ts';
import type { Manifest } from '../core/manifest.ts';
import type { Recipe } from '../core/recipe.ts';
import { createSimulation, type Simulation } from '../simulator/simulation.ts';
import type { Execution } from '../simulator/states/step-functions.ts';
import { takeOrder, type OrderOptions } from './order.ts';
import { createScreen, heading } from './progress.ts';
import { outcome } from './target-table.ts';
import { painter, type Terminal } from './terminal.ts';

export interface SimulateOptions extends OrderOptions {
  json?: boolean;
  speed: number | 'max';
  seed?: number;
  out: string;
}

const frame = 100;

/** Bakes a recipe on a simulated AWS, and before it the recipes whose channels it starts from. */
export async function simulate(wanted: string, options: SimulateOptions, terminal: Terminal): Promise<number> {
  const taken = await takeOrder(wanted, options);
  if ('problems' in taken) {
    terminal.err(`${taken.problems.join('\n')}\n`);
    return 2;
  }
  const { recipes, overrides, ...given } = taken.order;
  const { region, speed, seed, build } = options;
  const simulation = createSimulation({ ...given, region, speed, ...(seed !== undefined && { seed }) });
  const bake = createOven(simulation, options, terminal);
  for (const [index, recipe] of recipes.entries()) {
    const heir = recipes[index + 1];
    const input = heir ? {} : { ...(overrides && { overrides }), ...(build !== undefined && { build }) };
    const exitCode = await bake(recipe, { recipe: recipe.name, ...input }, heir);
    if (exitCode !== 0 || !heir) return exitCode;
  }
  return 0;
}

function createOven(simulation: Simulation, { json = false, speed, region, out, build }: SimulateOptions, terminal: Terminal) {
  const { clock, stepFunctions } = simulation;
  const write = (text: string) => (json ? terminal.err(text) : terminal.out(text));
  const sheet = { columns: terminal.columns, colour: terminal.colour && !json, isTTY: terminal.isTTY && !json };
  const newScreen = () =>
    createScreen({ terminal: sheet, write, simulated: clock.now, real: () => performance.now(), entering: speed !== 'max' });
  let screen = newScreen();
  stepFunctions.onEvent((_execution, event, path) => screen.take(event, path));

  return async function bake(recipe: Recipe, input: { recipe: string; build?: string }, heir?: Recipe): Promise<number> {
    write(`\n${introduction(recipe, heir, region, new Date(clock.now()), sheet)}\n\n${heading(sheet)}\n`);
    screen = newScreen();
    const ticker = sheet.isTTY && speed !== 'max' ? setInterval(() => screen.tick(), frame) : undefined;
    let execution: Execution;
    try {
      execution = await simulation.finish(simulation.start(input));
    } finally {
      clearInterval(ticker);
      screen.end();
    }
    const id = input.build ?? buildName({ id: execution.arn, startedAt: execution.startDate.toISOString() });
    const manifest = await keep(simulation, `${recipe.name}/${id}`, out);
    write(`\n${manifest ? outcome(JSON.parse(manifest) as Manifest, totals(execution), sheet) : ending(execution, sheet)}`);
    if (manifest) write(`  ${painter(sheet)('dim', join(out, recipe.name, id, 'manifest.json'))}\n\n`);
    if (json && manifest && !heir) terminal.out(`${manifest.trimEnd()}\n`);
    if (execution.status === 'SUCCEEDED') return 0;
    return execution.error === 'RecipeInvalid' ? 2 : 1;
  };
}
