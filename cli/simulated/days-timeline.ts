import { answersOf } from '../../proof/month/answers.ts';
import type { BuildOutcome, History } from '../../proof/month/history.ts';
import { timeOf } from '../../proof/month/invariants.ts';
import { painter, type Paint, type Terminal } from '../screen/terminal.ts';

/** One event, as text and, for a program, as the values in that text. */
export interface TimelineEntry {
  /** ISO 8601, virtual. */
  at: string;
  event:
    | 'source updated'
    | 'no source'
    | 'started'
    | 'skipped'
    | 'published'
    | 'up to date'
    | 'failed'
    | 'lost'
    | 'not taken'
    | 'swept';
  /** The recipe concerned. */
  recipes: string[];
  says: string;
  [detail: string]: unknown;
}

/** All events, in order. */
export function timelineOf(history: History): TimelineEntry[] {
  const { releases, starts, builds, unheard, sourceless, sweeps, recipes } = history;
  const answers = answersOf(history).filter(({ update }) => !update.first);
  const afterSource = (build: BuildOutcome) => {
    const all = answers.flatMap((one) => (one.build === build && one.seconds !== undefined ? [one.seconds] : []));
    return all.length > 0 ? Math.max(...all) : undefined;
  };
  const entries: TimelineEntry[] = [
    ...releases
      .filter(({ first }) => !first)
      .map(({ at, parameter, ami }): TimelineEntry => {
        const concerned = recipes.filter(({ parameters }) => parameters.includes(parameter)).map(({ name }) => name);
        const says = `source updated to ${ami}: ${parameter.replace(/^\/aws\/service\//, '')}`;
        return { at, event: 'source updated', recipes: concerned, says, parameter, ami };
      }),
    ...starts.map(({ at, recipe, ...start }): TimelineEntry => {
      const { skipped, because, reason } = start;
      return skipped === undefined
        ? { at, event: 'started', recipes: [recipe], says: `started because ${reason}`, ...start }
        : { at, event: 'skipped', recipes: [recipe], says: `skipped, ${skipped}: ${because}`, ...start };
    }),
    ...builds.flatMap((build) => (build.endedAt === null ? [] : [endOf(build, afterSource(build), build.endedAt)])),
    ...unheard.map(({ at, recipes: concerned, what, queued }): TimelineEntry => {
      const says = queued ? `not taken: ${what}` : `lost: the event ${what} never came`;
      return { at, event: queued ? 'not taken' : 'lost', recipes: concerned, says };
    }),
    ...sourceless.map(({ at, recipe, what }): TimelineEntry => {
      return { at, event: 'no source', recipes: [recipe], says: `no usable source: ${what}` };
    }),
    ...sweeps
      .filter(({ orphans }) => orphans > 0)
      .map(({ at, orphans, removed }): TimelineEntry => {
        const says = `the sweep found ${orphans} things left behind and removed ${removed}`;
        return { at, event: 'swept', recipes: [], says, orphans, removed };
      }),
  ];
  return entries.toSorted((one, other) => one.at.localeCompare(other.at));
}

function endOf(build: BuildOutcome, sourceSeconds: number | undefined, endedAt: string): TimelineEntry {
  const { status, startedAt, publishedAt, regions, error, cause } = build;
  const at = status === 'published' ? (publishedAt ?? endedAt) : endedAt;
  const seconds = (Date.parse(at) - Date.parse(startedAt)) / 1000;
  const { recipe, ...details } = build;
  const more = { recipes: [recipe], seconds, ...(sourceSeconds !== undefined && { sourceSeconds }), ...details };
  if (status === 'up-to-date') return { at, event: 'up to date', says: 'up to date, nothing was made', ...more };
  if (status !== 'published') {
    const says = `failed after ${timeOf(seconds)} with ${error ?? 'nothing said'}: ${cause ?? ''}`;
    return { at, event: 'failed', says, ...more };
  }
  const { published, missing } = regions;
  const all = published.length + missing.length;
  // A recipe with variants has no image of its own.
  if (all === 0) return { at, event: 'published', says: `all variants published in ${timeOf(seconds)}`, ...more };
  const count = missing.length > 0 ? `${published.length} of ${all}` : `${all}`;
  const says = [
    `published in ${timeOf(seconds)}, in ${count} region${all === 1 ? '' : 's'}`,
    ...(missing.length > 0 ? [`not in ${missing.join(' and ')}`] : []),
    ...(sourceSeconds === undefined ? [] : [`${timeOf(sourceSeconds)} after its source`]),
    ...(error === null ? [] : [`then failed with ${error}`]),
  ].join(', ');
  return { at, event: 'published', says, ...more };
}

