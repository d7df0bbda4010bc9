import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readDocument } from '../../aws/memory/documents.ts';
import { collectPageFacts } from '../../aws/report/build-facts.ts';
import { variantBuildsOf } from '../../aws/variants/wholes.ts';
import { imageName } from '../../core/build/identity.ts';
import { placeName } from '../../core/distribute/place.ts';
import { pageObject } from '../../core/memory/documents.ts';
import { pageOfAll } from '../../core/report/page/page-of-all.ts';
import { pageOfBuild } from '../../core/report/page/page-of-build.ts';
import { buildOnPage, type BuildOnPage } from '../../core/report/page/pipeline-facts.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { allPage, saysOfAll } from '../../pages/all/all-page.ts';
import { buildPage } from '../../pages/build/build-page.ts';
import { knownChannels } from '../channels/channel-reading.ts';
import { channelStatuses } from '../channels/status.ts';
import {
  buildsOf,
  eachOf,
  findBuild,
  recipesIn,
  runningBuilds,
  startOfBuild,
  type KnownBuild,
} from '../deployed/builds.ts';
import { findPipeline, type Pipeline, type PipelineOptions } from '../deployed/deployment.ts';
import { commandLine } from '../screen/command-line.ts';
import { Refusal } from '../refused.ts';
import type { Terminal } from '../screen/terminal.ts';
import type { Surroundings } from '../surroundings.ts';

interface ReportOptions extends PipelineOptions {
  out: string;
  days: number;
}

/** Makes the page of one build, from what the bucket and Step Functions have of it. */
export async function reportBuild(
  wanted: string,
  options: ReportOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const pipeline = await findPipeline(options, surroundings);
  const known = await findBuild(pipeline, wanted);
  const each = await variantBuildsOf(pipeline, known);
  await pageOf(known, options, pipeline, terminal);
  // The page of the build of all links to those of its variants.
  for (const one of each.filter(({ recipe }) => recipe !== known.recipe && !options.json))
    if (await readDocument(pipeline, one, 'manifest'))
      await pageOf(await findBuild(pipeline, imageName(one)), options, pipeline, terminal);
  return 0;
}

async function pageOf(
  { execution, recipe, build }: KnownBuild,
  options: ReportOptions,
  pipeline: Pipeline,
  terminal: Terminal,
): Promise<void> {
  const facts = await collectPageFacts(pipeline, { recipe, build }, execution?.arn);
  if (!facts)
    throw new Refusal(
      execution?.status === 'RUNNING'
        ? `${build} of ${recipe} is still being built: ${commandLine(`follow ${build}${pipeline.options}`)} shows it`
        : `${build} of ${recipe} has no manifest, so nothing was made: ${commandLine(`logs ${build}${pipeline.options}`)} tells what is known`,
    );
  const page = pageOfBuild(facts);
  if (options.json) terminal.out(`${JSON.stringify(page, null, 2)}\n`);
  else
    await written(
      join(options.out, recipe, build, basename(pageObject.key(page))),
      buildPage(page),
      page.says,
      terminal,
    );
}

/** Makes the page of a pipeline: its channels, and its builds of some days. */
export async function reportAll(
  options: ReportOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const pipeline = await findPipeline(options, surroundings);
  const now = surroundings.now();
  const channels = await channelStatuses(pipeline, await knownChannels(pipeline, undefined, undefined), now);
  const page = pageOfAll({
    name: `${process.env['GOLDEN_SERVICE'] ?? 'golden-image'}-${options.stage}`,
    region: pipeline.aws.region,
    now,
    days: options.days,
    channels: channels.map(({ region, id, ...seen }) => ({ ...seen, place: placeName({ region, id }) })),
    builds: await buildsSince(pipeline, now - options.days * 86_400_000),
  });
  const says = saysOfAll(page);
  if (options.json) terminal.out(`${JSON.stringify(page, null, 2)}\n`);
  else await written(join(options.out, 'report.html'), allPage(page), says, terminal);
  return 0;
}

async function buildsSince(pipeline: Pipeline, since: number): Promise<BuildOnPage[]> {
  const recipes = await recipesIn(pipeline);
  const all = (await eachOf(recipes, (recipe) => buildsOf(pipeline, recipe))).flat();
  const recent = all.filter(({ build }) => startOfBuild(build).getTime() >= since);
  const ended = await eachOf(recent, async (identity) => {
    const manifest = await readDocument(pipeline, identity, 'manifest');
    return manifest && buildOnPage(manifest, startOfBuild(identity.build));
  });
  const running = (await runningBuilds(pipeline)).map(runningSeen);
  return [...ended.filter((one) => one !== undefined), ...running];
}

const runningSeen = ({ recipe, build }: BuildIdentity): BuildOnPage => ({
  recipe,
  build,
  startedAt: startOfBuild(build).getTime(),
  status: 'running',
  seconds: null,
  usd: null,
  snapshotsPerMonth: 0,
  error: null,
  cause: null,
  left: [],
});

/** Writes a page and says where. */
async function written(file: string, page: string, says: string, terminal: Terminal): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, page);
  terminal.out(`  ${says}\n  ${file}\n`);
}
