import type { Plan } from '../build/plan.ts';
import type { Problem } from '../recipe/recipe.ts';
import { failureMessage } from '../report/failure.ts';
import type { CaughtError } from '../build/timings.ts';
import { forecastOf, type Forecast } from './forecast.ts';

/** EC2's answer to a call that was only tried. */
export type Rehearsed = { allowed: true } | { allowed: false; code: string; message: string };

/** The output of ResolvePlan. `rehearsal` is what Launch needs to try a launch. Absent where the source image is not known. */
export interface PlannedBuild {
  forecast: Forecast;
  rehearsal?: Plan;
}

/** A plan without the parts that no launch depends on, since Step Functions hands on at most 256 KiB. */
export const rehearsalOf = (plan: Plan): Plan => ({
  ...plan,
  provision: [],
  checks: [],
  document: { ...plan.document, provision: [], checks: [], distribute: [] },
});

/** A forecast, with what EC2 said when the launch of the builder was tried. `failure`: the trial itself failed. */
export function judgedForecast(
  forecast: Forecast,
  { launch, failure }: { launch?: Rehearsed | undefined; failure?: CaughtError | undefined },
): Forecast {
  const { status: _, problems, notes, ...others } = forecast;
  const unknown = failure && `could not try the launch of the builder: ${failureMessage(failure)}`;
  const found = launch && !launch.allowed ? launchProblems(launch, problems) : [];
  return forecastOf({
    ...others,
    problems: [...problems, ...found],
    notes: unknown === undefined ? notes : [...notes, unknown],
  });
}

/** EC2 may refuse a launch for a reason that ResolvePlan has told in better words. Only a lack of permission is a reason of its own. */
function launchProblems({ code, message }: Extract<Rehearsed, { allowed: false }>, known: Problem[]): Problem[] {
  const path = ['builder'];
  if (code === 'UnauthorizedOperation')
    return [{ path, message: `the role of the function Launch lacks a permission to launch the builder: ${message}` }];
  const isKnown = known.some(({ path: [first] }) => first === 'builder' || first === 'source');
  return isKnown ? [] : [{ path, message: `EC2 would refuse to launch the builder: ${message}` }];
}
