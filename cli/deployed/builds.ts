import { listArtifacts } from '../../aws/memory/artifacts.ts';
import { readDocument } from '../../aws/memory/documents.ts';
import {
  readExecution,
  listExecutions,
  type ExecutionDetail,
  type ExecutionSummary,
} from '../../aws/executions/build-executions.ts';
import { buildName, buildNameForm, buildNamePattern } from '../../core/build/identity.ts';
import { isRecipeName, recipeNameForm } from '../../core/recipe-name.ts';
import { claimedIdentity } from '../../core/build/identity-from-input.ts';
import { buildFolder, recipeFolder, buildsFolder } from '../../core/memory/documents.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import type { Pipeline } from './deployment.ts';
import { commandLine } from '../screen/command-line.ts';
import { Refusal } from '../refused.ts';

/** A build and the execution that last worked on it. Step Functions forgets executions after 90 days. */
export interface KnownBuild extends BuildIdentity {
  execution?: ExecutionDetail;
}

export const asReference = ({ arn, startedAt }: ExecutionSummary) => ({ id: arn, startedAt: startedAt.toISOString() });

/** The build that an execution's input names, if the input can be read. */
export function identityOfExecution(execution: ExecutionDetail): BuildIdentity | undefined {
  try {
    return claimedIdentity(JSON.parse(execution.input), asReference(execution));
  } catch {
    return undefined; // somebody else's child machine can be started with any input
  }
}

/** Processes things a few at a time, because AWS answers only 10 to 15 descriptions of executions a second. */
export async function eachOf<T, R>(things: T[], work: (thing: T) => Promise<R>, atOnce = 8): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < things.length; from += atOnce)
    results.push(...(await Promise.all(things.slice(from, from + atOnce).map(work))));
  return results;
}

const described = async (pipeline: Pipeline, executions: ExecutionSummary[]): Promise<ExecutionDetail[]> =>
  (await eachOf(executions, ({ arn }) => readExecution(pipeline.aws, arn))).filter((one) => one !== undefined);

/** The builds that are running now. A listing may be some seconds old. */
export async function runningBuilds(pipeline: Pipeline): Promise<(BuildIdentity & { execution: ExecutionDetail })[]> {
  const running = await listExecutions(pipeline.aws, pipeline.machine, { status: 'RUNNING' });
  return (await described(pipeline, running)).flatMap((execution) => {
    const identity = execution.status === 'RUNNING' && identityOfExecution(execution);
    return identity ? [{ ...identity, execution }] : [];
  });
}

/** Names directly below a folder of the bucket. */
async function foldersIn(pipeline: Pipeline, prefix: string): Promise<string[]> {
  const listed = await listArtifacts(pipeline, prefix, '/');
  return listed.flatMap(({ key }) => (key.endsWith('/') ? [key.slice(prefix.length, -1)] : []));
}

export const recipesIn = (pipeline: Pipeline): Promise<string[]> => foldersIn(pipeline, buildsFolder);

/** The builds of a recipe that have an entry in the bucket, newest first. */
export async function buildsOf(pipeline: Pipeline, recipe: string): Promise<BuildIdentity[]> {
  const names = await foldersIn(pipeline, recipeFolder({ recipe }));
  return names
    .filter((name) => buildNamePattern.test(name))
    .toSorted()
    .toReversed()
    .map((build) => ({ recipe, build }));
}

/** The last execution that owned a build, from owner.json or else from the plan. Executions that clean up do not count. */
export async function executionOf(pipeline: Pipeline, identity: BuildIdentity): Promise<ExecutionDetail | undefined> {
  const ofBuilds = pipeline.machine.replace(':stateMachine:', ':execution:');
  const owner = await readDocument(pipeline, identity, 'owner');
  if (owner?.execution.startsWith(`${ofBuilds}:`)) return readExecution(pipeline.aws, owner.execution);
  const plan = await readDocument(pipeline, identity, 'plan');
  return plan && readExecution(pipeline.aws, plan.execution); // a start that found everything up to date has no owner.json and no plan
}

/** The execution that a build's id is derived from. It is the only trace of a build that was refused or has just begun. */
async function executionCalled(pipeline: Pipeline, build: string): Promise<ExecutionDetail | undefined> {
  const since = new Date(startOfBuild(build).getTime() - 1000);
  const executions = await listExecutions(pipeline.aws, pipeline.machine, { since });
  const found = executions.find((execution) => buildName(asReference(execution)) === build);
  return found && readExecution(pipeline.aws, found.arn);
}