const marks: Record<TimelineEntry['event'], [Parameters<Paint>[0], string]> = {
  'source updated': ['cyan', '◆'],
  'no source': ['red', '✗'],
  started: ['cyan', '●'],
  skipped: ['dim', '–'],
  published: ['green', '✓'],
  'up to date': ['green', '='],
  failed: ['red', '✗'],
  lost: ['yellow', '!'],
  'not taken': ['yellow', '!'],
  swept: ['yellow', '!'],
};
const widest = 120;

/** One line for each entry; repeated entries get one line. A terminal gets short lines, and a file the whole text. */
export function drawTimeline(
  entries: TimelineEntry[],
  { columns, colour, isTTY }: Pick<Terminal, 'columns' | 'colour' | 'isTTY'>,
): string[] {
  const paint = painter({ colour });
  const wide = Math.max(0, ...entries.map((entry) => whose(entry).length));
  const width = isTTY ? Math.min(columns - 1, widest) - wide - 19 : Infinity;
  return once(entries).map((entry) => {
    const [style, mark] = marks[entry.event];
    const text = shortened(entry.says);
    const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text;
    const name = whose(entry).padEnd(wide);
    return `  ${paint('dim', instant(entry.at))}  ${name}  ${paint(style, mark)} ${entry.event === 'skipped' ? paint('dim', cut) : cut}`;
  });
}

const whose = ({ recipes }: TimelineEntry) => (recipes.length > 1 ? `${recipes.length} recipes` : (recipes[0] ?? ''));
const instant = (at: string) => at.slice(5, 16).replace('T', ' ');

/** Shortens ids for people; --json has the full ids. */
export const shortened = (text: string) =>
  text
    .replaceAll(/\bami-[0-9a-f]{13}([0-9a-f]{4})\b/g, 'ami-…$1')
    .replaceAll(/\barn:[\w-]+:states:\S*:([\w-]+)/g, '$1')
    .replaceAll(/\b([0-9a-f]{8})(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '$1…')
    .replaceAll(/\s+/g, ' ');

const repeating: TimelineEntry['event'][] = ['skipped', 'lost', 'no source'];

/** Counts an entry with an earlier one if it repeats it and the recipe has had no result since then. */
export function once(entries: TimelineEntry[]): TimelineEntry[] {
  const runs: { entry: TimelineEntry; last: TimelineEntry; times: number }[] = [];
  const latest = new Map<string, Map<string, (typeof runs)[number]>>();
  for (const entry of entries) {
    const said = repeating.includes(entry.event) ? entry.says.split(':')[0] : undefined;
    const run = said === undefined ? undefined : latest.get(whose(entry))?.get(said);
    if (run) {
      run.last = entry;
      run.times++;
      continue;
    }
    const begun = { entry, last: entry, times: 1 };
    runs.push(begun);
    if (said === undefined) for (const recipe of entry.recipes) latest.delete(recipe);
    else latest.set(whose(entry), (latest.get(whose(entry)) ?? new Map<string, typeof begun>()).set(said, begun));
  }
  return runs.map(({ entry, last, times }) => {
    if (times === 1) return entry;
    const [verb = '', ...rest] = entry.says.split(/(?=[,:])/);
    return { ...entry, says: `${verb} ${times} times until ${instant(last.at)}${rest.join('')}` };
  });
}
