import { stripVTControlCharacters } from 'node:util';
import { listArtifacts, readObject } from '../../aws/memory/artifacts.ts';
import { readDocument } from '../../aws/memory/documents.ts';
import { historyReader, stateEventOf, type ExecutionEvent } from '../../aws/executions/execution-history.ts';
import { eventPaths } from '../../core/build/event-paths.ts';
import { commandOutput } from '../../core/memory/documents.ts';
import { failureMessage } from '../../core/report/failure.ts';
import { sentCommands, type SentCommand } from '../../core/report/page/sent-commands.ts';
import type { Manifest } from '../../core/build/manifest.ts';
import { variantBuildsOf } from '../../aws/variants/wholes.ts';
import { imageName } from '../../core/build/identity.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { forEachVariant } from '../variants/each-variant.ts';
import { timingsOf, type Timing } from '../../core/build/timings.ts';
import { eachOf, findBuild, startOfBuild, type KnownBuild } from './builds.ts';
import { columns } from '../screen/columns.ts';
import { findPipeline, type Pipeline, type PipelineOptions } from './deployment.ts';
import { listedStatus, triggerOf } from './list.ts';
import { progressLines } from './progress.ts';
import { Refusal } from '../refused.ts';
import { draw, heading, took } from '../screen/screen.ts';
import type { Surroundings } from '../surroundings.ts';
import { outcome } from '../screen/target-table.ts';
import { painter, type Terminal } from '../screen/terminal.ts';

interface LogsOptions extends PipelineOptions {
  step?: string;
  tail?: number;
}

/** Output of one command on one instance, as the SSM agent left it in the bucket. */
interface Output {
  /** Name of the step or check; null if its execution is forgotten or unknown. */
  name: string | null;
  phase: 'provision' | 'check' | null;
  /** Of a step that is tried again while it fails: which attempt it was, from 1. */
  attempt?: number;
  command: string;
  instance: string;
  stdout: string;
  stderr: string;
}

/** Shows what a build did: its time by state, why it failed, and the output of its steps and checks. */
export async function logs(
  wanted: string,
  options: LogsOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const pipeline = await findPipeline(options, surroundings);
  const known = await findBuild(pipeline, wanted);
  const variants = (await variantBuildsOf(pipeline, known)).filter(({ recipe }) => recipe !== known.recipe);
  const isWhole = variants.length > 0;
  // The build of all runs no step itself.
  const words = [...(isWhole && options.step !== undefined ? [] : [known]), ...variants].map(imageName);
  const find = async (word: string) => (word === imageName(known) ? known : findBuild(pipeline, word));
  if (options.step !== undefined) await assertStep(options.step, await eachOf(words, find), pipeline);
  return forEachVariant(words, { json: options.json, terminal }, async (word, sheet) => {
    const one = await find(word);
    if (isWhole && options.step !== undefined && !options.json) sheet.out(`  ${painter(sheet)('bold', word)}\n`);
    return logsOf(one, { ...options, isWhole: isWhole && one === known }, pipeline, sheet, surroundings);
  });
}

const sentIn = async (pipeline: Pipeline, { execution }: KnownBuild): Promise<SentCommand[]> =>
  sentCommands(execution ? await historyReader(pipeline.aws, execution.arn)() : []);

/** @throws Refusal if no build has output of a step. Variants may have different steps. */
async function assertStep(step: string, builds: KnownBuild[], pipeline: Pipeline): Promise<void> {
  const sent: SentCommand[] = [];
  for (const one of builds) {
    const own = await sentIn(pipeline, one);
    if ((await outputsOf(pipeline, one, own, { step, tail: 1 })).length > 0) return;
    sent.push(...own);
  }
  const names = [...new Set(sent.map(({ name }) => name))].join(', ') || 'none';
  throw new Refusal(
    `--step ${step}: has left no output; steps and checks of ${builds[0]?.build} that were sent: ${names}`,
  );
}

async function logsOf(
  known: KnownBuild,
  { isWhole, ...options }: LogsOptions & { isWhole: boolean },
  pipeline: Pipeline,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const manifest = await readDocument(pipeline, known, 'manifest');
  const history = known.execution ? await historyReader(pipeline.aws, known.execution.arn)() : [];
  const outputs = await outputsOf(pipeline, known, sentCommands(history), options);
  const timings = manifest?.timings ?? timingsOf(history.map(stateEventOf));
  const status = listedStatus(known.execution, manifest);
  if (options.json) {
    const { recipe, build } = known;
    const failure = manifest?.failure ?? null;
    terminal.out(`${JSON.stringify({ recipe, build, status, timings, failure, outputs }, null, 2)}\n`);
    return 0;
  }
  if (options.step === undefined)
    terminal.out(summary({ known, status, history, timings, manifest, now: surroundings.now() }, terminal));
  for (const output of outputs) terminal.out(shown(output, terminal));
  if (outputs.length === 0 && !isWhole)
    terminal.out(
      `  No command${options.step === undefined ? '' : ` of ${options.step}`} has left any output in the bucket.\n`,
    );
  return 0;
}

