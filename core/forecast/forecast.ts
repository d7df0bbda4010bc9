import { accountCopiesOf, onlyAccountPlace } from '../accounts/account-copies.ts';
import { manifestOf } from '../build/manifest.ts';
import type { Plan } from '../build/plan.ts';
import type { RecipeRecord } from '../build/record.ts';
import type { Timing } from '../build/timings.ts';
import { firstRound } from '../copying/copy-order.ts';
import type { SkippedStep } from '../guest/steps/applicable-steps.ts';
import { onlyPlace } from '../distribute/place.ts';
import { targetOutline, type TargetOutline } from '../distribute/target-outline.ts';
import type { ParameterValue } from '../recipe/parameters/values.ts';
import type { Problem } from '../recipe/recipe.ts';
import { priced } from '../report/cost.ts';
import type { CostEstimate } from '../report/cost-estimate.ts';
import { expectedEvents, expectedSeconds, expectedTimings, possibleRaces } from './expected-timings.ts';

/** What a build would do. Absent where the source image is not known. */
export interface ForeseenBuild {
  region: string;
  source: { ami: string; name: string; owner: string; architecture: string };
  instanceTypes: string[];
  /** What was found for the tags of the recipe's network. Absent where the recipe names ids, or nothing. */
  network?: { subnets: string[]; securityGroups: string[] };
  provision: string[];
  checks: string[];
  /** The values for the recipe's parameters. Absent for a recipe without any. */
  parameters?: Record<string, ParameterValue>;
  /** Steps and checks that do not apply to the source image. Absent where all do. */
  skipped?: SkippedStep[];
  targets: TargetOutline[];
  /** Copies in other accounts. Absent where the recipe asks for none. */
  copiedTo?: (TargetOutline & { account: string })[];
  /** SSM parameter of the channel, in every region. Absent where the recipe publishes to none. */
  channel?: string;
  /** Seconds of the whole build. */
  seconds: number;
  /** The published build whose times were taken. Absent where the times are those that AWS usually takes. */
  timedBy?: string;
  /** At most, with a second copy beside each that the recipe caps. Absent where no price is known. */
  cost?: CostEstimate;
  /** The dollars of it that are due only if second copies are begun. Absent where the recipe caps no copy. */
  secondCopies?: number;
}

/** The output of plan-build: what a build of a recipe would do now, and what would make the build fail. */
export interface Forecast {
  /** Absent where the input names no recipe. */
  recipe?: string;
  /** `up-to-date`: a start would build nothing. `refused`: a start would fail, as the problems say. */
  status: 'ready' | 'up-to-date' | 'refused';
  problems: Problem[];
  notes: string[];
  /** Why a start would build. */
  because?: string;
  /** The published build that is up to date. */
  current?: string;
  would?: ForeseenBuild;
}

/** Step Functions hands on at most 256 KiB. */
const mostProblems = 100;

/** Puts the parts of a forecast together, and decides its status. */
export function forecastOf(parts: Omit<Forecast, 'status'>): Forecast {
  const { problems, current } = parts;
  const status = problems.length > 0 ? 'refused' : current === undefined ? 'ready' : 'up-to-date';
  return { ...parts, status, problems: problems.slice(0, mostProblems) };
}

/** What a plan would make, with its time and cost as far as earlier builds tell. */
export function foreseenBuild(plan: Plan, record: RecipeRecord): ForeseenBuild {
  const { document, source, region, channel, provision, checks, skipped, parameters } = plan;
  const { published } = record;
  const usual = published?.usual;
  const timings = expectedTimings(plan, usual ?? {}, firstRound(document.copies, record));
  const seconds = expectedSeconds(timings);
  const first = { ami: '', snapshots: [] };
  const others = accountCopiesOf(document);
  const made = {
    targets: document.distribute.map((target) => ({ ...onlyPlace(target), ...first })),
    copiedTo: others.map((copy) => ({ ...onlyAccountPlace(copy), ...first })),
  };
  const until = new Date(Date.parse(plan.startedAt) + seconds * 1000);
  const costOf = (all: Timing[]) => {
    const parts = { plan, parameter: channel ?? null, ...made, timings: all, failure: null };
    return priced(manifestOf({ ...parts, status: 'published' }), plan, expectedEvents(all), until).cost;
  };
  const races = possibleRaces(plan);
  const cost = costOf([...timings, ...races]);
  const least = costOf(timings);
  return {
    region,
    source: { ami: source.ami, name: source.name, owner: source.owner, architecture: source.architecture },
    instanceTypes: document.builder.instanceTypes,
    ...(document.builder.network && {
      network: { subnets: document.builder.subnets, securityGroups: document.builder.securityGroups },
    }),
    provision: provision.map(({ name }) => name),
    checks: checks.map(({ name }) => name),
    ...(parameters && { parameters }),
    ...(skipped && { skipped }),
    targets: document.distribute.map((target) => targetOutline(plan, target, channel)),
    ...(others.length > 0 && {
      copiedTo: others.map((copy) => ({
        ...targetOutline(plan, copy, copy.publishes ? channel : undefined),
        account: copy.account,
      })),
    }),
    ...(channel !== undefined && { channel }),
    seconds,
    ...(usual && published && { timedBy: published.build }),
    ...(cost && { cost }),
    ...(cost && least && races.length > 0 && { secondCopies: cost.parts.transfer - least.parts.transfer }),
  };
}
