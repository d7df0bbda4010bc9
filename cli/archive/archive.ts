import { randomUUID } from 'node:crypto';
import { callerArn } from '../../aws/caller.ts';
import { startExecution } from '../../aws/executions/machines.ts';
import type { ArchivePlan } from '../../core/archive/archive-plan.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { findOneBuild } from '../variants/each-variant.ts';
import { findPipeline, type Pipeline, type PipelineOptions } from '../deployed/deployment.ts';
import { endOf, tellFailure } from '../deployed/execution-end.ts';
import { interruptedCode, watch } from '../deployed/follow.ts';
import { asksFirst } from '../agreement.ts';
import { commandLine } from '../screen/command-line.ts';
import { Refusal } from '../refused.ts';
import { heading } from '../screen/screen.ts';
import type { Terminal } from '../screen/terminal.ts';
import type { Surroundings } from '../surroundings.ts';

interface ArchiveOptions extends PipelineOptions {
  object?: string;
  plan?: boolean;
  why?: string;
  /** Do not ask. */
  yes?: boolean;
}

/** What an execution of archive-image ends with. */
interface ArchiveOutput extends ArchivePlan {
  bytes?: number;
  snapshots?: string[];
}

const named = /^(?:([a-z][\w-]*)-)?(\d{8}-\d{6}-[0-9a-f]{4})$/;

/** The build that a word names. A recipe's name means its last build elsewhere, which is too little said here. */
async function buildOf(word: string, object: string | undefined, pipeline: Pipeline): Promise<BuildIdentity> {
  const [, recipe, build] = named.exec(word) ?? [];
  if (build === undefined) throw new Refusal(`${word}: is no build id, such as 20261123-030000-9f2c`);
  if (object === undefined) return findOneBuild(pipeline, word);
  if (recipe === undefined) throw new Refusal(`${word}: with --object, name the recipe too, as <recipe>-${build}`);
  return { recipe, build };
}

const next = ({ verb, recipe, ami, region }: ArchiveOutput, options: string): string[] =>
  verb === 'archive'
    ? [
        `the AMI is still there; ${commandLine(`deregister <build>${options}`)} removes it in every region, with its snapshots`,
      ]
    : [
        `no channel can move to ${ami}, since its build published another AMI`,
        `to publish it, build from it: a recipe with the source { ami: ${ami}, owner: self } in ${region}; ${commandLine(`deregister ${ami}${options}`)} removes it and every AMI of its build of ${recipe}`,
      ];

/** What an execution did or would do. */
function outputText(output: ArchiveOutput, done: boolean, options: string): string {
  const { verb, recipe, build, ami, region, bucket, object, gib, bytes, notes, snapshots = [] } = output;
  const at = `s3://${bucket}/${object}`;
  const size = bytes === undefined ? `${gib} GiB of disks` : `${bytes} bytes of ${gib} GiB of disks`;
  const archived = `${recipe}-${build}: ${ami} in ${region} ${done ? 'is' : 'would be'} stored as ${at}, ${size}`;
  const restored = `${recipe}-${build}: ${done ? `${ami} in ${region} (${snapshots.join(', ')}) is` : 'would be'} restored from ${at}`;
  const lines = [verb === 'archive' ? archived : restored, ...notes, ...(done ? next(output, options) : [])];
  return `\n${lines.map((line) => `  ${line}\n`).join('')}\n`;
}

/** Stores the image of a build in S3, or restores it. With a person at the terminal, shows first what that means and asks. */
export async function runArchive(
  verb: 'archive' | 'unarchive',
  word: string,
  { object, plan = false, why, yes = false, json = false, ...options }: ArchiveOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const pipeline = await findPipeline(options, surroundings);
  const { recipe, build } = await buildOf(word, object, pipeline);
  const write = (text: string) => (json ? terminal.err(text) : terminal.out(text));
  const sheet = { ...terminal, colour: terminal.colour && !json, isTTY: terminal.isTTY && !json };
  const who = await callerArn(pipeline.aws);
  const machine = pipeline.machine.replace(/build-image$/, 'archive-image');
  const asked = {
    verb,
    recipe,
    build,
    who,
    ...(object !== undefined && { object }),
    ...(why !== undefined && { why }),
  };
  const start = async (more: object) =>
    (await startExecution(pipeline.aws, machine, `${verb}-${build}-${randomUUID().slice(0, 8)}`, { ...asked, ...more }))
      .arn;
  /** Shows how an execution ended. @returns its output, or the exit code of one that failed. */
  const shown = async (arn: string, done: boolean): Promise<ArchiveOutput | number> => {
    const ended = await endOf(arn, pipeline, surroundings);
    if (ended.status !== 'SUCCEEDED') return tellFailure(ended, json, terminal);
    const output = JSON.parse(ended.output ?? '{}') as ArchiveOutput;
    write(outputText(output, done, pipeline.options));
    return output;
  };
  const finished = (output: ArchiveOutput, status: string) => {
    if (json) terminal.out(`${JSON.stringify({ status, ...output }, null, 2)}\n`);
    return 0;
  };
  if (plan || asksFirst({ json, yes }, terminal)) {
    const planned = await shown(await start({ plan: true }), false);
    if (typeof planned === 'number') return planned;
    if (plan) return finished(planned, 'planned');
    if (!(await surroundings.confirms(verb === 'archive' ? '  Store this image?' : '  Restore this image?'))) {
      write('  Nothing was changed.\n\n');
      return interruptedCode;
    }
  }
  write(`\n${heading(sheet, 'elapsed')}\n`);
  const arn = await start({});
  if (!(await watch(arn, pipeline, { sheet, write, surroundings }, 'the archiving'))) {
    write(`\n  Left; the archiving goes on: ${arn}\n\n`);
    return interruptedCode;
  }
  const output = await shown(arn, true);
  return typeof output === 'number' ? output : finished(output, `${verb}d`);
}
