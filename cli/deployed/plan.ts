import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { startExecution } from '../../aws/executions/machines.ts';
import type { Forecast } from '../../core/forecast/forecast.ts';
import { formatPath, type Problem } from '../../core/recipe/recipe.ts';
import { locateWith, readVariables, type StartValues } from '../recipes/start-values.ts';
import { wantedRecipe } from '../recipes/wanted-recipe.ts';
import { placed, problemLines, usage, type Placed } from '../refusal.ts';
import { Refusal } from '../refused.ts';
import { forecastText } from '../screen/forecast-text.ts';
import type { Terminal } from '../screen/terminal.ts';
import { readOverrides, recipeFile } from '../simulated/order.ts';
import type { Surroundings } from '../surroundings.ts';
import { hasVariants } from '../../core/variants/names.ts';
import { variantDocuments } from '../../core/variants/variant-documents.ts';
import {
  findPipeline,
  inputLimit,
  pipelineRegion,
  type Pipeline,
  type PipelineOptions,
  siblingMachine,
} from './deployment.ts';
import { forEachVariant } from '../variants/each-variant.ts';
import { endOf, tellFailure } from './execution-end.ts';

interface PlanOptions extends PipelineOptions {
  override?: string[];
  var?: string[];
}

/** Shows what a build of a recipe would do, and everything that would make the build fail. Makes nothing. */
export async function plan(
  wanted: string,
  options: PlanOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const { json = false, override = [] } = options;
  const unreadable: Placed[] = [];
  const overrides = readOverrides(override, unreadable);
  const parameters = readVariables(options.var, unreadable);
  if (unreadable.length > 0) throw new Refusal(problemLines(unreadable), { problems: unreadable });
  // A file that is wrong is told even where there are no credentials
  const home = await pipelineRegion(options.region, surroundings);
  const { name, recipe, scripts, locate } = await wantedRecipe(wanted, {
    overrides,
    parameters,
    home,
  });
  const pipeline = await findPipeline(options, surroundings);
  const given = { overrides, parameters };
  // Each variant of a file is planned as the recipe that it is.
  const each = hasVariants(recipe) ? variantDocuments(recipe) : [{ name, document: recipe }];
  const names = each.map(({ name: one }) => one);
  return forEachVariant(names, { json, terminal }, async (one, sheet) => {
    const document = each.find((other) => other.name === one)?.document ?? recipe;
    return planOne(
      { name: one, recipe: document, scripts, locate },
      given,
      { json, wanted },
      pipeline,
      sheet,
      surroundings,
    );
  });
}

async function planOne(
  { name, recipe, scripts, locate }: Awaited<ReturnType<typeof wantedRecipe>>,
  { overrides, parameters }: StartValues,
  { json, wanted }: { json: boolean; wanted: string },
  pipeline: Pipeline,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const own = typeof recipe === 'string' ? {} : { scripts };
  const input = { recipe, ...(overrides && { overrides }), ...(parameters && { parameters }), ...own };
  const bytes = Buffer.byteLength(JSON.stringify(input));
  if (bytes > inputLimit) {
    const message = `with its scripts it has ${bytes} bytes, of ${inputLimit} that an execution can be started with; deploy the recipe and plan it by its name`;
    throw new Refusal(`${wanted}: ${message}`, { problems: [usage(wanted, message)] });
  }
  const execution = `plan-${name.slice(0, 50)}-${randomUUID().slice(0, 8)}`;
  const { arn } = await startExecution(pipeline.aws, siblingMachine(pipeline, 'plan-build'), execution, input);
  const ended = await endOf(arn, pipeline, surroundings);
  if (ended.status !== 'SUCCEEDED') return tellFailure(ended, json, terminal);
  const { problems: found, ...forecast } = JSON.parse(ended.output ?? '{}') as Forecast;
  const problems = placed(
    found.map((one) => withFile(one, recipe)),
    locateWith({ overrides, parameters }, locate),
  );
  if (json) terminal.out(jsonOf(forecast, problems));
  else terminal.out(forecastText(name, { ...forecast, problems }, terminal));
  if (json && problems.length > 0) terminal.err(`${problemLines(problems)}\n`);
  return problems.length > 0 ? 2 : 0;
}

/** A name is that of a deployed recipe. Where there is only a file, the problem says so. */
function withFile(problem: Problem, name: unknown): Problem {
  if (typeof name !== 'string' || !problem.message.startsWith(`there is no recipe "${name}"`)) return problem;
  const file = recipeFile(name);
  return existsSync(file) ? { ...problem, message: `${problem.message}; ${file} exists: name the file` } : problem;
}

/** The problems have the shape that every refusal has, in every verb. */
function jsonOf({ status, ...forecast }: Omit<Forecast, 'problems'>, problems: Placed[]): string {
  const shown = problems.map(({ path, message, place: { file, line, column } }) => ({
    file,
    line,
    column,
    path: formatPath(path),
    message,
  }));
  return `${JSON.stringify({ status, problems: shown, ...forecast }, null, 2)}\n`;
}
