import { readDocument, readVersioned } from '../../aws/memory/documents.ts';
import { readExecution, stopExecution, type ExecutionDetail } from '../../aws/executions/build-executions.ts';
import { imageName } from '../../core/build/identity.ts';
import type { Manifest } from '../../core/build/manifest.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { buildsOf, findBuild, runningBuilds, wantedIn } from './builds.ts';
import { findPipeline, type Pipeline, type PipelineOptions } from './deployment.ts';
import { interruptedCode } from './follow.ts';
import { holdsOf, release } from '../held/held.ts';
import type { Surroundings } from '../surroundings.ts';
import { commandLine } from '../screen/command-line.ts';
import type { Terminal } from '../screen/terminal.ts';

interface CancelOptions extends PipelineOptions {
  reason?: string;
  wait?: boolean;
}

type Running = BuildIdentity & { execution: ExecutionDetail };

interface Cancelled extends BuildIdentity {
  execution: string;
  /** What was undone and what is left, once that is known. */
  failure?: Manifest['failure'];
}

// The clean-up looks for late effects for at least three minutes; its own limit is two hours.
const patience = 30 * 60 * 1000;

/** Stops the running build of a recipe, or one given build. */
export async function cancel(
  wanted: string,
  options: CancelOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const { json = false, wait = false, reason } = options;
  const write = (text: string) => (json ? terminal.err(text) : terminal.out(text));
  const pipeline = await findPipeline(options, surroundings);
  const found = await running(pipeline, wanted, { options, write, terminal, surroundings });
  const cancelled: Cancelled[] = [];
  let exitCode = 0;
  for (const { recipe, build, execution } of found) {
    const before = await readVersioned(pipeline, { recipe, build }, 'manifest');
    const begun = await readDocument(pipeline, { recipe, build }, 'owner');
    const cause = `cancelled by hand with golden cancel${reason ? `: ${reason}` : ''}`;
    await stopExecution(pipeline.aws, execution.arn, 'Cancelled', cause);
    const one: Cancelled = { recipe, build, execution: execution.arn };
    cancelled.push(one);
    write(`  ${recipe}-${build} is stopped.\n`);
    if (!begun) {
      write('  It had not begun to make anything.\n');
      continue;
    }
    write('  What it made is undone from outside (clean-up-build) within minutes, unless it was published already.\n');
    if (!wait) {
      write(`  What was undone: ${commandLine(`logs ${build}${pipeline.options}`)}\n`);
      continue;
    }
    const outcome = await cleanedUp({ recipe, build }, before?.version, pipeline, surroundings);
    if (typeof outcome === 'string') {
      write(`  ${outcome}; ${commandLine(`logs ${build}${pipeline.options}`)} tells later what was undone\n`);
      exitCode ||= outcome === 'left' ? interruptedCode : 1;
      continue;
    }
    one.failure = outcome.failure;
    for (const thing of outcome.failure?.undone ?? []) write(`    ${thing}\n`);
    for (const { ami, region } of outcome.failure?.kept ?? []) write(`    kept ${ami} in ${region}\n`);
    for (const thing of outcome.failure?.left ?? []) write(`    LEFT: ${thing}\n`);
    write('  The clean-up is over.\n');
    if (outcome.failure && outcome.failure.left.length > 0) exitCode ||= 1;
  }
  if (json) terminal.out(`${JSON.stringify(cancelled, null, 2)}\n`);
  return exitCode;
}

const isVariantOf = ({ execution }: Running, recipe: string): boolean =>
  (JSON.parse(execution.input) as { variantOf?: unknown }).variantOf === recipe;

/** Whether a build is of a recipe or of one of its variants, which are stopped together. */
const isOf = (recipe: string) => (one: Running) => one.recipe === recipe || isVariantOf(one, recipe);

/**
 * The executions to stop. If they have already ended, there is nothing to stop, and that is no failure: then the holds of the build and of
 * its variants end. A variant may be held while others run: its hold is only told.
 */
async function running(
  pipeline: Pipeline,
  wanted: string,
  {
    options,
    write,
    terminal,
    surroundings,
  }: { options: PipelineOptions; write: (text: string) => void; terminal: Terminal; surroundings: Surroundings },
): Promise<Running[]> {
  const tellHolds = ({ build }: { build: string }, holds: Awaited<ReturnType<typeof holdsOf>>, stopped: Running[]) => {
    for (const { held, ...one } of holds.filter(({ recipe }) => !stopped.some((other) => other.recipe === recipe)))
      write(
        `  ${held.role} ${held.instance} of ${imageName(one)}, which failed, is held until ${held.until}: ${commandLine(`cancel ${build}${pipeline.options}`)} ends that.\n`,
      );
  };
  const meant = wantedIn(wanted);
  if ('recipe' in meant && !('build' in meant)) {
    const found = (await runningBuilds(pipeline)).filter(isOf(meant.recipe));
    const held = await holder(pipeline, meant.recipe);
    if (held && !found.some(({ execution }) => execution.arn === held.execution.arn)) found.push(held);
    if (found.length === 0) write(`  Nothing is being built of ${meant.recipe} in ${pipeline.aws.region}.\n`);
    const [last] = await buildsOf(pipeline, meant.recipe);
    if (last) tellHolds(last, await holdsOf(pipeline, last, surroundings.now()), found);
    return found;
  }
  const { recipe, build, execution } = await findBuild(pipeline, wanted);
  const variants = (await runningBuilds(pipeline)).filter((one) => one.build === build && isVariantOf(one, recipe));
  // What started the variants may have died before them.
  const found = execution?.status === 'RUNNING' ? [{ recipe, build, execution }, ...variants] : variants;
  const holds = await holdsOf(pipeline, { recipe, build }, surroundings.now());
  if (found.length > 0) {
    tellHolds({ build }, holds, found);
    return found;
  }
  for (const { held, ...one } of holds) {
    await release(pipeline, one, { held, stage: options.stage }, terminal, surroundings);
    write(`  ${held.role} ${held.instance} of ${imageName(one)} is no longer held, and is gone within minutes.\n`);
  }
  if (holds.length > 0) return [];
  const ended = execution?.stoppedAt ? ` at ${execution.stoppedAt.toISOString()} as ${execution.status}` : '';
  write(`  ${recipe}-${build} is not running: it ended${ended}.\n`);
  return [];
}

/** The holder of the recipe's lock. A listing of executions may not show yet an execution that started seconds ago. */
async function holder(pipeline: Pipeline, recipe: string): Promise<Running | undefined> {
  const lock = await readDocument(pipeline, { recipe }, 'lock');
  if (!lock) return undefined;
  const execution = await readExecution(pipeline.aws, lock.execution);
  return execution?.status === 'RUNNING' ? { recipe, build: lock.build, execution } : undefined;
}

/** Waits for the record that the clean-up writes last. */
async function cleanedUp(
  identity: BuildIdentity,
  before: string | undefined,
  pipeline: Pipeline,
  { now, sleep, onInterrupt }: Surroundings,
): Promise<Manifest | 'left' | 'no clean-up has ended within half an hour'> {
  const interrupt = new AbortController();
  const stopListening = onInterrupt(() => interrupt.abort());
  try {
    for (const until = now() + patience; now() < until; await sleep(10_000, interrupt.signal)) {
      if (interrupt.signal.aborted) return 'left';
      const manifest = await readVersioned(pipeline, identity, 'manifest');
      if (manifest && manifest.version !== before) return manifest.content;
    }
    return 'no clean-up has ended within half an hour';
  } finally {
    stopListening();
  }
}
