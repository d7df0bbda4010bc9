import { isRefusal } from '../../core/errors.ts';
import { readDocument } from '../../aws/memory/documents.ts';
import {
  readExecution,
  listExecutions,
  type ExecutionDetail,
  type ExecutionSummary,
} from '../../aws/executions/build-executions.ts';
import { builtVariants } from '../../aws/variants/wholes.ts';
import { buildName } from '../../core/build/identity.ts';
import type { Manifest } from '../../core/build/manifest.ts';
import { placeName } from '../../core/distribute/place.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import {
  asReference,
  buildsOf,
  eachOf,
  executionOf,
  identityOfExecution,
  recipesIn,
  startOfBuild,
  type KnownBuild,
} from './builds.ts';
import { columns, type Cell } from '../screen/columns.ts';
import { findPipeline, type Pipeline, type PipelineOptions } from './deployment.ts';
import { took } from '../screen/screen.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Terminal } from '../screen/terminal.ts';

interface ListOptions extends PipelineOptions {
  limit: number;
}

/** A build as `golden list --json` prints it. */
export interface Listed extends BuildIdentity {
  status: 'running' | 'published' | 'failed' | 'up-to-date' | 'stopped' | 'refused' | 'unknown';
  startedAt: string;
  seconds: number | null;
  /** What started the build: hand, schedule, source, parent; null if Step Functions has forgotten the execution. */
  by: string | null;
  reason: string | null;
  channel: string | null;
  /** The image, by region. */
  images: Record<string, string>;
  error: string | null;
  execution: string | null;
}

/** Lists builds of all recipes or of one, newest first. */
export async function list(
  recipe: string | undefined,
  options: ListOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const pipeline = await findPipeline(options, surroundings);
  const known = await newestBuilds(pipeline, recipe, options.limit);
  const rows = await eachOf(known, (one) => describe(pipeline, one, surroundings.now()));
  if (options.json) terminal.out(`${JSON.stringify(rows, null, 2)}\n`);
  else if (rows.length > 0) terminal.out(`${tableOf(rows, terminal)}\n`);
  else terminal.out(`  No build${recipe ? ` of ${recipe}` : ''} in ${pipeline.aws.region} yet.\n`);
  if (pipeline.automaticBuilds === false)
    terminal.err(
      '  Automatic builds are off: nothing starts by itself until you deploy with --param="automaticBuilds=on".\n',
    );
  return 0;
}

/** The builds in the bucket, and builds known from executions only because they have just begun or were refused. */
async function newestBuilds(pipeline: Pipeline, recipe: string | undefined, limit: number): Promise<KnownBuild[]> {
  const recipes =
    recipe === undefined ? await recipesIn(pipeline) : [recipe, ...(await builtVariants(pipeline, recipe))];
  const inBucket = (await eachOf(recipes, (one) => buildsOf(pipeline, one)))
    .flat()
    .toSorted(newestFirst)
    .slice(0, limit);
  const oldest = inBucket.length < limit ? undefined : inBucket.at(-1);
  const executions = await listExecutions(pipeline.aws, pipeline.machine, {
    atMost: 1000,
    ...(oldest && { since: startOfBuild(oldest.build) }),
  });
  const named = new Map(executions.map((execution) => [buildName(asReference(execution)), execution]));
  const builds = new Map<string, KnownBuild>();
  const without: ExecutionSummary[] = [];
  const keyOf = ({ recipe: of, build }: BuildIdentity) => `${of} ${build}`;
  for (const identity of inBucket) builds.set(keyOf(identity), identity);
  const ids = new Set(inBucket.map(({ build }) => build));
  for (const [name, execution] of named) if (!ids.has(name)) without.push(execution);
  const details = await eachOf(without.slice(0, limit), ({ arn }) => readExecution(pipeline.aws, arn));
  for (const execution of details) {
    const identity = execution && identityOfExecution(execution);
    if (!identity || (recipe !== undefined && !recipes.includes(identity.recipe))) continue;
    // A restarted build is already known; its last execution is looked up below
    if (!builds.has(keyOf(identity))) builds.set(keyOf(identity), { ...identity, execution });
  }
  const newest = [...builds.values()].toSorted(newestFirst).slice(0, limit);
  return eachOf(newest, async (one) => {
    const called = named.get(one.build);
    const execution =
      one.execution ??
      (await executionOf(pipeline, one)) ??
      (called && (await readExecution(pipeline.aws, called.arn)));
    return execution ? { ...one, execution } : one;
  });
}

