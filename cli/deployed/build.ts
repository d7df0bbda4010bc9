import { randomUUID } from 'node:crypto';
import { startExecution } from '../../aws/executions/machines.ts';
import { buildName, buildNamePattern } from '../../core/build/identity.ts';
import { isMap } from '../../core/is-map.ts';
import { namesBeside } from '../../core/recipe/steps/carried.ts';
import { partsAsWritten } from '../../core/variants/variant-documents.ts';
import { findPipeline, inputLimit, pipelineRegion, type PipelineOptions } from './deployment.ts';
import { followBuild } from './follow.ts';
import { readOverrides } from '../simulated/order.ts';
import { readVariables } from '../recipes/start-values.ts';
import { wantedRecipe } from '../recipes/wanted-recipe.ts';
import { commandLine } from '../screen/command-line.ts';
import { problemLines, usage, type Placed } from '../refusal.ts';
import { Refusal } from '../refused.ts';
import type { Surroundings } from '../surroundings.ts';
import { painter, type Terminal } from '../screen/terminal.ts';

interface BuildOptions extends PipelineOptions {
  override?: string[];
  var?: string[];
  build?: string;
  force?: boolean;
  detach?: boolean;
}

interface Input {
  recipe: unknown;
  overrides?: Record<string, unknown>;
  parameters?: Record<string, string>;
  build?: string;
  force?: true;
}

/** Starts a build of a deployed pipeline and follows it. */
export async function runBuild(
  wanted: string,
  options: BuildOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const { json = false, detach = false } = options;
  const asked = inputOf(options);
  // A file that is wrong is told even where there are no credentials
  const home = await pipelineRegion(options.region, surroundings);
  const { name, recipe } = await wantedRecipe(wanted, { ...asked, home });
  const pipeline = await findPipeline(options, surroundings);
  const scripts = typeof recipe === 'string' ? [] : namedBeside(recipe);
  const input: Input = { recipe, ...asked };
  const bytes = Buffer.byteLength(JSON.stringify(input));
  if (bytes > inputLimit) {
    throw new Refusal(
      `${wanted}: ${bytes} bytes are more than the ${inputLimit} that an execution can be started with; deploy the recipe and build it by its name`,
    );
  }
  // With a name of our own, StartExecution can be repeated safely when its answer is lost
  const execution = `${name}-by-hand-${randomUUID().slice(0, 8)}`;
  const { arn, startedAt } = await startExecution(pipeline.aws, pipeline.machine, execution, input);
  const id = options.build ?? buildName({ id: arn, startedAt: startedAt.toISOString() });
  const write = (text: string) => (json ? terminal.err(text) : terminal.out(text));
  const paint = painter({ colour: terminal.colour && !json });
  write(`\n  ${paint('bold', `${name}-${id}`)} in ${pipeline.aws.region}\n  ${paint('dim', arn)}\n`);
  if (scripts.length > 0)
    write(
      `  Only the document was sent: ${scripts.join(', ')} must be among the scripts and files that are deployed.\n`,
    );
  if (detach) {
    write(`  To follow it: ${commandLine(`follow ${id}${pipeline.options}`)}\n\n`);
    if (json) terminal.out(`${JSON.stringify({ recipe: name, build: id, execution: arn }, null, 2)}\n`);
    return 0;
  }
  return followBuild({ recipe: name, build: id, execution: arn }, pipeline, options, terminal, surroundings);
}

/** The part of the execution input that the options add to the recipe. */
function inputOf({ override, var: variables, build: id, force }: BuildOptions): Omit<Input, 'recipe'> {
  const problems: Placed[] = [];
  const overrides = readOverrides(override ?? [], problems);
  const parameters = readVariables(variables, problems);
  if (id !== undefined && !buildNamePattern.test(id))
    problems.push(usage(`--build ${id}`, 'is no build id, such as 20261123-030000-9f2c'));
  if (problems.length > 0) throw new Refusal(problemLines(problems), { problems });
  return {
    ...(overrides && { overrides }),
    ...(parameters && { parameters }),
    ...(id !== undefined && { build: id }),
    ...(force && { force }),
  };
}

/** The scripts, files and folders that a document and its variants name. Overrides may still mend parts that are no steps. */
function namedBeside(document: unknown): string[] {
  const names = partsAsWritten(document).flatMap(([{ provision, checks, builder }]) => {
    const steps = [provision, checks].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : [])).filter(isMap);
    const userData = isMap(builder) ? builder['userDataFile'] : undefined;
    return [...steps.flatMap(namesBeside), ...(typeof userData === 'string' ? [userData] : [])];
  });
  return [...new Set(names.map((name) => name.replace(/^files:/, '')))];
}
