import { durationOf } from '../../duration.ts';
import { executionSeconds, longestParts, type Bounded } from '../../build/limits.ts';
import { eventBudget, mostEvents, paceOf, slowest } from '../../build/looks/pace.ts';
import type { Rule, SoundParts } from './rule.ts';

/** The parts of a recipe that limit its build's duration. Undefined if one of them has problems of its own. */
function bounded({ provision, checks, image, distribute }: SoundParts): Bounded | undefined {
  const whole = <T>(list: (T | undefined)[]): list is T[] => !list.includes(undefined);
  return image && whole(provision) && whole(checks) && whole(distribute)
    ? { provision, checks, image, distribute }
    : undefined;
}

/** The rules on how long a whole build may take. */
export const limitRules: Rule[] = [
  {
    says: `The timeouts of steps and checks (each with 15 minutes for SSM), image.timeout and the longest timeout of a target (twice, where the target has copyTo) add up to at most the ${durationOf(executionSeconds)} that a build may take.`,
    look(parts, report) {
      const recipe = bounded(parts);
      const longest = recipe ? longestParts(recipe) : [];
      const sum = longest.reduce((total, { seconds }) => total + seconds, 0);
      if (sum <= executionSeconds) return;
      const [most] = longest.toSorted((a, b) => b.seconds - a.seconds);
      const list = longest.map(({ path, seconds }) => `${path} ${durationOf(seconds)}`).join(', ');
      report(
        most?.path === 'image.timeout' ? ['image', 'timeout'] : [most?.path ?? 'provision'],
        `may take so long that the whole build takes ${durationOf(sum)} (${list}); a build may take ${durationOf(executionSeconds)}, so shorten timeouts`,
      );
    },
  },
  {
    says: 'Even if everything takes its whole timeout, the history of the build stays below half of the 25,000 events at which AWS ends an execution.',
    look(parts, report) {
      const recipe = bounded(parts);
      if (!recipe || paceOf(recipe) !== undefined) return;
      const none = { ...recipe, provision: [], checks: [] };
      const ofTargets = mostEvents(none, slowest) - mostEvents({ ...none, distribute: [] }, slowest);
      const ofCommands = mostEvents(recipe, slowest) - mostEvents(none, slowest);
      const most = ofTargets > ofCommands ? 'distribute' : recipe.provision.length > 0 ? 'provision' : 'checks';
      report(
        [most],
        `steps, checks and targets may make ${mostEvents(recipe, slowest)} events of history, and ${eventBudget} is the most; shorten their timeouts, or put several steps into one`,
      );
    },
  },
];
