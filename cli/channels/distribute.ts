import { randomUUID } from 'node:crypto';
import { callerArn } from '../../aws/caller.ts';
import { startExecution } from '../../aws/executions/machines.ts';
import { readDocument } from '../../aws/memory/documents.ts';
import { buildNamePattern } from '../../core/build/identity.ts';
import type { AdditionReport } from '../../core/addition/report.ts';
import { withoutDisks } from '../../core/launch/disks.ts';
import { targetName } from '../../core/accounts/account-copies.ts';
import { findPipeline, type Pipeline, type PipelineOptions } from '../deployed/deployment.ts';
import { endOf, tellFailure } from '../deployed/execution-end.ts';
import { interruptedCode } from '../deployed/follow.ts';
import { problemLines, usage } from '../refusal.ts';
import { asksFirst } from '../agreement.ts';
import { Refusal } from '../refused.ts';
import type { Surroundings } from '../surroundings.ts';
import { columns, type Cell } from '../screen/columns.ts';
import { sharedWith, targetTable } from '../screen/target-table.ts';
import { fold, painter, type Terminal, forPeople } from '../screen/terminal.ts';
import { changingEach } from '../variants/each-variant.ts';
import { heldBuild } from './channel-reading.ts';
import { share } from './share.ts';
import { watchToEnd } from '../deployed/watch-to-end.ts';

interface DistributeOptions extends PipelineOptions {
  /** Only say what would be copied. */
  plan?: boolean;
  build?: string;
  channel?: string;
  why?: string;
  /** Do not ask. */
  yes?: boolean;
}

/** Does so for a recipe, or for each of its variants: see distribute. */
export const distributeEach = changingEach(distribute);

/**
 * Takes the image of a published build to the targets that came into the deployed recipe later. With a person at the terminal, asks
 * after the plan is shown.
 */
async function distribute(
  recipe: string,
  options: DistributeOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const { json = false, plan = false, channel, why, yes = false } = options;
  const pipeline = await findPipeline(options, surroundings);
  const { write, sheet } = forPeople(terminal, json);
  const build = await wantedBuild(pipeline, recipe, options);
  const who = await callerArn(pipeline.aws);
  const asked = { who, ...(channel !== undefined && { channel }), ...(why !== undefined && { why }) };
  const start = async (more: object) => {
    const name = `distribute-${recipe.slice(0, 50)}-${randomUUID().slice(0, 8)}`;
    const input = { recipe, build, distribute: { ...asked, ...more } };
    return (await startExecution(pipeline.aws, pipeline.machine, name, input)).arn;
  };
  const planned = await endOf(await start({ plan: true }), pipeline, surroundings);
  if (planned.status !== 'SUCCEEDED') return tellFailure(planned, json, terminal);
  const report = JSON.parse(planned.output ?? '{}') as AdditionReport;
  write(planText(report, plan, terminal));
  if (plan) {
    if (json) terminal.out(`${JSON.stringify({ status: 'planned', ...report }, null, 2)}\n`);
    return 0;
  }
  const changes = questionOf(report);
  if (changes !== undefined && asksFirst({ json, yes }, terminal) && !(await surroundings.confirms(`  ${changes}?`))) {
    write('  Nothing was made.\n\n');
    return interruptedCode;
  }
  if (report.unshared) {
    const quiet = json ? { ...terminal, out: (text: string) => terminal.err(text) } : terminal;
    const asked = { ...options, json: false, plan: false, apply: true, yes: true, build };
    const code = await share(recipe, asked, quiet, surroundings);
    if (code !== 0) return code;
  }
  const execution = await start({});
  const ended = await watchToEnd(execution, pipeline, { sheet, write, surroundings }, 'distribution');
  if (!ended) return interruptedCode;
  if (ended.status !== 'SUCCEEDED') return tellFailure(ended, json, terminal);
  const manifest = await readDocument(pipeline, { recipe, build }, 'manifest');
  const title = report.targets.length + (report.copies ?? []).length > 0 ? 'distributed' : 'nothing was missing';
  const all = [...(manifest?.targets ?? []), ...(manifest?.copiedTo ?? [])];
  write(`\n${painter(sheet)('green', `  ${title}`)}\n\n${targetTable(all, sheet)}\n\n`);
  if (json) terminal.out(`${JSON.stringify(manifest, null, 2)}\n`);
  return 0;
}

/** What a person is asked. Undefined where nothing would change. */
function questionOf({ targets, copies: there = [], unshared }: AdditionReport): string | undefined {
  const count = targets.length + there.length;
  if (count === 0) return unshared ? 'Change who may use the older images' : undefined;
  const copies = count === 1 ? 'this copy' : `these ${count} copies`;
  return `Make ${copies}${unshared ? ', and change who may use the older images' : ''}`;
}

/** The build that the options name, else the one that the channel holds, else the recipe's newest one. @throws Refusal */
async function wantedBuild(
  pipeline: Pipeline,
  recipe: string,
  { build, channel }: Pick<DistributeOptions, 'build' | 'channel'>,
): Promise<string> {
  if (build !== undefined) {
    if (buildNamePattern.test(build)) return build;
    const problems = [usage(`--build ${build}`, 'is no build id, such as 20261123-030000-9f2c')];
    throw new Refusal(problemLines(problems), { problems });
  }
  const found = await heldBuild(pipeline, recipe, channel);
  if (!found) throw new Refusal(`${recipe}: no build of such a recipe is published in ${pipeline.aws.region}`);
  if (channel !== undefined && found.held === undefined) throw new Refusal(`${recipe} has no channel ${channel}`);
  return found.held ?? found.newest;
}

/** What would be copied, or is about to be, with its cost and everything to know. */
function planText(
  { recipe, build, from, targets, copies = [], notes, cost }: AdditionReport,
  only: boolean,
  terminal: Terminal,
): string {
  const missing = [...targets, ...copies.map((copy) => ({ organizations: [], organizationalUnits: [], ...copy }))];
  const rows = missing.map((target): Cell[] => [
    { text: targetName(target) },
    { text: target.name },
    { text: target.kmsKey ?? '–', style: 'dim' },
    { text: sharedWith(target).join(', ') },
    { text: target.parameter ?? '–' },
  ]);
  const { inOtherAccounts } = cost;
  const others = inOtherAccounts === undefined ? '' : `, $${inOtherAccounts.toFixed(2)} of it in other accounts`;
  const dollars = (usd: number) => `$${usd.toFixed(2)}`;
  const { gib, unsized } = cost;
  const month = `${dollars(cost.snapshotsPerMonth)} for every month they are kept${others}`;
  const price = unsized
    ? `at least ${dollars(cost.transfer)}, and ${month}, ${withoutDisks(unsized)}`
    : `at most ${dollars(cost.transfer)} for copies of ${gib} GiB, and ${month}`;
  const lines = missing.length > 0 ? [`copied from ${from.ami} in ${from.region}: ${price}`, ...notes] : notes;
  const title = missing.length > 0 ? `${recipe}-${build} lacks:` : `${recipe}-${build} has an image in every target`;
  const table =
    missing.length > 0 ? `\n${columns(['Region', 'Name', 'Key', 'Shared with', 'Parameter'], rows, terminal)}\n` : '';
  const folded = lines.flatMap((line) => fold(line, terminal.columns - 2)).map((line) => `  ${line}\n`);
  return `\n  ${title}\n${table}\n${folded.join('')}${only ? '  Nothing was made.\n' : ''}\n`;
}