const newestFirst = (one: BuildIdentity, other: BuildIdentity) => (one.build < other.build ? 1 : -1);

async function describe(pipeline: Pipeline, known: KnownBuild, now: number): Promise<Listed> {
  const { recipe, build, execution } = known;
  const manifest = await readDocument(pipeline, { recipe, build }, 'manifest');
  const trigger = execution && triggerOf(execution);
  const end = execution?.stoppedAt?.getTime() ?? (execution ? now : undefined);
  const published = manifest?.targets.filter(({ status }) => status === 'published') ?? [];
  const held = published.find((target) => target.parameter);
  const failure = manifest?.failure;
  return {
    recipe,
    build,
    status: listedStatus(execution, manifest),
    startedAt: (execution?.startedAt ?? startOfBuild(build)).toISOString(),
    seconds: execution && end !== undefined ? Math.round((end - execution.startedAt.getTime()) / 1000) : null,
    by: trigger?.by ?? null,
    reason: trigger?.reason ?? null,
    channel: held?.parameter?.split('/').at(held.id === undefined ? -1 : -2) ?? null,
    images: Object.fromEntries(published.flatMap(({ ami, ...at }) => (ami === null ? [] : [[placeName(at), ami]]))),
    error: failure ? `${failure.error} in ${failure.state}` : (execution?.error ?? null),
    execution: execution?.arn ?? null,
  };
}

export function listedStatus(execution: ExecutionDetail | undefined, manifest: Manifest | undefined): Listed['status'] {
  if (execution?.status === 'RUNNING') return 'running';
  if (manifest) return manifest.failure?.error === 'ABORTED' ? 'stopped' : manifest.status;
  if (isRefusal(execution?.error ?? '')) return 'refused';
  if (execution?.status === 'ABORTED') return 'stopped';
  return execution ? 'failed' : 'unknown';
}

/** What started an execution, from its input; `hand` if the input says nothing. */
export function triggerOf({ input }: ExecutionDetail): { by: string; reason?: string } {
  try {
    const { trigger } = JSON.parse(input) as { trigger?: { by?: unknown; reason?: unknown } };
    if (typeof trigger?.by !== 'string') return { by: 'hand' };
    return { by: trigger.by, ...(typeof trigger.reason === 'string' && { reason: trigger.reason }) };
  } catch {
    return { by: 'hand' };
  }
}

const styles: Record<Listed['status'], Cell['style']> = {
  running: 'cyan',
  published: 'green',
  'up-to-date': 'green',
  failed: 'red',
  stopped: 'yellow',
  refused: 'yellow',
  unknown: 'dim',
};

function tableOf(rows: Listed[], terminal: Terminal): string {
  const cells = rows.map((row): Cell[] => {
    const images = Object.values(row.images);
    const image = images.length > 1 ? `${images[0]} + ${images.length - 1}` : (images[0] ?? '');
    return [
      { text: row.recipe },
      { text: row.build },
      { text: row.status, style: styles[row.status] ?? 'reset' },
      { text: row.seconds === null ? '' : took(row.seconds * 1000) },
      { text: row.by ?? '' },
      { text: row.channel ?? '' },
      { text: row.error ?? image, style: 'dim' },
    ];
  });
  return columns(['Recipe', 'Build (UTC)', 'Status', 'Took', 'By', 'Channel', 'Image'], cells, terminal);
}
