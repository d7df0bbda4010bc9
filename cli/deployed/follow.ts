import { readDocument } from '../../aws/memory/documents.ts';
import { readExecution, type ExecutionDetail } from '../../aws/executions/build-executions.ts';
import { historyReader, type ExecutionEvent } from '../../aws/executions/execution-history.ts';
import { Failure, isRefusal } from '../../core/errors.ts';
import { eventPaths } from '../../core/build/event-paths.ts';
import { failureMessage } from '../../core/report/failure.ts';
import { failedManifest } from '../../core/report/failed-manifest.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { findBuild } from './builds.ts';
import { findPipeline, unreachable, type Pipeline, type PipelineOptions } from './deployment.ts';
import { commandLine } from '../screen/command-line.ts';
import { refusal } from '../refusal.ts';
import { Refusal } from '../refused.ts';
import { createScreen, heading, took } from '../screen/screen.ts';
import type { Surroundings } from '../surroundings.ts';
import { outcome } from '../screen/target-table.ts';
import { variantManifests } from '../../aws/variants/ends.ts';
import { variantEvents } from '../variants/variant-builds.ts';
import { painter, type Terminal, forPeople } from '../screen/terminal.ts';

/** The exit code that a shell expects from a program ended by Ctrl-C. */
export const interruptedCode = 130;

const second = 1000;
// Once a minute would be enough for the longest waits, but somebody is watching. AWS answers 20 such calls a second.
const [shortest, longest] = [2 * second, 10 * second];
// Following gives up after the network is away, or AWS throttles, for this long. The build itself goes on.
const patience = 15 * 60 * second;

/** Shows a build of a deployed pipeline from its start to its end. */
export async function follow(
  wanted: string,
  options: PipelineOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const pipeline = await findPipeline(options, surroundings);
  const { recipe, build, execution } = await findBuild(pipeline, wanted);
  if (!execution) {
    throw new Refusal(
      `${recipe}-${build}: Step Functions has forgotten its execution (90 days after its end); ${commandLine(`logs ${build}${pipeline.options}`)} has what the bucket keeps`,
    );
  }
  const write = (text: string) => (options.json ? terminal.err(text) : terminal.out(text));
  write(`\n  ${recipe}-${build} in ${pipeline.aws.region}\n`);
  return followBuild({ recipe, build, execution: execution.arn }, pipeline, options, terminal, surroundings);
}

