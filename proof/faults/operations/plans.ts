// A plan changes nothing at all, ever.
import type { Forecast } from '../../../core/forecast/forecast.ts';
import type { Violation } from '../judge/violation.ts';
import { changedIn } from './facts.ts';
import { twoRegions } from './moves.ts';
import type { OperationRow, OperationTrial } from './operation.ts';
import { denials, ends, isMoody } from './told.ts';

export const plans: Record<string, OperationRow> = {
  plans: {
    machine: 'plan-build',
    builds: ['base'],
    // The plan also tries what Publish does of launch templates.
    shape: { ...twoRegions, more: true },
    input: () => ({ recipe: 'base' }),
    start: (simulation, input) => simulation.plan(input),
    hasPlan: false,
    judge,
  },
};

/** Calls that read, and those that take a role to read in another account. */
const reading = /^(Describe|Get|List|AssumeRole$)/;

function judge(trial: OperationTrial): Violation[] {
  const { before, after, documentsBefore, documents, callsBefore, prepared } = trial;
  const made = prepared.simulation.cloud.calls
    .slice(callsBefore)
    .filter(
      ({ by, action, params }) => by !== undefined && !reading.test(action) && !(params as { DryRun?: boolean }).DryRun,
    )
    .map(({ by, action, region }): Violation => ({
      invariant: 'within bounds',
      what: `${by} called ${action} in ${region}`,
    }));
  const changed = [...changedIn(before, after), ...changedIn(documentsBefore, documents)];
  return [
    ...ends(trial),
    ...made,
    ...changed.map((what): Violation => ({ invariant: 'nothing left', what: `a plan changed ${what}` })),
    ...said(trial),
  ];
}

/** A failure that passes changes no word of the plan: nothing is wrong with the recipe. */
function said(trial: OperationTrial): Violation[] {
  const { first, scenario } = trial;
  if (first.status !== 'SUCCEEDED' || denials(trial).length > 0 || isMoody(scenario) || scenario.follows) return [];
  const { status, problems, notes } = JSON.parse(first.output ?? '{}') as Forecast;
  if (status === 'up-to-date' && problems.length + notes.length === 0) return [];
  return [{ invariant: 'completes', what: `the plan says ${status}: ${JSON.stringify([...problems, ...notes])}` }];
}
