import { randomUUID } from 'node:crypto';
import { callerArn } from '../../aws/caller.ts';
import { startExecution } from '../../aws/executions/machines.ts';
import type { RetireOutcome } from '../../core/retire/retire-report.ts';
import type { RetireRequest } from '../../core/retire/retire-request.ts';
import { findOneBuild, forEachVariant, variantsNamed } from '../variants/each-variant.ts';
import { findPipeline, type Pipeline, type PipelineOptions, siblingMachine } from '../deployed/deployment.ts';
import { endOf, tellFailure, type ExecutionEnd } from '../deployed/execution-end.ts';
import { interruptedCode } from '../deployed/follow.ts';
import { asksFirst, assertAgreed } from '../agreement.ts';
import { Refusal } from '../refused.ts';
import { type Terminal, forPeople } from '../screen/terminal.ts';
import type { Surroundings } from '../surroundings.ts';
import { retirementText } from './retirement-text.ts';
import { watchToEnd } from '../deployed/watch-to-end.ts';
import { endsWithBuild } from '../../core/build/identity.ts';
import { isAmi } from '../inspect/found-image.ts';

interface RunOptions extends PipelineOptions {
  why?: string;
  /** Do not ask. */
  yes?: boolean;
}

interface RetireOptions extends RunOptions {
  plan?: boolean;
  apply?: boolean;
  cap?: number;
}

interface DeregisterOptions extends RunOptions {
  keepSnapshots?: boolean;
  evenIfUsed?: boolean;
  dryRun?: boolean;
}

/** Retires old images by their recipes, or shows what that would do. With a person at the terminal, shows it first and asks. */
export async function runRetire(
  recipe: string | undefined,
  { plan = false, cap, ...options }: RetireOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const pipeline = await findPipeline(options, surroundings);
  const capped = cap === undefined ? {} : { cap };
  const running = { ...options, only: plan, does: { apply: true } };
  if (recipe === undefined) return run(capped, running, pipeline, terminal, surroundings);
  const words = await variantsNamed(pipeline, recipe);
  return forEachVariant(words, { json: options.json, terminal, changes: !plan }, (one, sheet) =>
    run({ ...capped, recipe: one }, running, pipeline, sheet, surroundings),
  );
}

/** Deregisters the image that a word names, or shows what that would do. */
export async function runDeregister(
  word: string,
  { dryRun = false, keepSnapshots = false, evenIfUsed = false, ...options }: DeregisterOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const ami = isAmi(word);
  // A recipe's name means its last build elsewhere, which is too little said to remove an image.
  if (!ami && !endsWithBuild.test(word))
    throw new Refusal(`${word}: is neither a build id, such as 20261123-030000-9f2c, nor an AMI`);
  if (!dryRun) assertAgreed('deregister', '--dry-run', options, terminal);
  const pipeline = await findPipeline(options, surroundings);
  const { recipe, build } = ami ? { recipe: undefined, build: undefined } : await findOneBuild(pipeline, word);
  const asked = {
    verb: 'deregister' as const,
    ...(ami ? { ami: word } : { recipe, build }),
    ...(keepSnapshots && { snapshots: 'keep' as const }),
    ...(evenIfUsed && { evenIfUsed }),
  };
  return run(asked, { ...options, only: dryRun, does: {} }, pipeline, terminal, surroundings);
}

/** How a request is run: `only` shows it, and `does` is what the request says besides if it is carried out. */
interface Running extends RunOptions {
  only: boolean;
  does: { apply?: boolean };
}

async function run(
  asked: Partial<RetireRequest>,
  { only, does, why, yes = false, json = false }: Running,
  pipeline: Pipeline,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const { write, sheet } = forPeople(terminal, json);
  const who = await callerArn(pipeline.aws);
  const start = async (more: object) => {
    const input = { ...asked, who, ...(why !== undefined && { why }), ...more };
    return (
      await startExecution(pipeline.aws, siblingMachine(pipeline, 'retire-images'), `retire-${randomUUID()}`, input)
    ).arn;
  };
  /** Shows how an execution ended. @returns its outcome, or the exit code of one that failed. */
  const shown = (ended: ExecutionEnd): RetireOutcome | number => {
    if (ended.status !== 'SUCCEEDED') return tellFailure(ended, json, terminal);
    const { outcome } = JSON.parse(ended.output ?? '{}') as { outcome: RetireOutcome };
    write(retirementText(outcome, sheet));
    return outcome;
  };
  const finished = (outcome: RetireOutcome, status: 'planned' | 'retired') => {
    if (json) terminal.out(`${JSON.stringify({ status, ...outcome }, null, 2)}\n`);
    return 0;
  };
  if (only || asksFirst({ json, yes }, terminal)) {
    const planned = shown(await endOf(await start({ plan: true }), pipeline, surroundings));
    if (typeof planned === 'number') return planned;
    const { deprecate, disable, deregister: removed } = planned.counts;
    const count = deprecate + disable + removed;
    if (only || count === 0) return finished(planned, 'planned');
    const last = removed > 0 ? `, ${removed === count ? 'all' : removed} of them for good` : '';
    if (!(await surroundings.confirms(`  Retire ${count === 1 ? 'this image' : `these ${count} images`}${last}?`))) {
      write('  Nothing was changed.\n\n');
      return interruptedCode;
    }
  }
  const ended = await watchToEnd(await start(does), pipeline, { sheet, write, surroundings }, 'retiring');
  if (!ended) return interruptedCode;
  const outcome = shown(ended);
  return typeof outcome === 'number' ? outcome : finished(outcome, 'retired');
}
