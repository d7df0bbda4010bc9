import type { Plan } from '../../core/build/plan.ts';
import type { RecipeRecord } from '../../core/build/record.ts';
import { Failure } from '../../core/errors.ts';
import type { Forecast } from '../../core/forecast/forecast.ts';
import type { Problem } from '../../core/recipe/recipe.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { findUpToDate } from '../work/up-to-date.ts';

interface Comparison extends Pick<Forecast, 'because' | 'current'> {
  problems?: Problem[];
  notes?: string[];
}

/** Whether a start would build: the published build that is up to date, or why there is none. A start that would be refused is a problem. */
export async function comparison(
  artifacts: Artifacts & { now: () => Date },
  plan: Plan,
  record: RecipeRecord,
): Promise<Comparison> {
  try {
    return await findUpToDate(artifacts, plan, record, artifacts.now());
  } catch (error) {
    if (!(error instanceof Failure) || error.name !== 'ContentHeld') throw error;
    return { problems: [{ path: ['publish', 'channel'], message: error.message }] };
  }
}
