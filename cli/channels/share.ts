import { randomUUID } from 'node:crypto';
import { callerArn } from '../../aws/caller.ts';
import { startExecution } from '../../aws/executions/machines.ts';
import { targetName } from '../../core/accounts/account-copies.ts';
import type { ShareFailure, ShareRow } from '../../core/share/share-report.ts';
import { findPipeline, type PipelineOptions, siblingMachine } from '../deployed/deployment.ts';
import { endOf, tellFailure, type ExecutionEnd } from '../deployed/execution-end.ts';
import { interruptedCode } from '../deployed/follow.ts';
import { asksFirst } from '../agreement.ts';
import { Refusal } from '../refused.ts';
import type { Surroundings } from '../surroundings.ts';
import { columns, type Cell } from '../screen/columns.ts';
import { fold, painter, type Terminal, forPeople } from '../screen/terminal.ts';
import { changingEach } from '../variants/each-variant.ts';
import { watchToEnd } from '../deployed/watch-to-end.ts';

interface ShareOptions extends PipelineOptions {
  /** Only say what would be granted and revoked. */
  plan?: boolean;
  apply?: boolean;
  build?: string;
  why?: string;
  /** Do not ask. */
  yes?: boolean;
}

/** What an execution of share-image ends with. */
interface ShareOutput {
  images: ShareRow[];
  failures: ShareFailure[];
  notes: string[];
  report: string;
}

/** @throws Refusal unless the options say either what is only shown or what is done. */
export function assertPlanOrApply(
  verb: string,
  { plan = false, apply = false }: Pick<ShareOptions, 'plan' | 'apply'>,
): void {
  if (plan && apply) throw new Refusal(`golden ${verb} takes --plan, which changes nothing, or --apply, and not both`);
  if (!plan && !apply) throw new Refusal(`golden ${verb} needs either --plan, which changes nothing, or --apply`);
}

/** Does so for a recipe, or for each of its variants: see share. */
export const shareEach = changingEach(share);

/**
 * Shows how the users of published images differ from the deployed recipe's lists, or makes them equal. With a person at the
 * terminal, shows it first and asks.
 */
export async function share(
  recipe: string,
  options: ShareOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const { json = false, plan = false, build, why, yes = false } = options;
  const pipeline = await findPipeline(options, surroundings);
  const { write, sheet } = forPeople(terminal, json);
  const who = await callerArn(pipeline.aws);
  const start = async (more: object) => {
    const input = { recipe, who, ...more, ...(build && { build }), ...(why !== undefined && { why }) };
    const name = `share-${recipe.slice(0, 50)}-${randomUUID().slice(0, 8)}`;
    return (await startExecution(pipeline.aws, siblingMachine(pipeline, 'share-image'), name, input)).arn;
  };
  /** Shows how an execution ended. @returns its output, or the exit code of one that failed. */
  const shown = (ended: ExecutionEnd, title: string, done: boolean): ShareOutput | number => {
    if (ended.status !== 'SUCCEEDED') return tellFailure(ended, json, terminal);
    const output = JSON.parse(ended.output ?? '{}') as ShareOutput;
    write(shownShares(output, title, done, sheet));
    return output;
  };
  const finished = ({ images, failures, notes, report }: ShareOutput, status: 'planned' | 'shared') => {
    if (json) terminal.out(`${JSON.stringify({ status, images, failures, notes, report }, null, 2)}\n`);
    return failures.length > 0 ? 1 : 0;
  };
  if (plan || asksFirst({ json, yes }, terminal)) {
    const planned = shown(
      await endOf(await start({ plan: true }), pipeline, surroundings),
      'planned: nothing was changed',
      false,
    );
    if (typeof planned === 'number') return planned;
    const changed = planned.images.filter(({ changes }) => changes.length > 0);
    if (plan || changed.length === 0) return finished(planned, 'planned');
    const images = changed.length === 1 ? 'this image' : `these ${changed.length} images`;
    if (!(await surroundings.confirms(`  Change who may use ${images}?`))) {
      write('  Nothing was changed.\n\n');
      return interruptedCode;
    }
  }
  const ended = await watchToEnd(await start({}), pipeline, { sheet, write, surroundings }, 'sharing');
  if (!ended) return interruptedCode;
  const output = shown(ended, 'shared', true);
  return typeof output === 'number' ? output : finished(output, 'shared');
}

/** What an execution would do or has done, with what a reader must know besides. */
function shownShares({ images, failures, notes, report }: ShareOutput, title: string, done: boolean, sheet: Terminal) {
  const lines = [...notes, ...failures.map((one) => `${targetName(one)}: ${one.error}`), report];
  const folded = lines.flatMap((line) => fold(line, sheet.columns - 2)).map((line) => `  ${line}\n`);
  const heads = painter(sheet)(done ? 'green' : 'cyan', `  ${title}`);
  return `\n${heads}\n${tableOfShares(images, done, sheet)}\n\n${folded.join('')}\n`;
}

/** The images of every region, with one line for each permission that is granted or revoked. */
function tableOfShares(images: ShareRow[], done: boolean, terminal: Terminal): string {
  const rows = images.flatMap(({ ami, channels, build, changes, more, ...at }) => {
    const lines = [...changes, ...(more > 0 ? [`and ${more} more, in the report`] : [])];
    return (lines.length > 0 ? lines : ['nothing to change']).map((text, index): Cell[] => [
      { text: index === 0 ? targetName(at) : '' },
      { text: index === 0 ? build : '' },
      { text: index === 0 ? channels.join(', ') || '–' : '' },
      { text: index === 0 ? ami : '', style: 'dim' },
      { text, ...(lines.length > 0 && { style: done ? 'green' : 'yellow' }) },
    ]);
  });
  return columns(['Region', 'Build (UTC)', 'Channels', 'AMI', done ? 'Changed' : 'Would change'], rows, terminal);
}
