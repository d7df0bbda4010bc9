import type { BuildOnPage, ChannelOnPage, PipelineFacts } from './pipeline-facts.ts';

interface ChannelRow {
  name: string;
  /** By place. Undefined where the channel does not exist. */
  cells: (ChannelOnPage | undefined)[];
}

/** The builds of one recipe. */
export interface RecipeBuilds {
  recipe: string;
  builds: BuildOnPage[];
  published: number;
  failed: number;
  upToDate: number;
  /** The middle one of the published builds. Null if there is none. */
  usualSeconds: number | null;
  /** Of all its builds; null counts as nothing. */
  usd: number;
  /** Of the newest published image, for every month. */
  perMonth: number;
}

/** The overview of a pipeline, as values. pages/all/ makes HTML of it. */
export interface PageOfAll extends Pick<PipelineFacts, 'name' | 'region' | 'now' | 'days'> {
  /** What somebody should look at. */
  look: string[];
  /** Columns of the channels. */
  places: string[];
  channels: ChannelRow[];
  recipes: RecipeBuilds[];
  /** The newest first. */
  failures: BuildOnPage[];
  /** What the builds of each week cost, by its first day. */
  weeks: { from: string; usd: number }[];
}

export function pageOfAll(facts: PipelineFacts): PageOfAll {
  const { name, region, now, days, channels } = facts;
  const builds = facts.builds.toSorted((one, other) => one.startedAt - other.startedAt);
  const recipes = [...new Set([...channels, ...builds].map(({ recipe }) => recipe))].toSorted();
  const places = placesOf(channels, region);
  const own = recipes.map((recipe) => recipeBuilds(recipe, builds));
  return {
    name,
    region,
    now,
    days,
    look: [...channels.flatMap(lookAtChannel), ...own.flatMap(lookAtRecipe)],
    places,
    channels: channelRows(channels, places),
    recipes: own,
    failures: builds.filter(({ error }) => error !== null).toReversed(),
    weeks: weeksOf(builds, now, days),
  };
}

/** The home region first, the others by name. */
function placesOf(channels: ChannelOnPage[], home: string): string[] {
  const all = [...new Set(channels.map(({ place }) => place))].toSorted();
  return [...all.filter((place) => place === home), ...all.filter((place) => place !== home)];
}

function channelRows(channels: ChannelOnPage[], places: string[]): ChannelRow[] {
  const nameOf = ({ recipe, channel }: ChannelOnPage) => `${recipe}/${channel}`;
  return [...new Set(channels.map(nameOf))].map((name) => ({
    name,
    cells: places.map((place) => channels.find((one) => nameOf(one) === name && one.place === place)),
  }));
}

function recipeBuilds(recipe: string, all: BuildOnPage[]): RecipeBuilds {
  const builds = all.filter((one) => one.recipe === recipe);
  const published = builds.filter(({ status }) => status === 'published');
  const seconds = published.flatMap((one) => one.seconds ?? []).toSorted((one, other) => one - other);
  return {
    recipe,
    builds,
    published: published.length,
    failed: builds.filter(({ status }) => status === 'failed').length,
    upToDate: builds.filter(({ status }) => status === 'up-to-date').length,
    usualSeconds: seconds[Math.floor((seconds.length - 1) / 2)] ?? null,
    usd: builds.reduce((sum, { usd }) => sum + (usd ?? 0), 0),
    perMonth: published.at(-1)?.snapshotsPerMonth ?? 0,
  };
}

function lookAtChannel({ recipe, channel, place, health, drifts }: ChannelOnPage): string[] {
  const where = `${recipe}/${channel} in ${place}`;
  return [
    ...(health === 'healthy' ? [] : [`${where}: ${health}`]),
    ...(drifts ?? []).map((drift) => `${where}: ${drift}`),
  ];
}

/** A recipe whose newest build failed, and what builds left behind. */
function lookAtRecipe({ recipe, builds }: RecipeBuilds): string[] {
  const ended = builds.filter(({ status }) => status !== 'running');
  const since = ended.slice(ended.findLastIndex(({ status }) => status !== 'failed') + 1);
  const newest = since.at(-1);
  const times = since.length === 1 ? 'the last build' : `the last ${since.length} builds`;
  return [
    ...(newest ? [`${recipe}: ${times} failed, ${newest.build} with ${newest.error}`] : []),
    ...builds.flatMap(({ build, left }) => left.map((thing) => `${recipe} ${build} left behind: ${thing}`)),
  ];
}

const day = 86_400_000;
const week = 7 * day;

/** Weeks of whole days in UTC. The last one ends today. */
function weeksOf(builds: BuildOnPage[], now: number, days: number): PageOfAll['weeks'] {
  const count = Math.ceil((days * day) / week);
  const end = (Math.floor(now / day) + 1) * day;
  return Array.from({ length: count }, (_, index) => {
    const from = end - (count - index) * week;
    const within = builds.filter(({ startedAt }) => startedAt >= from && startedAt < from + week);
    return {
      from: new Date(from).toISOString().slice(0, 10),
      usd: within.reduce((sum, { usd }) => sum + (usd ?? 0), 0),
    };
  });
}
