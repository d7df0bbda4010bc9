import { setMaxListeners } from 'node:events';
import { describeRegions } from '../../aws/preflight/regions.ts';
import { readDocument, write } from '../../aws/memory/documents.ts';
import { describeStack } from '../../aws/stacks.ts';
import {
  forwardsTo,
  regionStackName,
  regionStackParameters,
  stackStep,
  versionTag,
  type StackStep,
} from '../../core/deployment/region-stack.ts';
import { sha256 } from '../../core/digest.ts';
import { Failure } from '../../core/errors.ts';
import { regionsIn } from '../../core/sweep/regions-in-use.ts';
import { regionStack } from '../../infrastructure/triggers/region-stack.ts';
import { readRecipeFolder } from '../recipes/recipe-folder.ts';
import { commandLine } from '../screen/command-line.ts';
import { Refusal } from '../refused.ts';
import { columns } from '../screen/columns.ts';
import type { Terminal } from '../screen/terminal.ts';
import type { Surroundings } from '../surroundings.ts';
import { bringAbout, type StackWork } from './bring-about.ts';
import { findPipeline, type Pipeline, type PipelineOptions } from './deployment.ts';

interface RegionsOptions extends PipelineOptions {
  plan?: boolean;
  apply?: boolean;
  remove?: boolean;
  /** The folder of the deployed recipes. */
  recipes: string;
}

/** What was found of one region, and what became of it. */
interface RegionRow {
  region: string;
  step: StackStep | 'failed' | 'not looked at';
  why: string;
}

const done: Partial<Record<RegionRow['step'], string>> = {
  create: 'created',
  update: 'updated',
  keep: 'kept',
  remove: 'removed',
  replace: 'replaced',
};
const failing = new Set<RegionRow['step']>(['failed', 'refuse']);

/** Plans, makes or removes the stacks that send events of target regions to the pipeline. Returns the exit code. */
export async function regionStacks(
  only: string[],
  options: RegionsOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const { plan, apply = false, remove = false, json } = options;
  if ([plan, apply, remove].filter(Boolean).length > 1) throw new Refusal('give one of --plan, --apply and --remove');
  const pipeline = await findPipeline(options, surroundings);
  const work = workOf(pipeline, options);
  const { looked, wanted } = await regionsToLook(pipeline, only, options);
  let rows = await Promise.all(looked.map((region) => lookAt(region, work, wanted.has(region))));
  if (apply || remove) {
    const stop = new AbortController();
    setMaxListeners(0, stop.signal); // one for each region
    const forget = surroundings.onInterrupt(() => stop.abort());
    rows = await Promise.all(rows.map((row) => carryOut(row, work, wanted.has(row.region), surroundings, stop.signal)));
    forget();
    if (stop.signal.aborted) {
      terminal.err(`  left; CloudFormation goes on, and ${commandLine('regions --plan')} shows how far it is\n`);
      return 130;
    }
    rows = rows.concat(await tell(pipeline, rows));
  }
  const shown = rows.filter(({ step }) => step !== 'none');
  terminal.out(json ? `${JSON.stringify(shown, null, 2)}\n` : tableOf(shown, apply || remove, terminal));
  return shown.some(({ step }) => failing.has(step)) ? 1 : 0;
}

function workOf(pipeline: Pipeline, { stage, remove }: RegionsOptions): StackWork {
  const { aws, machine, forwarder } = pipeline;
  if (!forwarder && !remove)
    throw new Refusal(
      `${machine} has no tag golden:event-forwarder: an earlier version was deployed there; deploy again`,
    );
  const to = aws.region;
  const deployment = `${process.env['GOLDEN_SERVICE'] ?? 'golden-image'}-${stage}`;
  const parameters = regionStackParameters(to, machine.split(':')[4] ?? '', forwarder ?? '');
  const template = JSON.stringify(regionStack);
  const version = sha256(template + JSON.stringify(parameters)).slice(0, 12);
  const tags = { [forwardsTo]: `${deployment}-${to}`, [versionTag]: version };
  return {
    aws,
    to: `${deployment}-${to}`,
    version,
    stack: { name: regionStackName(deployment, to), template, parameters, tags },
  };
}

/** The regions to look at, and those that are to have a stack. */
async function regionsToLook(
  { aws }: Pipeline,
  only: string[],
  { recipes, remove = false }: RegionsOptions,
): Promise<{ looked: string[]; wanted: Set<string> }> {
  const { catalog, problems } = await readRecipeFolder(recipes);
  if (problems.length > 0 && !remove) throw new Refusal(problems.join('\n'));
  const known = new Map((await describeRegions(aws)).map(({ region, enabled }) => [region, enabled]));
  const inUse = remove ? [] : regionsIn(catalog, aws.region).filter((region) => region !== aws.region);
  const refused = [...new Set([...only, ...inUse])].flatMap((region) => {
    if (region === aws.region) return [`${region} is the pipeline's own region, whose events come to it anyway`];
    if (!known.has(region)) return [`${region}: there is no such region`];
    return known.get(region)
      ? []
      : [`${region}: this account has not enabled it; enable it, or take it out of the recipes`];
  });
  if (refused.length > 0) throw new Refusal(refused.join('\n'));
  const others = [...known].flatMap(([region, enabled]) => (enabled && region !== aws.region ? [region] : []));
  const looked = others.filter((region) => only.length === 0 || only.includes(region)).toSorted();
  return { looked, wanted: new Set(inUse) };
}

async function lookAt(region: string, { aws, stack, to, version }: StackWork, wanted: boolean): Promise<RegionRow> {
  try {
    return { region, ...stackStep(await describeStack(aws, region, stack.name), { wanted, to, version }) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // A policy of the organization often forbids the regions that nobody uses.
    return { region, step: wanted ? 'failed' : 'not looked at', why: error.message };
  }
}

async function carryOut(
  row: RegionRow,
  work: StackWork,
  wanted: boolean,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<RegionRow> {
  if (/^(none|keep|refuse|failed|not looked at)$/.test(row.step)) return row;
  try {
    return { region: row.region, ...(await bringAbout(row.region, work, wanted, surroundings, signal)) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ...row, step: 'failed', why: error.message };
  }
}

/** Tells the builds which regions send events. A region that was not looked at stays as it was. */
async function tell(pipeline: Pipeline, rows: RegionRow[]): Promise<RegionRow[]> {
  try {
    const before = (await readDocument(pipeline, {}, 'regionStacks'))?.regions ?? [];
    const looked = new Set(rows.map(({ region }) => region));
    const sending = rows.filter(({ step }) => /^(create|update|keep|replace)$/.test(step)).map(({ region }) => region);
    const regions = [...before.filter((region) => !looked.has(region)), ...sending].toSorted();
    if (regions.join() !== before.join()) await write(pipeline, {}, 'regionStacks', { regions });
    return [];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const why = `the builds do not know of these stacks, so they look at copies as before: ${error.message}`;
    return [{ region: pipeline.aws.region, step: 'failed', why }];
  }
}

function tableOf(rows: RegionRow[], carriedOut: boolean, terminal: Terminal): string {
  if (rows.length === 0) return '  No region has or needs a stack.\n';
  const cells = rows.map(({ region, step, why }) => {
    const style = failing.has(step) ? 'red' : step === 'keep' || step === 'not looked at' ? 'dim' : 'green';
    return [{ text: region }, { text: (carriedOut && done[step]) || step, style } as const, { text: why }];
  });
  return `${columns(['region', carriedOut ? 'stack' : 'to do', 'why'], cells, terminal)}\n`;
}