async function outputsOf(
  pipeline: Pipeline,
  build: BuildIdentity,
  sent: SentCommand[],
  { step, tail }: Pick<LogsOptions, 'step' | 'tail'>,
): Promise<Output[]> {
  const prefix = `${commandOutput.key(build)}/`;
  const streams = (await listArtifacts(pipeline, prefix)).flatMap(({ key, bytes }) => {
    const [command = '', instance = '', ...rest] = key.slice(prefix.length).split('/');
    const stream = rest.at(-1);
    return stream === 'stdout' || stream === 'stderr' ? [{ key, bytes, command, instance, stream } as const] : [];
  });
  const places = new Map(streams.map((each) => [`${each.command} ${each.instance}`, each]));
  const order = ({ command }: { command: string }) => {
    const index = sent.findIndex((one) => one.command === command);
    return index < 0 ? sent.length : index;
  };
  const outputs = [...places.values()]
    .map(({ command, instance }) => ({ command, instance, of: sent.find((one) => one.command === command) }))
    .filter(({ of }) => step === undefined || of?.name === step)
    .toSorted((one, other) => order(one) - order(other));
  return eachOf(outputs, async ({ command, instance, of }) => {
    const text = async (wanted: 'stdout' | 'stderr') => {
      const found = streams.filter(
        (one) => one.command === command && one.instance === instance && one.stream === wanted,
      );
      return (await eachOf(found, (one) => textOf(pipeline, one, tail))).join('');
    };
    const [stdout, stderr] = [await text('stdout'), await text('stderr')];
    const attempt = of?.attempt === undefined ? {} : { attempt: of.attempt };
    return { name: of?.name ?? null, phase: of?.phase ?? null, ...attempt, command, instance, stdout, stderr };
  });
}

// This is enough for thousands of lines. A user who asks for the end of an output does not want to wait for all of it.
const tailBytes = 1_048_576;

async function textOf(pipeline: Pipeline, { key, bytes }: { key: string; bytes: number }, tail?: number) {
  if (bytes === 0) return '';
  const range = tail !== undefined && bytes > tailBytes ? `bytes=-${tailBytes}` : undefined;
  const text = (await readObject(pipeline, key, range))?.text ?? '';
  return tail === undefined ? text : `${text.trimEnd().split('\n').slice(-tail).join('\n')}\n`;
}

interface Summary {
  known: KnownBuild;
  status: string;
  history: ExecutionEvent[];
  timings: Timing[];
  manifest: Manifest | undefined;
  now: number;
}

function summary({ known, status, history, timings, manifest, now }: Summary, terminal: Terminal): string {
  const { recipe, build, execution } = known;
  const paint = painter(terminal);
  const pathOf = eventPaths();
  const lines = progressLines(history.map((event) => ({ event, path: pathOf(event) })));
  const began = execution?.startedAt.getTime() ?? startOfBuild(build).getTime();
  const title = [`  ${paint('bold', `${recipe}-${build}`)}  ${status}`];
  if (execution) title.push(`  ${paint('dim', `by ${triggerOf(execution).by}, ${execution.arn}`)}`);
  const parts = [title.join('\n')];
  if (lines.length > 0)
    parts.push([heading(terminal, 'elapsed'), ...lines.flatMap((line) => draw(line, began, now, terminal))].join('\n'));
  else if (timings.length > 0) parts.push(timeTable(timings, terminal));
  const cause =
    manifest?.failure?.cause ??
    (execution?.error && failureMessage({ Error: execution.error, Cause: execution.cause }));
  if (cause && !lines.some(({ mark }) => mark === 'failed')) parts.push(clean(cause).replaceAll(/^/gm, '  '));
  const seconds = execution ? took((execution.stoppedAt?.getTime() ?? now) - began) : '';
  if (manifest) parts.push(outcome(manifest, seconds, terminal).trimEnd());
  return `\n${parts.join('\n\n')}\n\n`;
}

/** The manifest's facts about a build whose history is forgotten. */
const timeTable = (timings: Timing[], terminal: Terminal): string =>
  columns(
    ['Started (UTC)', 'State', 'Took'],
    timings.map(({ state, startedAt, seconds }) => [
      { text: startedAt.slice(11, 19), style: 'dim' },
      { text: state },
      { text: took(seconds * 1000) },
    ]),
    terminal,
  );

/** Removes control characters, so that a command's output cannot control the reader's terminal. */
const clean = (text: string) => stripVTControlCharacters(text).replaceAll('\r', '');

function shown({ name, phase, attempt, command, instance, stdout, stderr }: Output, terminal: Terminal): string {
  const paint = painter(terminal);
  const title = paint(
    'bold',
    `--- ${phase ? `${phase} ${name}` : command}${attempt === undefined ? '' : `, attempt ${attempt}`}`,
  );
  const streams = Object.entries({ stdout, stderr }).filter(([, text]) => text !== '');
  return streams
    .map(([stream, text]) => `${title} ${paint('dim', `${stream} on ${instance}`)}\n${clean(text).trimEnd()}\n\n`)
    .join('');
}
