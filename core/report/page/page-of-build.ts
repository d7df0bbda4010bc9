import type { CostEstimate } from '../cost-estimate.ts';
import type { Manifest, ManifestFailure } from '../../build/manifest.ts';
import type { Timing } from '../../build/timings.ts';
import type { SkippedStep } from '../../guest/steps/applicable-steps.ts';
import type { OfVariant } from '../../build/identity.ts';
import { explainFailure } from '../../failure-names.ts';
import type { BuildIdentity } from '../../tags.ts';
import { heldLines } from '../failure-summary.ts';
import { wastedLine } from '../wasted.ts';
import { buildChangesOf, type BuildChanges } from './changes.ts';
import { commandsRun, type CommandRun } from './commands-run.ts';
import type { Ancestor, PageFacts } from './facts.ts';
import { shownFacts, linksOf, type PageLink } from './facts-shown.ts';
import { reachOf, type Reach } from './reach.ts';
import { timelineOfBuild, type Timeline } from './timeline.ts';
import { variantsOnPage, type VariantOnPage } from './variants-on-page.ts';
import { saying, verdictOf, type Verdict } from './verdict.ts';

/** A failure, with what to do about it and what became of the things that the build had made. */
export interface PageFailure extends Pick<ManifestFailure, 'state' | 'step' | 'error' | 'undone' | 'left'> {
  /** The message. The end of a command's output may follow in further lines. */
  cause: string;
  means?: string;
  advice?: string;
  kept: string[];
  /** The instance that is held, and what a person can do with it. */
  held: string[];
  /** The input that goes on with the kept images. */
  again?: string;
  wasted?: string;
}

/** Everything on the page of a build, as values. pages/build/ makes HTML of it. */
export interface PageOfBuild extends BuildIdentity {
  verdict: Verdict;
  /** The verdict in a few words. */
  says: string;
  facts: [title: string, value: string][];
  failure?: PageFailure;
  notes: string[];
  timeline?: Timeline;
  reach: Reach;
  /** The builds of the variants. Empty for a recipe without variants. */
  variants: VariantOnPage[];
  steps: CommandRun[];
  checks: CommandRun[];
  /** Steps and checks that do not apply to the source image. */
  skipped: SkippedStep[];
  /** The source image, and the builds that it descends from. */
  source: Manifest['source'];
  ancestors: Ancestor[];
  changes?: BuildChanges;
  /** The number of packages that the builder had, if an inventory arrived. */
  packages?: number;
  cost?: CostEstimate;
  links: PageLink[];
}

/** Decides what the page of a build says. */
export function pageOfBuild(facts: PageFacts): PageOfBuild {
  const { manifest, plan, ancestors, packages } = facts;
  const { recipe, build, source, failure, cost, notes = [] } = manifest;
  const verdict = verdictOf(manifest);
  const reach = reachOf(manifest);
  const timeline = timelineOfBuild(facts.timings, plan, failedVisits(facts, reach));
  const changes = buildChangesOf(facts);
  return {
    recipe,
    build,
    verdict,
    says: saying(manifest, verdict),
    facts: shownFacts(facts, timeline),
    ...(failure && { failure: failureOnPage(failure, { recipe, build, variantOf: plan?.variantOf }) }),
    notes,
    ...(timeline && { timeline }),
    reach,
    variants: variantsOnPage(facts.variants ?? []),
    steps: commandsRun('provision', plan?.provision ?? [], facts),
    checks: commandsRun('check', plan?.checks ?? [], facts),
    skipped: manifest.skipped ?? [],
    source,
    ancestors,
    ...(changes && { changes }),
    ...(packages && { packages: packages.length }),
    ...(cost && { cost }),
    links: linksOf(facts),
  };
}

/** The visits that failed: the last one of the state that failed the build, and the last one of each failed target. */
function failedVisits({ timings, manifest: { failure, targets } }: PageFacts, { errors }: Reach) {
  const last = timings.findLast(({ state }) => state === failure?.state);
  const distributing = ['CopyImage', 'AwaitCopy', 'GrantPermissions'];
  const lastOf = (place: number) =>
    timings.findLast(({ state, index }) => index === place && distributing.includes(state));
  const ofTargets = targets.map((target, place) => (target.error === null ? undefined : lastOf(place)));
  const failed = new Set<Timing | undefined>([last, ...ofTargets]);
  const places = new Set(errors.map(({ place }) => place));
  return (timing: Timing, lane: string) =>
    failed.has(timing) || (timing.state === 'FinishAccountCopy' && places.has(lane));
}

function failureOnPage(failure: ManifestFailure, identity: BuildIdentity & OfVariant): PageFailure {
  const { recipe, build, variantOf } = identity;
  const { state, step, error, cause, undone, left, kept, held, wasted } = failure;
  const explained = explainFailure(error);
  return {
    state,
    ...(step !== undefined && { step }),
    error,
    cause,
    ...(explained && { means: explained.means, advice: explained.advice }),
    undone,
    left,
    kept: kept.map(
      ({ ami, region, expires }) => `${ami} in ${region}, ${expires ? `until ${expires}` : 'without an end'}`,
    ),
    held: held ? heldLines(held, identity) : [],
    ...(kept.length > 0 && variantOf === undefined && { again: JSON.stringify({ recipe, build }) }),
    ...(wasted && { wasted: wastedLine(wasted) }),
  };
}
