import { soundRecipes } from '../recipe/catalog.ts';
import { secondsOf } from '../duration.ts';
import { wholeOf } from '../variants/names.ts';
import type { Catalog } from '../recipe/types.ts';

/** A schedule of EventBridge Scheduler that a recipe's `triggers` ask for. */
export interface RecipeSchedule {
  recipe: string;
  /** `cron(…)` or `rate(…)`. */
  expression: string;
  /** IANA name. */
  timezone: string;
  /** Minutes, 1 to 1440. */
  windowMinutes: number;
}

/** The schedules of all recipes that have one, in the order of the recipes' names. */
export const schedulesOf = (catalog: Catalog): RecipeSchedule[] => {
  const all = soundRecipes(catalog, undefined).flatMap(({ name, triggers }) =>
    triggers?.schedule === undefined
      ? []
      : {
          recipe: wholeOf(catalog, name) ?? name,
          expression: triggers.schedule,
          timezone: triggers.timezone ?? 'UTC',
          windowMinutes: Math.ceil(secondsOf(triggers.flexibleWindow) / 60),
        },
  );
  // The variants of a recipe have one schedule.
  return [...new Map(all.map((one) => [one.recipe, one])).values()].toSorted((a, b) => (a.recipe < b.recipe ? -1 : 1));
};
