import { breakerOf } from './breaker.ts';
import type { ChannelRecord } from '../channel/channel-record.ts';
import { heldContent, saysHeld } from '../channel/held-content.ts';
import { contentDigest, recipeDigest, type Content } from '../build/content-digest.ts';
import { durationOf } from '../duration.ts';
import { emptyRecord, type RecipeRecord } from '../build/record.ts';
import type { Triggers } from '../recipe/types.ts';
import type { StartRequest } from './start-event.ts';
import type { Trigger } from './trigger.ts';
import { tooOld } from './up-to-date.ts';

/** All facts that decide whether to start a build. */
export interface StartFacts {
  /** Records of all recipes, by name. */
  records: Readonly<Record<string, RecipeRecord>>;
  /** AMI id of the recipe's source image now. */
  source: string;
  /** Everything else that would go into the image. */
  content: Content;
  /** The execution that is building the recipe now, and the one that is building its parent. */
  building: string | undefined;
  parentBuilding: string | undefined;
  /** The document of the channel that the recipe publishes to. Absent where it has never moved. */
  channel?: ChannelRecord | undefined;
  now: Date;
}

type SkipReason =
  | 'automatic builds are off'
  | 'parent is still building'
  | 'unchanged'
  | 'building'
  | 'content taken back'
  | 'breaker open'
  | 'debounced'
  | 'already started';

interface Start {
  /** Possible names for the execution. The first name is used that no running or successful execution has. */
  names: string[];
  input: { recipe: string; trigger: Trigger; parameters?: Triggers['parameters'] };
}

export type Decision =
  { start: Start; skip?: never; because?: never } | { start?: never; skip: SkipReason; because: string };

/**
 * Seconds after an automatic start during which a newer source starts no other build, since the source may change again. This is
 * less than the hour between two polls, so that even an early next poll is not skipped.
 */
export const debounceSeconds = 50 * 60;

// The record does not count refusals such as RecipeBusy, so a name may already be taken. Ten spare names let ten refusals in a
// row pass.
const spareNames = 10;

/** The EventBridge rules are off as well, but an event sent before the setting changed can still arrive. */
export const automaticBuildsOff: Decision = {
  skip: 'automatic builds are off',
  because: 'the deployment says automaticBuilds=off',
};

/**
 * Decides whether to start a build. The execution's name is derived from the facts, so a repeated event starts only one build.
 */
export function decideStart(asked: StartRequest, facts: StartFacts): Decision {
  const { recipe, scheduled, parentEnded, trigger } = asked;
  const { records, source, content, building, parentBuilding, now } = facts;
  const { published, started, failures } = records[recipe] ?? emptyRecord();

  if (parentBuilding !== undefined && !parentEnded && scheduled === undefined)
    return { skip: 'parent is still building', because: `${parentBuilding} starts it when it ends well` };
  if (scheduled === undefined && published?.source === source && !tooOld(published, content.recipe, now))
    return { skip: 'unchanged', because: `${published.build} was built from ${source}` };
  if (building !== undefined) return { skip: 'building', because: `${building} is at it` };

  const digest = contentDigest({ source, ...content });
  const held = heldContent(facts.channel, digest);
  if (held) return { skip: 'content taken back', because: saysHeld(held) };

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
    return { skip: 'debounced', because: `${started?.build} started ${ago} ago; the next poll tries again` };
  }
  const names =
    scheduled === undefined ? namesOf(recipe, digest, published?.build, failures) : [timed(recipe, scheduled)];
  const parameters = content.recipe.triggers?.parameters;
  return { start: { names, input: { recipe, trigger, ...(parameters && { parameters }) } } };
}

const timed = (recipe: string, scheduled: string) => `${recipe}-${scheduled.replace(/[-:]/g, '')}`;

/**
 * `<recipe>-<digest>-<attempt>`, followed by the published build that the new one replaces. With that suffix, a source that goes
 * back to an earlier image, as after a rollback, is built again.
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
