import { durationOf } from '../../core/duration.ts';
import { agingOf } from './aged.ts';
import { answersOf, pollSeconds, updatesOf, type UpdateAnswer } from './answers.ts';
import type { BuildOutcome, History } from './history.ts';

/** A promise of a pipeline that runs by itself, and whether the pipeline kept it. */
export interface Invariant {
  name: 'published' | 'built once' | 'parents first' | 'young' | 'aging';
  /** The promise in one sentence, with the numbers of this history. */
  says: string;
  /** Every violation. */
  violations: string[];
  /** Work that was not done for a reason that the pipeline itself reported, such as the breaker. */
  held: string[];
}

/** Judges a history. All promises are kept if no invariant has violations. */
export function checkHistory(history: History): Invariant[] {
  const answers = answersOf(history);
  const [cascades, vendors] = [true, false].map((byParent) =>
    answers.filter(({ update }) => update.byParent === byParent),
  ) as [UpdateAnswer[], UpdateAnswer[]];
  const aging = agingOf(history);
  const all = [published(vendors), builtOnce(history), parentsFirst(cascades, history), young(history)];
  return aging ? [...all, aging] : all;
}

const most = (numbers: number[]) => numbers.reduce((one, other) => Math.max(one, other), 0);
/** In minutes, from five minutes on. */
export const timeOf = (seconds: number): string =>
  durationOf(seconds < 300 ? Math.round(seconds) : Math.round(seconds / 60) * 60);
const ms = (at: string) => Date.parse(at);
const minuteOf = (at: string) => at.slice(0, 16).replace('T', ' ');

function published(answers: UpdateAnswer[]): Invariant {
  const done = answers.filter(({ build }) => build);
  const newer = answers.filter(({ update, became }) => !update.first && became !== 'pending');
  const bake = most(done.map(({ build }) => bakeSeconds(build)));
  const numbers = `${newer.filter(({ build }) => build).length} of ${newer.length} source updates were published`;
  const worst = timeOf(most(done.map(({ seconds = 0 }) => seconds)));
  const bound = done.length > 0 ? `, within ${timeOf(pollSeconds)} poll + ${timeOf(bake)} bake: worst ${worst}` : '';
  return {
    name: 'published',
    says: `${numbers}${bound}${waitsOf(done)}`,
    ...wrongs(answers),
  };
}

/** The reasons for which some were not built at the next poll. */
function waitsOf(answers: UpdateAnswer[]): string {
  const waited = answers.filter(({ waitedFor }) => waitedFor.length > 0);
  const reasons = [...new Set(waited.flatMap(({ waitedFor }) => waitedFor))];
  return waited.length > 0 ? `; ${waited.length} also waited for ${reasons.join(', ')}` : '';
}

const bakeSeconds = (build: BuildOutcome | undefined): number =>
  build?.publishedAt ? (ms(build.publishedAt) - ms(build.startedAt)) / 1000 : 0;

/** Lists updates that were answered too late or never as violations, and updates that the breaker held up as held. */
function wrongs(answers: UpdateAnswer[]): Pick<Invariant, 'violations' | 'held'> {
  const whose = ({ update: { recipe, ami, at } }: UpdateAnswer) => `${recipe}: ${ami} of ${minuteOf(at)}`;
  return {
    violations: answers.flatMap((one) => {
      if (one.became === 'never') return [`${whose(one)} was not built from; it was due by ${minuteOf(one.due)}`];
      if (one.became !== 'late') return [];
      const started = one.build ? `started ${minuteOf(one.build.startedAt)}` : 'is running';
      return [`${whose(one)} was due by ${minuteOf(one.due)}; its build ${started}`];
    }),
    held: answers
      .filter(({ became }) => became === 'held')
      .map((one) => `${whose(one)} was not published: builds failed, and the breaker is open`),
  };
}

/** Builds that made an image, or would have made one. */
const madeIn = ({ builds }: History, recipe: string) =>
  builds.filter((build) => build.recipe === recipe && build.digest !== null && build.status !== 'up-to-date');

/**
 * No image is made twice: not while another build of the recipe makes one, and not with the same content, unless the first image
 * is too old or not in every region.
 */
