import type { ChannelName } from '../../core/channel/channel-moves.ts';
import type { Move } from '../../core/channel/channel-record.ts';
import { findPipeline, type PipelineOptions } from '../deployed/deployment.ts';
import type { Surroundings } from '../surroundings.ts';
import { columns, type Cell } from '../screen/columns.ts';
import type { Terminal } from '../screen/terminal.ts';
import { knownChannels } from './channel-reading.ts';

interface HistoryOptions extends PipelineOptions {
  channel?: string;
}

/** A move as `golden history --json` prints it. */
interface ListedMove extends ChannelName, Move {
  status: 'moved' | 'failed' | 'underway';
}

/** Lists the moves of a recipe's channels, newest first: who moved what, when, from, to and why. */
export async function history(
  recipe: string,
  options: HistoryOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const pipeline = await findPipeline(options, surroundings);
  const channels = await knownChannels(pipeline, recipe, options.channel);
  const moves = channels
    .flatMap(({ recipe: of, channel, record }) => [
      ...(record?.moves ?? []).map((move): ListedMove => ({
        recipe: of,
        channel,
        status: move.failure ? 'failed' : 'moved',
        ...move,
      })),
      ...(record?.underway ? [{ recipe: of, channel, status: 'underway' as const, ...record.underway }] : []),
    ])
    .toSorted((one, other) => other.at.localeCompare(one.at));
  if (options.json) terminal.out(`${JSON.stringify(moves, null, 2)}\n`);
  else if (moves.length === 0) terminal.out(`  No channel of ${recipe} has moved since its history is kept.\n`);
  else terminal.out(`${tableOfHistory(moves, terminal)}\n`);
  return 0;
}

const styles: Record<ListedMove['status'], NonNullable<Cell['style']>> = {
  moved: 'green',
  failed: 'red',
  underway: 'cyan',
};

function tableOfHistory(moves: ListedMove[], terminal: Terminal): string {
  const several = new Set(moves.map((one) => one.recipe)).size > 1;
  const cells = moves.map(({ at, recipe, channel, verb, status, from, to, who, why, failure }): Cell[] => [
    { text: at.slice(0, 16).replace('T', ' ') },
    { text: several ? `${recipe}/${channel}` : channel },
    { text: status === 'moved' ? verb : `${verb} ${status}`, style: styles[status] },
    { text: from?.build ?? '', style: 'dim' },
    { text: to.build },
    { text: who },
    { text: failure ? `${failure.error}: ${failure.cause.split('\n')[0] ?? ''}` : (why ?? ''), style: 'dim' },
  ]);
  return columns(['When (UTC)', 'Channel', 'Move', 'From', 'To', 'Who', 'Why'], cells, terminal);
}
