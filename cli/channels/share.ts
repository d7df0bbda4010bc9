import { randomUUID } from 'node:crypto';
import { callerArn } from '../../aws/caller.ts';
import { startExecution } from '../../aws/executions/machines.ts';
import { targetName } from '../../core/accounts/account-copies.ts';
import type { ShareFailure, ShareRow } from '../../core/share/share-report.ts';
import { findPipeline, type Pipeline, type PipelineOptions } from '../deployed/deployment.ts';
import { endOf, tellFailure } from '../deployed/execution-end.ts';
import { interruptedCode, watch } from '../deployed/follow.ts';
import { Refusal } from '../refused.ts';
import type { Surroundings } from '../surroundings.ts';
import { columns, type Cell } from '../screen/columns.ts';
import { heading } from '../screen/screen.ts';
import { fold, painter, type Terminal } from '../screen/terminal.ts';

interface ShareOptions extends PipelineOptions {
  /** Only say what would be granted and revoked. */
  plan?: boolean;
  apply?: boolean;
  build?: string;
  why?: string;
}

/** What an execution of share-image ends with. */
interface ShareOutput {
  images: ShareRow[];
  failures: ShareFailure[];
  notes: string[];
  report: string;
}

/** @throws Refusal unless the options say either what is only shown or what is done. */
export function assertPlanOrApply({ plan = false, apply = false }: Pick<ShareOptions, 'plan' | 'apply'>): void {
  if (plan === apply) throw new Refusal('golden share needs either --plan, which changes nothing, or --apply');
}

/** Shows how the users of published images differ from the deployed recipe's lists, or makes them equal. */
export async function share(
  recipe: string,
  options: ShareOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const { json = false, plan = false, apply = false, build, why } = options;
  const pipeline = await findPipeline(options, surroundings);
  const write = (text: string) => (json ? terminal.err(text) : terminal.out(text));
  const who = await callerArn(pipeline.aws);
  const input = { recipe, who, ...(plan && { plan }), ...(build && { build }), ...(why !== undefined && { why }) };
  const name = `share-${recipe.slice(0, 50)}-${randomUUID().slice(0, 8)}`;
  const { arn } = await startExecution(pipeline.aws, machineOfShares(pipeline), name, input);
  const sheet = { columns: terminal.columns, colour: terminal.colour && !json, isTTY: terminal.isTTY && !json };
  if (apply) write(`\n${heading(sheet, 'elapsed')}\n`);
  if (apply && !(await watch(arn, pipeline, { sheet, write, surroundings }, 'the sharing'))) {
    write(`\n  Left; the sharing goes on: ${arn}\n\n`);
    return interruptedCode;
  }
  const ended = await endOf(arn, pipeline, surroundings);
  if (ended.status !== 'SUCCEEDED') return tellFailure(ended, json, terminal);
  const { images, failures, notes, report } = JSON.parse(ended.output ?? '{}') as ShareOutput;
  const lines = [...notes, ...failures.map((one) => `${targetName(one)}: ${one.error}`), report];
  const title = apply ? 'shared' : 'planned: nothing was changed';
  write(`\n${painter(sheet)(apply ? 'green' : 'cyan', `  ${title}`)}\n${tableOfShares(images, apply, terminal)}\n\n`);
  write(
    `${lines
      .flatMap((line) => fold(line, terminal.columns - 2))
      .map((line) => `  ${line}\n`)
      .join('')}\n`,
  );
  const status = apply ? 'shared' : 'planned';
  if (json) terminal.out(`${JSON.stringify({ status, images, failures, notes, report }, null, 2)}\n`);
  return failures.length > 0 ? 1 : 0;
}

const machineOfShares = ({ machine }: Pipeline) => machine.replace(/build-image$/, 'share-image');

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
