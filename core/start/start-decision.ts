import { breakerOf } from './breaker.ts';
import { contentDigest, recipeDigest, type Content } from '../build/content-digest.ts';
import { durationOf } from '../duration.ts';
import { emptyRecord, type RecipeRecord } from '../build/record.ts';
import type { Asked } from './start-event.ts';
import type { Trigger } from './trigger.ts';
import { tooOld } from './up-to-date.ts';

/** Everything a decision to start a build goes by. */
export interface StartFacts {
  /** Of all recipes, by name. */
  records: Readonly<Record<string, RecipeRecord>>;
  /** AMI id of the recipe's source image now. */
  source: string;
  /** What would go into the image beside it. */
  content: Content;
  /** The execution that builds the recipe at present, and the one that builds its parent. */
  building: string | undefined;
  parentBuilding: string | undefined;
  now: Date;
}

export type SkipReason =
  | 'automatic builds are off'
  | 'parent is still building'
  | 'unchanged'
  | 'building'
  | 'breaker open'
  | 'debounced'
  | 'already started';

export interface Start {
  /** Names of the execution: the first that no execution had which is running or ended well. */
  names: string[];
  input: { recipe: string; trigger: Trigger };
}

export type Decision =
  { start: Start; skip?: never; because?: never } | { start?: never; skip: SkipReason; because: string };

/**
 * Seconds after an automatic start in which a newer source starts no other build: it may change again. Less than the hour
 * between two polls, so that the next one, however early, is not too early.
 */
export const debounceSeconds = 50 * 60;

// Refusals such as RecipeBusy are not in the record: that many of them, one after the other, do not stop a recipe.
const spareNames = 10;

/** The rules are off as well, but an event that was under way when the setting changed still comes. */
export const off: Decision = { skip: 'automatic builds are off', because: 'the deployment says automaticBuilds=off' };

/** Whether to start what was asked for. An execution's name is derived, so that an event which comes twice starts one. */
export function decideStart(asked: Asked, facts: StartFacts): Decision {
  const { recipe, scheduled, parentEnded, trigger } = asked;
  const { records, source, content, building, parentBuilding, now } = facts;
  const { published, started, failures } = records[recipe] ?? emptyRecord();

  if (parentBuilding !== undefined && !parentEnded && scheduled === undefined)
    return { skip: 'parent is still building', because: `${parentBuilding} starts it when it ends well` };
  if (scheduled === undefined && published?.source === source && !tooOld(published, content.recipe, now))
    return { skip: 'unchanged', because: `${published.build} was built from ${source}` };
  if (building !== undefined) return { skip: 'building', because: `${building} is at it` };

  const breaker = breakerOf(
    records,
    recipe,
    recipeDigest(content.recipe, content.scripts, content.pipelineVersion),
    source,
  );
  if (breaker.open) {
    const what = breaker.of === 'recipe' ? recipe : `builds from ${source}`;
    const cure = breaker.of === 'recipe' ? 'change the recipe, or build it by hand' : 'build one of them by hand';
    return {
      skip: 'breaker open',
      because: `${what} failed ${breaker.failures} times in a row, since ${breaker.since}; ${cure}`,
    };
  }

  const seconds = started && started.by !== 'hand' ? (now.getTime() - Date.parse(started.at)) / 1000 : Infinity;
  if (scheduled === undefined && seconds < debounceSeconds) {
    const ago = durationOf(Math.max(0, seconds));
    return { skip: 'debounced', because: `${started?.build} started ${ago} ago; the next poll sees to it` };
  }
  const names =
    scheduled === undefined
      ? namesOf(recipe, contentDigest({ source, ...content }), published?.build, failures)
      : [timed(recipe, scheduled)];
  return { start: { names, input: { recipe, trigger } } };
}

const timed = (recipe: string, scheduled: string) => `${recipe}-${scheduled.replace(/[-:]/g, '')}`;

/**
 * `<recipe>-<digest>-<attempt>`, and of which published image it is the successor: a source that goes back to an earlier
 * image, as after a rollback, is built from again.
 */
function namesOf(
  recipe: string,
  digest: string,
  published: string | undefined,
  failures: RecipeRecord['failures'],
): string[] {
  const failed = failures.filter((failure) => failure.digest === digest).length;
  const after = published === undefined ? '' : `-after-${published.slice(-4)}`;
  return Array.from({ length: spareNames }, (_, spare) => `${recipe}-${digest.slice(0, 12)}-${failed + spare}${after}`);
}