function builtOnce(history: History): Invariant {
  const violations: string[] = [];
  let images = 0;
  for (const { name, rebuildAfterSeconds } of history.recipes) {
    let newest: BuildOutcome | undefined;
    let before: BuildOutcome | undefined;
    for (const build of madeIn(history, name)) {
      if (build.status === 'published') images++;
      const { startedAt, digest } = build;
      if (before && (before.endedAt === null || before.endedAt > startedAt))
        violations.push(`${name}: ${build.build} started while ${before.build} was under way`);
      const complete = newest?.regions.missing.length === 0;
      const age = newest?.publishedAt ? (ms(startedAt) - ms(newest.publishedAt)) / 1000 : Infinity;
      if (newest?.digest === digest && complete && age <= rebuildAfterSeconds)
        violations.push(`${name}: ${build.build} is of the same content as ${newest?.build}, ${timeOf(age)} old`);
      before = build;
      if (build.publishedAt !== null) newest = build;
    }
  }
  return {
    name: 'built once',
    says: `no digest was built twice: ${images} image${images === 1 ? '' : 's'}`,
    violations,
    held: [],
  };
}

/** A child is built from its parent's published image, after the end of that build, and from every such image in turn. */
function parentsFirst(answers: UpdateAnswer[], history: History): Invariant {
  const { violations, held } = wrongs(answers);
  for (const { name, parent, follows } of history.recipes.filter((recipe) => recipe.parent !== null)) {
    let last = -1;
    const updates = updatesOf({ name, parent, follows, parameters: [], rebuildAfterSeconds: 0 }, history);
    for (const { build, source, startedAt, trigger } of madeIn(history, name)) {
      const index = updates.findLastIndex(({ ami }) => ami === source);
      const from = history.builds.find(({ recipe, ami, publishedAt }) => {
        return recipe === parent && publishedAt !== null && ami === source;
      });
      if (!from) violations.push(`${name}: ${build} is from ${source}, which ${parent} did not publish`);
      else if (index < last)
        violations.push(`${name}: ${build} is from ${source}, older than that of the build before`);
      else if (trigger?.by === 'parent' && (from.endedAt ?? history.until) > startedAt)
        violations.push(`${name}: ${build} started before ${parent} ${from.build} had ended`);
      last = Math.max(last, index);
    }
  }
  const due = answers.filter(({ became }) => became !== 'pending');
  const done = due.filter(({ became }) => became === 'published');
  const seconds = done.map(({ seconds: each = 0 }) => each);
  const worst = done.length > 0 ? `, published after ${timeOf(most(seconds))} at the most` : '';
  return {
    name: 'parents first',
    says: `children after parents: ${done.length} of ${due.length}${worst}${waitsOf(done)}`,
    violations,
    held,
  };
}

/** If a recipe follows its sources, an image older than `rebuildAfter` is rebuilt from the next poll on. */
function young(history: History): Invariant {
  const violations: string[] = [];
  let oldest = 0;
  for (const { name, rebuildAfterSeconds } of history.recipes.filter(({ follows }) => follows)) {
    const made = madeIn(history, name);
    const images = made.filter(({ publishedAt }) => publishedAt !== null);
    for (const [index, { build, publishedAt }] of images.entries()) {
      const ageAt = (at: string) => (ms(at) - ms(String(publishedAt))) / 1000;
      const next = images[index + 1];
      const age = ageAt(next?.publishedAt ?? history.until);
      oldest = Math.max(oldest, age);
      const turns = 2 + history.unheard.filter(({ recipes, at }) => recipes.includes(name) && ageAt(at) > 0).length;
      const late = ageAt(next?.startedAt ?? history.until) > rebuildAfterSeconds + turns * pollSeconds;
      const excused = made.some(({ status, startedAt }) => status !== 'published' && ageAt(startedAt) > 0);
      if (late && !excused) violations.push(`${name}: ${build} was ${timeOf(age)} old and not made anew`);
    }
  }
  const says = `none was used for longer than its rebuildAfter: the oldest image was ${durationOf(Math.floor(oldest / 3600) * 3600)} old`;
  return { name: 'young', says, violations, held: [] };
}
