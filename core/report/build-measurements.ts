import { priced } from './cost.ts';
import type { Manifest } from '../build/manifest.ts';
import type { Measurement } from './metrics.ts';
import { phaseSeconds, spanOf } from '../build/phases.ts';
import type { Plan } from '../build/plan.ts';
import type { BuildIdentity } from '../tags.ts';
import type { StateEvent, Timing } from '../build/timings.ts';

/**
 * Adds the build's cost so far to a manifest, and returns it with the build's metrics.
 * @param ending The visit of the state that writes the manifest. The manifest cannot contain it yet.
 */
export function reckoned(
  manifest: Manifest,
  plan: Plan | undefined,
  events: StateEvent[],
  now: Date,
  ...ending: Timing[]
): { manifest: Manifest; measurements: Measurement[] } {
  const whole = priced(manifest, plan, events, now);
  return { manifest: whole, measurements: measurementsOf({ ...whole, timings: [...whole.timings, ...ending] }) };
}

/** The metrics of a build that has ended. A build that was published but could not be cleaned up counts as published and as failed. */
export function measurementsOf({ recipe, build, status, timings, failure, cost }: Manifest): Measurement[] {
  const about = { recipe, build };
  const of = { Recipe: recipe };
  const priced = typeof cost?.usd === 'number' ? { EstimatedCost: cost.usd } : {};
  const failures = failure ? [{ of: { ...of, Error: failure.error }, values: { Failures: 1 }, about }] : [];
  if (status === 'failed') return [{ of, values: { BuildsFailed: 1, ...priced }, about }, ...failures];
  if (status === 'up-to-date') return [{ of, values: { BuildsUpToDate: 1 }, about }];
  const spans = timings.map(spanOf);
  const seconds = (Math.max(...spans.map(({ to }) => to)) - Math.min(...spans.map(({ from }) => from))) / 1000;
  const phases = Object.entries(phaseSeconds(timings)).map(([Phase, PhaseSeconds]) => ({
    of: { ...of, Phase },
    values: { PhaseSeconds },
    about,
  }));
  const built = { BuildsPublished: 1, ...(spans.length > 0 && { BuildSeconds: seconds }), ...priced };
  return [{ of, values: built, about }, ...phases, ...failures];
}

/** The metrics of a failed execution without a manifest: it was refused, or its manifest could not be written. */
export function unrecordedFailure(identity: BuildIdentity | undefined, error: string): Measurement[] {
  const of = { Recipe: identity?.recipe ?? 'unknown' };
  return [
    { of, values: { BuildsFailed: 1 }, about: { ...identity } },
    { of: { ...of, Error: error }, values: { Failures: 1 }, about: { ...identity } },
  ];
}