/** Follows an execution to its end. @returns the exit code: 0 published, 1 failed, 2 refused, 130 left at Ctrl-C. */
export async function followBuild(
  build: BuildIdentity & { execution: string },
  pipeline: Pipeline,
  { json = false }: Pick<PipelineOptions, 'json'>,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const { write, sheet } = forPeople(terminal, json);
  const comeBack = commandLine(`follow ${build.build}${pipeline.options}`);
  write(`\n${heading(sheet, 'elapsed')}\n`);
  try {
    const variants = () => variantEvents(pipeline, build);
    const ended = await watch(build.execution, pipeline, { sheet, write, surroundings, variants });
    if (!ended) {
      write(
        `\n  Left; the build goes on. To come back: ${comeBack}\n  To stop it:  ${commandLine(`cancel ${build.build}${pipeline.options}`)}\n\n`,
      );
      return interruptedCode;
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Refusal(
      `${unreachable(error).message}\nThe build goes on without being followed. To come back: ${comeBack}`,
    );
  }
  const execution = await readExecution(pipeline.aws, build.execution);
  if (!execution) throw new Refusal(`${build.execution} is not there any more`);
  return tellEnd(build, execution, pipeline, { json, sheet, write, terminal, surroundings });
}

export interface Page {
  sheet: Pick<Terminal, 'columns' | 'colour' | 'isTTY'>;
  write: (text: string) => void;
}

interface Watched {
  surroundings: Surroundings;
  /** Makes the reader of the histories of variants. It is called once the execution waits for them. */
  variants?: () => ReturnType<typeof variantEvents>;
}

const awaitsVariants = ({ stateEnteredEventDetails: entered }: ExecutionEvent) =>
  (entered as { name?: string } | undefined)?.name === 'AwaitVariants';
const isEnd = ({ type }: ExecutionEvent) => /^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(type);

/**
 * Shows an execution until it ends.
 * @param goesOn What goes on if the user leaves.
 * @returns whether the execution has ended; false if the user stopped watching.
 */
export async function watch(
  execution: string,
  { aws }: Pick<Pipeline, 'aws'>,
  { sheet, write, surroundings, variants }: Page & Watched,
  goesOn = 'the build',
): Promise<boolean> {
  const { now, sleep, onInterrupt } = surroundings;
  const interrupt = new AbortController();
  const stopListening = onInterrupt(() => interrupt.abort());
  const screen = createScreen({
    terminal: sheet,
    write,
    now,
    real: now,
    below: (ms) => `${took(ms)} so far; Ctrl-C leaves, ${goesOn} goes on`,
    entering: true,
  });
  const read = historyReader(aws, execution);
  const pathOf = eventPaths();
  let readVariants: Awaited<ReturnType<typeof variantEvents>> | undefined;
  let pause = shortest;
  let heard = now();
  let silent = false;
  try {
    for (;;) {
      let events: ExecutionEvent[] = [];
      try {
        events = await read();
        for (const { event, path, who } of (await readVariants?.()) ?? []) screen.take(event, path, who);
        if (events.some(awaitsVariants)) readVariants = await variants?.();
        heard = now();
        silent = false;
      } catch (error) {
        if (!(error instanceof Failure) || error.name !== 'AwsTransient' || now() - heard > patience) throw error;
        if (!silent) screen.note(`no answer, still trying: ${error.message}`);
        silent = true;
      }
      for (const event of events) screen.take(event, pathOf(event));
      const last = events.at(-1);
      if (last && isEnd(last)) return true; // a redriven execution goes on after an end
      if (interrupt.signal.aborted) return false;
      pause = events.length > 0 ? shortest : Math.min(longest, pause * 1.3);
      for (const until = now() + pause; now() < until && !interrupt.signal.aborted; screen.tick())
        await sleep(Math.min(sheet.isTTY ? second : pause, until - now()), interrupt.signal);
      if (interrupt.signal.aborted) return false;
    }
  } finally {
    stopListening();
    screen.end();
  }
}

/** Prints the result of a build and hands over its record. */
async function tellEnd(
  { recipe, build }: BuildIdentity,
  execution: ExecutionDetail,
  pipeline: Pipeline,
  {
    json,
    sheet,
    write,
    terminal,
    surroundings,
  }: Page & {
    json: boolean;
    terminal: Terminal;
    surroundings: Surroundings;
  },
): Promise<number> {
  const { status, error: Error = status, cause: Cause, startedAt, stoppedAt = startedAt } = execution;
  const refused = isRefusal(Error);
  // A refused execution is not part of the build, which may have the record of an earlier execution
  const manifest = refused ? undefined : await readDocument(pipeline, { recipe, build }, 'manifest');
  const variants = refused ? [] : await variantManifests(pipeline, { recipe, build });
  for (const one of variants) write(`\n${outcome(one, '', sheet)}`);
  if (manifest) {
    write(`\n${outcome(manifest, `${took(stoppedAt.getTime() - startedAt.getTime())} · ${execution.arn}`, sheet)}`);
    const logs = painter(sheet)('dim', commandLine(`logs ${build}${pipeline.options}`));
    write(surroundings.simulated ? '\n' : `  ${logs}\n\n`);
    const all = variants.length > 0 ? { ...manifest, variants } : manifest;
    if (json) terminal.out(`${JSON.stringify(all, null, 2)}\n`);
  } else {
    const cause = failureMessage({ Error, Cause });
    terminal.err(`\n  ${Error}\n${cause.replaceAll(/^/gm, '    ')}\n`);
    if (status === 'ABORTED' || status === 'TIMED_OUT') {
      terminal.err(
        `  It is undone from outside within minutes; ${commandLine(`logs ${build}${pipeline.options}`)} then tells what was undone.\n`,
      );
    }
    terminal.err('\n');
    // The build has not written its record, so stdout gets it from here
    const failure = { state: 'unknown', error: Error, cause, undone: [], left: [], kept: [] };
    const unwritten = {
      identity: { recipe, build },
      plan: undefined,
      ledger: undefined,
      targets: [],
      timings: [],
      failure,
    };
    if (json && Error === 'RecipeInvalid') terminal.out(refusal([{ path: [], message: cause, place: {} }]));
    else if (json) terminal.out(`${JSON.stringify(failedManifest(unwritten), null, 2)}\n`);
  }
  if (status === 'SUCCEEDED') return 0;
  return Error === 'RecipeInvalid' ? 2 : 1;
}
