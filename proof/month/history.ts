import { buildName } from '../../core/build/identity.ts';
import { soundRecipes } from '../../core/recipe/catalog.ts';
import { secondsOf } from '../../core/duration.ts';
import { failureMessage } from '../../core/report/failure.ts';
import type { Catalog, Retire } from '../../core/recipe/types.ts';
import type { RetireStep } from '../../core/retire/retiring.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { defaultRebuildAfter } from '../../core/recipe/upkeep.ts';
import type { Trigger } from '../../core/start/trigger.ts';
import type { BusEvent } from '../../simulator/aws/events/event-bus.ts';
import type { Simulation } from '../../simulator/pipeline/simulation.ts';
import { publicSourcesOf } from '../../simulator/aws/source-images.ts';
import type { StartOutcome } from '../../simulator/pipeline/start-outcome.ts';
import type { Execution } from '../../simulator/states/step-functions.ts';
import type { Aging } from './aging.ts';

// All instants are ISO 8601 in virtual time.

/** The history of a simulation in which builds start by themselves. Judgements use nothing else. */
export interface History {
  from: string;
  until: string;
  recipes: KeptRecipe[];
  releases: Release[];
  starts: StartOutcome[];
  builds: BuildOutcome[];
  /** Events that should have started a build but never reached their target. */
  unheard: Unheard[];
  /** Looks at the sources that found none from which a recipe can start. */
  sourceless: Sourceless[];
  sweeps: { at: string; orphans: number; removed: number }[];
  aging: Aging;
}

export interface KeptRecipe {
  name: string;
  /** The recipe whose channel it builds on. */
  parent: string | null;
  /** Public parameters that name its source image. */
  parameters: string[];
  /** Whether newer source images start builds. */
  follows: boolean;
  rebuildAfterSeconds: number;
  /** When its old images are retired. */
  retire?: Retire;
}

/** A source image that a vendor published; `first` if it existed before the simulation began. */
export interface Release {
  at: string;
  parameter: string;
  ami: string;
  first: boolean;
}

/** The result of one execution of build-image. */
export interface BuildOutcome {
  recipe: string;
  build: string;
  /** Name of the execution. */
  execution: string;
  /** Null if it was started by hand. */
  trigger: Trigger | null;
  startedAt: string;
  /** Null while it is running. */
  endedAt: string | null;
  status: 'published' | 'up-to-date' | 'failed' | 'running';
  /** AMI ids of the source image, and of the image in the pipeline's region. */
  source: string | null;
  ami: string | null;
  digest: string | null;
  /** When the channel moved. */
  publishedAt: string | null;
  regions: { published: string[]; missing: string[] };
  error: string | null;
  cause: string | null;
  /** Estimate; null if unknown. */
  usd: number | null;
  /** The steps by which its image was retired, the oldest first. */
  retired?: { step: RetireStep; at: string }[];
}

interface Unheard {
  at: string;
  /** Names of recipes. */
  recipes: string[];
  what: string;
  /** Whether it ended in the queue of failures; otherwise it was lost on the way. */
  queued: boolean;
}

interface Sourceless {
  at: string;
  recipe: string;
  what: string;
}

/** Reads the history, up to now, of a simulation that began at `from`. */
export function historyOf(
  simulation: Simulation,
  catalog: Catalog,
  more: Pick<History, 'from' | 'releases' | 'sweeps' | 'aging'>,
): History {
  const recipes = keptRecipes(catalog);
  const failures = queuedOf(simulation);
  return {
    ...more,
    until: new Date(simulation.clock.now()).toISOString(),
    recipes,
    starts: [...simulation.starts],
    builds: simulation.executions().map((execution) => outcomeOf(simulation, execution)),
    unheard: [
      ...lostOf(simulation, recipes),
      ...failures.filter((one) => !isSourceless(one)).map((one) => notTaken(one, recipes)),
    ].toSorted((one, other) => one.at.localeCompare(other.at)),
    sourceless: failures.filter(isSourceless).flatMap((one) => sourcelessIn(one, recipes)),
  };
}

const keptRecipes = (catalog: Catalog): KeptRecipe[] =>
  soundRecipes(catalog, undefined).map(({ name, source, triggers, retire }) => ({
    name,
    parent: source.channel?.split('/')[0] ?? null,
    parameters: publicSourcesOf(source).map(({ parameter }) => parameter),
    follows: triggers?.onSourceUpdate ?? false,
    rebuildAfterSeconds: secondsOf(triggers?.rebuildAfter ?? defaultRebuildAfter),
    ...(retire && { retire }),
  }));

