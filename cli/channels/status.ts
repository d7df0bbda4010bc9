import { readChannel } from '../../aws/channels.ts';
import { readDocument } from '../../aws/memory/documents.ts';
import { describeAnyImage } from '../../aws/images/disabling.ts';
import type { ChannelName } from '../../core/channel/channel-moves.ts';
import { holdsIn, saysHeld } from '../../core/channel/held-content.ts';
import { targetName } from '../../core/accounts/account-copies.ts';
import { parameterOfPlace, placeName, type Place } from '../../core/distribute/place.ts';
import type { Drift, DriftReport } from '../../core/share/drift.ts';
import { durationOf } from '../../core/duration.ts';
import { eachOf } from '../deployed/builds.ts';
import { findPipeline, type Pipeline, type PipelineOptions } from '../deployed/deployment.ts';
import type { Surroundings } from '../surroundings.ts';
import { columns, type Cell } from '../screen/columns.ts';
import { fold, type Terminal } from '../screen/terminal.ts';
import { knownChannels, type KnownChannel } from './channel-reading.ts';

/** A channel in one place, as `golden status --json` prints it. */
interface ChannelStatus extends ChannelName, Place {
  ami: string | null;
  build: string | null;
  /** When the image was made. */
  createdAt: string | null;
  /** `healthy`, `deprecated`, which still launches, or what is wrong. */
  health: string;
  /** What the last check of drift found there. Null if nobody has checked yet. */
  drifts: string[] | null;
}

/** Shows what every channel holds in every region: build, age and health. */
export async function status(
  recipe: string | undefined,
  options: PipelineOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const pipeline = await findPipeline(options, surroundings);
  const channels = await knownChannels(pipeline, recipe, undefined);
  const now = surroundings.now();
  const rows = await channelStatuses(pipeline, channels, now);
  const reports = await eachOf([...new Set(channels.map((one) => one.recipe))], (name) =>
    readDocument(pipeline, { recipe: name }, 'drift'),
  );
  const drifted = reports.flatMap((report) =>
    (report?.drifts ?? []).map((drift) => `${drift.recipe} in ${targetName(drift)}: ${saysWithMend(drift)}`),
  );
  const notes = [...channels.flatMap(notesOn), ...drifted];
  if (options.json) terminal.out(`${JSON.stringify({ channels: rows, notes }, null, 2)}\n`);
  else if (rows.length === 0) terminal.out('  No channel has an image yet.\n');
  else {
    terminal.out(`${tableOfStatus(rows, now, terminal)}\n`);
    const lines = notes.flatMap((note) => fold(note, terminal.columns - 2).map((line) => `  ${line}\n`));
    if (lines.length > 0) terminal.out(`\n${lines.join('')}`);
  }
  return 0;
}

/** What channels hold in every place. */
export const channelStatuses = async (
  pipeline: Pipeline,
  channels: KnownChannel[],
  now: number,
): Promise<ChannelStatus[]> => (await eachOf(channels, (one) => statusOf(pipeline, one, now))).flat();

async function statusOf(pipeline: Pipeline, channel: KnownChannel, now: number): Promise<ChannelStatus[]> {
  const { recipe, channel: name, parameter, places } = channel;
  const values = await readChannel(pipeline.aws, parameter, places);
  const checked = await readDocument(pipeline, { recipe }, 'drift');
  return eachOf(values, async ({ ami, ...at }) => {
    const image = ami === undefined ? undefined : await describeAnyImage(pipeline.aws, at.region, ami);
    const deprecated = image?.deprecatedAt !== undefined && Date.parse(image.deprecatedAt) <= now;
    const state = image?.state === 'available' ? (deprecated ? 'deprecated' : 'healthy') : image?.state;
    return {
      recipe,
      channel: name,
      ...at,
      ami: ami ?? null,
      build: image?.tags['golden:build'] ?? null,
      createdAt: image?.createdAt ?? null,
      health: ami === undefined ? 'no parameter' : (state ?? 'gone'),
      drifts: checked ? driftsIn(checked, at.region, [ami ?? '', parameterOfPlace(parameter, at)]) : null,
    };
  });
}

/** The drifts of an AMI, or of a channel's parameter, with what mends each. */
const driftsIn = ({ drifts }: DriftReport, region: string, subjects: string[]): string[] =>
  drifts
    .filter((one) => one.region === region && one.account === undefined && subjects.includes(one.what))
    .map(saysWithMend);

const saysWithMend = ({ says, mend }: Drift): string => `${says}; to mend it: ${mend}`;

const saysDrift = (drifts: string[] | null): string =>
  drifts === null ? 'not checked' : drifts.length === 0 ? 'none' : String(drifts.length);

/** What a reader must know of a channel besides the table: a move that is underway, and content that is held. */
function notesOn({ recipe, channel, record }: KnownChannel): string[] {
  const underway = record?.underway;
  const moving =
    underway &&
    `${recipe}/${channel}: ${underway.verb} to ${underway.to.build} since ${underway.at}: ${underway.execution}`;
  const held = holdsIn(record).map(
    (one) => `${recipe}/${channel}: no automatic build until the content changes: ${saysHeld(one)}`,
  );
  return [...(moving ? [moving] : []), ...held];
}

function tableOfStatus(rows: ChannelStatus[], now: number, terminal: Terminal): string {
  const cells = rows.map(({ recipe, channel, build, createdAt, health, drifts, ami, ...at }): Cell[] => [
    { text: `${recipe}/${channel}` },
    { text: placeName(at) },
    { text: build ?? '' },
    { text: createdAt === null ? '' : durationOf(Math.max(0, Math.round((now - Date.parse(createdAt)) / 1000))) },
    { text: health, style: health === 'healthy' ? 'green' : health === 'deprecated' ? 'yellow' : 'red' },
    { text: saysDrift(drifts), style: drifts === null ? 'dim' : drifts.length === 0 ? 'green' : 'red' },
    { text: ami ?? '', style: 'dim' },
  ]);
  return columns(['Channel', 'Region', 'Build (UTC)', 'Age', 'Health', 'Drift', 'AMI'], cells, terminal);
}
