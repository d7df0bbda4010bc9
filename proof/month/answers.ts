import { debounceSeconds } from '../../core/start/start-decision.ts';
import type { BuildOutcome, History, KeptRecipe } from './history.ts';

/** Seconds between two polls of all sources, as in infrastructure/triggers/schedules.ts. */
export const pollSeconds = 3600;
/** Extra time for an event's delivery, a late schedule, and a function's second and third try: three minutes between them. */
const slackSeconds = 300;

/** A source image for a recipe, published by a vendor or by the recipe it builds on. */
interface Update {
  recipe: string;
  /** ISO 8601. */
  at: string;
  ami: string;
  /** Whether it existed before the simulation began. */
  first: boolean;
  /** Whether another recipe published it. */
  byParent: boolean;
}

/** The pipeline's answer to an update. */
export interface UpdateAnswer {
  update: Update;
  /** `held`: builds fail and the breaker reports it. `pending`: it is not too late yet. */
  became: 'published' | 'pending' | 'held' | 'late' | 'never';
  /** The build that published an image from this source or a newer one. */
  build?: BuildOutcome;
  /** Time from the update to the publication. */
  seconds?: number;
  /** Waits in addition to the next poll. */
  waitedFor: string[];
  /** The latest time at which a build had to start, ISO 8601. */
  due: string;
}

/** The updates of a recipe's source image, in order. */
export function updatesOf(recipe: KeptRecipe, { releases, builds }: History): Update[] {
  const { name, parent, parameters } = recipe;
  const ofParent = builds.flatMap(({ recipe: of, publishedAt, ami }) =>
    of === parent && publishedAt !== null && ami !== null
      ? [{ at: publishedAt, ami, first: false, byParent: true }]
      : [],
  );
  const ofVendors = releases.flatMap(({ at, ami, first, parameter }) =>
    parameters.includes(parameter) ? [{ at, ami, first, byParent: false }] : [],
  );
  return [...ofVendors, ...ofParent]
    .toSorted((one, other) => one.at.localeCompare(other.at))
    .map((update) => ({ recipe: name, ...update }));
}

/** The answers to all updates that recipes follow. */
export const answersOf = (history: History): UpdateAnswer[] =>
  history.recipes
    .filter(({ follows }) => follows)
    .flatMap((recipe) => {
      const updates = updatesOf(recipe, history);
      return updates.map((_, index) => answer(updates, index, recipe, history));
    });

const ms = (at: string) => Date.parse(at);
const isoOf = (at: number) => new Date(at).toISOString();

function answer(updates: Update[], index: number, recipe: KeptRecipe, history: History): UpdateAnswer {
  const update = updates[index]!;
  const { name } = recipe;
  const isNewer = ({ source }: BuildOutcome) => updates.findIndex(({ ami }) => ami === source) >= index;
  const own = history.builds.filter((one) => one.recipe === name);
  const build = own
    .filter((one) => one.publishedAt !== null && isNewer(one))
    .toSorted((one, other) => String(one.publishedAt).localeCompare(String(other.publishedAt)))[0];
  const begun = build ?? own.find((one) => one.status === 'running' && isNewer(one));
  const until = ms(begun?.startedAt ?? history.until);
  const { due, waitedFor } = dueOf(update, until, waitsOf(update, recipe, history, begun, isNewer), history);

  const held = history.starts.some(
    ({ recipe: of, skipped, at }) => of === name && skipped === 'breaker open' && at >= update.at && ms(at) < until,
  );
  const more = { update, waitedFor, due: isoOf(due) };
  const late = begun !== undefined && ms(begun.startedAt) > due && !held;
  if (build) {
    const seconds = (ms(String(build.publishedAt)) - ms(update.at)) / 1000;
    return { ...more, became: late ? 'late' : 'published', build, seconds };
  }
  if (begun) return { ...more, became: late ? 'late' : 'pending' };
  return { ...more, became: held ? 'held' : due >= until ? 'pending' : 'never' };
}

interface Wait {
  from: number;
  to: number;
  why: string;
}

/** A recipe is not started while it is being built, just after it was built, or while its parent is being built. */
function waitsOf(
  update: Update,
  { name, parent }: KeptRecipe,
  { builds, until }: History,
  begun: BuildOutcome | undefined,
  isNewer: (build: BuildOutcome) => boolean,
): Wait[] {
  const end = ({ endedAt }: BuildOutcome) => ms(endedAt ?? until);
  return builds.flatMap((one): Wait[] => {
    const from = ms(one.startedAt);
    if (one.recipe === parent) return [{ from, to: end(one), why: `the end of ${parent}` }];
    const inTheWay = one.startedAt < update.at || (one.status === 'failed' && isNewer(one));
    if (one.recipe !== name || one === begun || !inTheWay) return [];
    const why = one.status === 'failed' ? 'a build that failed' : 'the build before';
    const debounced = one.trigger !== null && one.status !== 'up-to-date';
    return [{ from, to: Math.max(end(one), debounced ? from + debounceSeconds * 1000 : 0), why }];
  });
}

/** The latest time at which a build has to start. Each wait and each lost event allows one more poll, one after the other. */
function dueOf(
  update: Update,
  until: number,
  waits: Wait[],
  { unheard }: History,
): { due: number; waitedFor: string[] } {
  const turn = (pollSeconds + slackSeconds) * 1000;
  const left = [
    ...waits,
    ...unheard
      .filter(({ recipes, at }) => recipes.includes(update.recipe) && at >= update.at)
      .map(({ at, queued }) => ({
        from: ms(at),
        to: ms(at),
        why: queued ? 'a message that was not taken' : 'an event that was lost',
      })),
  ].toSorted((one, other) => one.from - other.from);
  let due = ms(update.at) + turn;
  const waitedFor = new Set<string>();
  for (const { from, to, why } of left) {
    if (from > due || from >= until || to + turn <= due) continue;
    due = to + turn;
    // A child is always due after the end of its parent's build.
    const usual = update.byParent && from < ms(update.at);
    if (!usual && until > ms(update.at) + turn) waitedFor.add(why);
  }
  return { due, waitedFor: [...waitedFor] };
}