function outcomeOf(simulation: Simulation, execution: Execution): BuildOutcome {
  const { arn, name, startDate, stopDate, status, input, error, cause } = execution;
  const asked = JSON.parse(input) as { recipe: string; build?: string; trigger?: Trigger };
  const build = asked.build ?? buildName({ id: arn, startedAt: startDate.toISOString() });
  const identity = { recipe: asked.recipe, build };
  const plan = simulation.read(identity, 'plan');
  const manifest = simulation.read(identity, 'manifest');
  const running = status === 'RUNNING';
  const published = manifest?.status === 'published';
  const publish = manifest?.timings.findLast(({ state }) => state === 'Publish');
  const regionsBy = (is: boolean) =>
    (manifest?.targets ?? []).filter((target) => (target.status === 'published') === is).map(({ region }) => region);
  const home = manifest?.image?.region;
  return {
    recipe: asked.recipe,
    build,
    execution: name,
    trigger: asked.trigger ?? null,
    startedAt: startDate.toISOString(),
    endedAt: stopDate?.toISOString() ?? null,
    status: running ? 'running' : (manifest?.status ?? 'failed'),
    source: plan?.source.ami ?? manifest?.source?.ami ?? null,
    ami: manifest?.targets.find(({ region }) => region === home)?.ami ?? manifest?.image?.ami ?? null,
    digest: plan?.digest ?? null,
    publishedAt:
      published && publish ? new Date(Date.parse(publish.startedAt) + publish.seconds * 1000).toISOString() : null,
    regions: { published: regionsBy(true), missing: regionsBy(false) },
    error: manifest?.failure?.error ?? error ?? null,
    cause: manifest?.failure?.cause ?? (error === undefined ? null : failureMessage({ Error: error, Cause: cause })),
    usd: manifest?.cost?.usd ?? null,
    ...(published && { retired: retiredOf(simulation, identity) }),
  };
}

/** The steps that every AMI of a build has taken. */
const retiredOf = (simulation: Simulation, identity: BuildIdentity): NonNullable<BuildOutcome['retired']> =>
  (simulation.read(identity, 'retirement')?.steps ?? [])
    .filter(({ ends }) => ends.every(({ error }) => error === undefined))
    .map(({ step, at }) => ({ step, at }));

/** The lost events that would have started a build. */
const lostOf = ({ cloud }: Simulation, recipes: KeptRecipe[]): Unheard[] =>
  cloud.events.lost.flatMap((event) => {
    const concerned = startedBy(event, recipes);
    return concerned.length > 0
      ? [{ at: event.time, recipes: concerned, what: event['detail-type'], queued: false }]
      : [];
  });

function startedBy(event: Partial<BusEvent>, recipes: KeptRecipe[]): string[] {
  const detail = event.detail ?? {};
  if (event['detail-type'] === 'Source Image Updated') return detail['recipes'] as string[];
  if (event['detail-type'] !== 'Step Functions Execution Status Change' || detail['status'] !== 'SUCCEEDED') return [];
  const { recipe } = JSON.parse((detail['output'] as string | null | undefined) ?? '{}') as { recipe?: string };
  return recipes.filter(({ parent }) => parent !== null && parent === recipe).map(({ name }) => name);
}

/** A call that a function did not take, as the queue of failures holds it. */
interface Queued {
  at: string;
  asked: Partial<BusEvent> & { recipe?: string };
  said?: { errorType: string; errorMessage: string } | undefined;
}

const queuedOf = (simulation: Simulation): Queued[] =>
  simulation.queue('TriggerFailures').map(({ at, body }) => {
    const record = body as { requestPayload?: Queued['asked']; responsePayload?: Queued['said'] };
    return { at, asked: record.requestPayload ?? {}, said: record.responsePayload };
  });

const isPoll = ({ asked }: Queued) => asked.recipe === undefined && asked['detail-type'] === undefined;

/** Whether a poll failed only because recipes have no usable source. It has still looked at all the others. */
const isSourceless = (one: Queued): boolean => isPoll(one) && (one.said?.errorType.startsWith('Source') ?? false);

/** The recipes that such a poll names: each has a line of the message. */
const sourcelessIn = ({ at, said }: Queued, recipes: KeptRecipe[]): Sourceless[] =>
  (said?.errorMessage.split('\n') ?? []).flatMap((line) =>
    recipes
      .filter(({ name }) => line.startsWith(`${name}: `))
      .map(({ name }) => ({ at, recipe: name, what: line.slice(name.length + 2) })),
  );

function notTaken(one: Queued, recipes: KeptRecipe[]): Unheard {
  const { at, asked, said } = one;
  const named = asked.recipe === undefined ? startedBy(asked, recipes) : [asked.recipe];
  const what = said ? `${said.errorType}: ${said.errorMessage}` : 'not taken';
  return { at, recipes: isPoll(one) ? recipes.map(({ name }) => name) : named, what, queued: true };
}
