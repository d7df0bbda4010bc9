import { durationOf, secondsOf } from '../../core/duration.ts';
import { retireSteps, type RetireStep } from '../../core/retire/retiring.ts';
import type { BuildOutcome, History, KeptRecipe } from './history.ts';

/** A run is once a day, the first one with a policy only reports, and a usage report takes one run more. */
const slackDays = 4;
const day = 86_400_000;
const ms = (at: string) => Date.parse(at);

const afterOf = ({ retire }: KeptRecipe, step: RetireStep): number | undefined => {
  const after = retire?.[`${step}After`];
  return after === undefined ? undefined : secondsOf(after) * 1000;
};

/** The images of a recipe, the oldest first. */
const imagesOf = ({ builds }: History, { name }: KeptRecipe): BuildOutcome[] =>
  builds
    .filter(({ recipe, publishedAt }) => recipe === name && publishedAt !== null)
    .toSorted((one, other) => ms(one.startedAt) - ms(other.startedAt));

/** When an image stopped being one of the newest, of which as many stay as the recipe keeps, and two for channel and rollback. */
function freeSince(images: BuildOutcome[], index: number, keep: number): number {
  const newer = images.slice(index + 1).map(({ publishedAt }) => ms(String(publishedAt)));
  return newer.toSorted((one, other) => one - other)[Math.max(keep, 2) - 1] ?? Number.POSITIVE_INFINITY;
}

/** Steps that an image took too early, in the wrong order, or two of them within a day. */
function tooEarly(image: BuildOutcome, recipe: KeptRecipe, free: number): string[] {
  const steps = image.retired ?? [];
  return steps.flatMap(({ step, at }, index) => {
    const after = afterOf(recipe, step);
    const before = steps[index - 1];
    const name = `${recipe.name}: ${image.build} was to ${step} at ${at}`;
    return [
      ...(after === undefined ? [`${name}, which its recipe does not ask for`] : []),
      ...(after !== undefined && ms(at) - ms(image.startedAt) < after ? [`${name}, before its age`] : []),
      ...(ms(at) < free ? [`${name}, although a channel, a rollback or keep needed it`] : []),
      ...(before && retireSteps.indexOf(before.step) >= retireSteps.indexOf(step)
        ? [`${name} after ${before.step}`]
        : []),
      ...(before && ms(at) - ms(before.at) < day / 2 ? [`${name}, two steps in a day`] : []),
    ];
  });
}

/** The steps that an image lacks although all was clear for them. */
function tooLate(image: BuildOutcome, recipe: KeptRecipe, free: number, until: number): string[] {
  let earliest = free;
  let last: number | undefined;
  for (const step of retireSteps) {
    const after = afterOf(recipe, step);
    if (after === undefined) continue;
    const gap = last === undefined ? 0 : after - last;
    earliest = Math.max(ms(image.startedAt) + after, earliest + gap) + slackDays * day;
    last = after;
    const taken = image.retired?.find((one) => one.step === step);
    if (!taken && earliest < until)
      return [
        `${recipe.name}: ${image.build} is ${durationOf((until - ms(image.startedAt)) / 1000)} old and was not to ${step}`,
      ];
    earliest = taken ? ms(taken.at) : earliest;
  }
  return [];
}

/** Whether an image of another recipe was made from it and can still be launched, so that it stays. */
const hasChild = ({ builds }: History, { ami }: BuildOutcome): boolean =>
  builds.some((one) => one.source === ami && one.publishedAt !== null && !isOver(one));

const isOver = ({ retired = [] }: BuildOutcome) => retired.some(({ step }) => step !== 'deprecate');

/** Old images go step by step at their ages, and nothing that is needed goes. Undefined if no recipe retires its images. */
export function agingOf(
  history: History,
): { name: 'aging'; says: string; violations: string[]; held: string[] } | undefined {
  const recipes = history.recipes.filter(({ retire }) => retire);
  if (recipes.length === 0) return undefined;
  const counts: Record<RetireStep, number> = { deprecate: 0, disable: 0, deregister: 0 };
  const violations = recipes.flatMap((recipe) => {
    const images = imagesOf(history, recipe);
    return images.flatMap((image, index) => {
      for (const { step } of image.retired ?? []) counts[step] += 1;
      const free = freeSince(images, index, recipe.retire?.keep ?? 1);
      const late = hasChild(history, image) ? [] : tooLate(image, recipe, free, ms(history.until));
      return [...tooEarly(image, recipe, free), ...late];
    });
  });
  const { deprecate, disable, deregister } = counts;
  const says = `old images went by their policies: ${deprecate} deprecated, ${disable} disabled, ${deregister} deregistered`;
  return { name: 'aging', says, violations, held: [] };
}