/** `20261123-030000-9f2c` began at 2026-11-23T03:00:00Z. */
export const startOfBuild = (build: string): Date =>
  new Date(build.replace(/^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-.*/, '$1-$2-$3T$4:$5:$6Z'));

const buildOrImage = new RegExp(`^(?:(?<recipe>${recipeNameForm})[-/])?(?<build>${buildNameForm})$`);

type Wanted = { execution: string } | { build: string; recipe?: string } | { recipe: string };

/** Finds builds by a word: a recipe's name, a build's id (alone, or as in an image's name), or an execution's ARN. */
export function wantedIn(text: string): Wanted {
  if (/^arn:[^:]+:states:[^:]+:\d{12}:execution:[^:]+:[^:]+$/.test(text)) return { execution: text };
  const { recipe, build } = buildOrImage.exec(text)?.groups ?? {};
  if (build !== undefined) return { build, ...(recipe !== undefined && { recipe }) };
  if (isRecipeName(text)) return { recipe: text };
  throw new Refusal(
    `${text}: is neither a recipe's name, nor an execution's ARN, nor a build's id, such as 20261123-030000-9f2c`,
  );
}

/** The build that the word names. For a recipe: its running build, else its last. @throws Refusal if there is none. */
export async function findBuild(pipeline: Pipeline, text: string): Promise<KnownBuild> {
  const wanted = wantedIn(text);
  const place = `in ${pipeline.aws.region}`;
  if ('execution' in wanted) {
    const execution = await readExecution(pipeline.aws, wanted.execution);
    const identity = execution && identityOfExecution(execution);
    if (!identity) throw new Refusal(`${text}: there is no such execution of a build ${place}, or none any more`);
    return { ...identity, execution };
  }
  if (!('build' in wanted)) return lastBuild(pipeline, wanted.recipe);
  const { build } = wanted;
  const recipes = wanted.recipe === undefined ? await recipesIn(pipeline) : [wanted.recipe];
  const known = await eachOf(recipes, async (recipe) => {
    const objects = await listArtifacts(pipeline, buildFolder({ recipe, build }), '/');
    return objects.length > 0 ? [{ recipe, build }] : [];
  });
  const found = known.flat();
  const [identity = found[0]] = await wholesOf(pipeline, recipes, found);
  if (identity) return withExecution(pipeline, identity);
  const execution = await executionCalled(pipeline, build);
  const claimed = execution && identityOfExecution(execution);
  if (claimed && (wanted.recipe ?? claimed.recipe) === claimed.recipe) return { ...claimed, execution };
  throw new Refusal(
    `${text}: there is no such build ${place}; ${commandLine(`list${pipeline.options}`)} shows those there are`,
  );
}

/** The build of all variants, if builds of one id are those of variants. The name of a variant begins with that of its recipe. */
async function wholesOf(pipeline: Pipeline, recipes: string[], found: BuildIdentity[]): Promise<BuildIdentity[]> {
  const [build] = found.map((one) => one.build);
  if (build === undefined) return [];
  const above = recipes.filter((name) => found.some(({ recipe }) => recipe.startsWith(`${name}-`)));
  const wholes = await eachOf(above, async (recipe) =>
    (await readDocument(pipeline, { recipe, build }, 'variants')) ? [{ recipe, build }] : [],
  );
  return wholes.flat();
}

async function lastBuild(pipeline: Pipeline, recipe: string): Promise<KnownBuild> {
  const running = (await runningBuilds(pipeline)).find((one) => one.recipe === recipe);
  if (running) return running;
  const [last] = await buildsOf(pipeline, recipe);
  if (last) return withExecution(pipeline, last);
  const recipes = await recipesIn(pipeline);
  throw new Refusal(
    `${recipe}: no build of such a recipe in ${pipeline.aws.region}; there are builds of ${recipes.join(', ') || 'none'}`,
  );
}

async function withExecution(pipeline: Pipeline, identity: BuildIdentity): Promise<KnownBuild> {
  const execution = (await executionOf(pipeline, identity)) ?? (await executionCalled(pipeline, identity.build));
  return { ...identity, ...(execution && { execution }) };
}
