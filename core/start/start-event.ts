import * as z from 'zod/mini';
import { channelReferenceParameter } from '../distribute/channel.ts';
import { Failure } from '../errors.ts';
import type { Catalog, Recipe } from '../recipe/types.ts';
import { variantsOf, wholeOf } from '../variants/names.ts';
import type { Trigger } from './trigger.ts';

/** One recipe that an event asks to build. */
export interface StartRequest {
  recipe: string;
  trigger: Trigger;
  /** The time of the schedule, ISO 8601. Absent where no schedule asks. */
  scheduled?: string;
  /** Whether the build of the recipe's parent is known to have succeeded. */
  parentEnded?: boolean;
}

const Scheduled = z.strictObject({
  recipe: z.string(),
  scheduled: z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)),
});
const SourceUpdated = z.looseObject({
  source: z.literal('golden.images'),
  'detail-type': z.literal('Source Image Updated'),
  detail: z.looseObject({
    recipes: z.array(z.string()).check(z.minLength(1)),
    source: z.looseObject({ ami: z.string(), was: z.optional(z.string()) }),
    reason: z.string(),
  }),
});
const ParameterChanged = z.looseObject({
  source: z.literal('aws.ssm'),
  'detail-type': z.literal('Parameter Store Change'),
  detail: z.looseObject({ name: z.string(), operation: z.string(), exception: z.optional(z.string()) }),
});
const BuildSucceeded = z.looseObject({
  source: z.literal('aws.states'),
  'detail-type': z.literal('Step Functions Execution Status Change'),
  detail: z.looseObject({ name: z.string(), status: z.literal('SUCCEEDED'), output: z.string() }),
});
const EndedBuild = z.looseObject({ recipe: z.string(), build: z.string(), status: z.string() });

const refuse = (why: string): never => {
  throw new Failure('EventRefused', `${why}; nothing is started by it`);
};

/**
 * The builds of `recipes` that an event asks for. Empty if the event concerns none of them.
 * @throws EventRefused for an event that none of our own senders could have sent.
 */
export function startRequests(
  event: unknown,
  recipes: Recipe[],
  channelRoot: string,
  catalog: Pick<Catalog, 'variants'> = {},
): StartRequest[] {
  const wholes = requestsOf(event, recipes, channelRoot, catalog).map((one) => ({
    ...one,
    recipe: wholeOf(catalog, one.recipe) ?? one.recipe,
  }));
  // Several variants of a recipe are one start.
  return [...new Map(wholes.map((one) => [one.recipe, one])).values()];
}

function requestsOf(
  event: unknown,
  recipes: Recipe[],
  channelRoot: string,
  catalog: Pick<Catalog, 'variants'>,
): StartRequest[] {
  const type = (event as Record<string, string> | null | undefined)?.['detail-type'];
  if (type === undefined) return bySchedule(read(Scheduled, event, 'an event without detail-type'));
  switch (type) {
    case 'Source Image Updated':
      return byWatch(read(SourceUpdated, event, 'a Source Image Updated event').detail, recipes);
    case 'Parameter Store Change':
      return byChannel(read(ParameterChanged, event, 'a Parameter Store Change event').detail, recipes, channelRoot);
    case 'Step Functions Execution Status Change':
      return byParent(read(BuildSucceeded, event, 'an execution status change').detail, recipes, catalog);
    default:
      return refuse(`an event "${JSON.stringify(type)}" is none that builds are started by`);
  }
}

function read<T>(shape: z.ZodMiniType<T>, value: unknown, what: string): T {
  const parsed = z.safeParse(shape, value);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, code }) => `${path.join('.') || 'all of it'} (${code})`);
  return refuse(`${what} is not of the form it should be: ${wrong.join(', ')}`);
}

const reason = (text: string) => text.slice(0, 500);

const bySchedule = ({ recipe, scheduled }: z.infer<typeof Scheduled>): StartRequest[] => [
  { recipe, scheduled, trigger: { by: 'schedule', reason: `its schedule named ${scheduled}` } },
];

const byWatch = (detail: z.infer<typeof SourceUpdated>['detail'], recipes: Recipe[]): StartRequest[] =>
  [...new Set(detail.recipes)].map((name) => {
    const channel = recipes.find((recipe) => recipe.name === name)?.source.channel;
    return {
      recipe: name,
      trigger: { by: channel === undefined ? 'source' : 'parent', reason: reason(detail.reason) },
    };
  });

const childrenBy = (recipes: Recipe[], isTheirs: (channel: string) => boolean): Recipe[] =>
  recipes.filter(({ triggers, source: { channel } }) => triggers?.onSourceUpdate && channel && isTheirs(channel));

/** Builds for a moved channel. The change did not take effect if Parameter Store could not check the image. */
function byChannel(
  { name, exception }: z.infer<typeof ParameterChanged>['detail'],
  recipes: Recipe[],
  channelRoot: string,
): StartRequest[] {
  if (exception !== undefined) return [];
  const isMoved = (reference: string) => channelReferenceParameter(channelRoot, reference) === name;
  return childrenBy(recipes, isMoved).map((recipe) => ({
    recipe: recipe.name,
    trigger: { by: 'parent', reason: reason(`the channel ${name} moved`) },
  }));
}

/** Builds of the recipes that start from a published one. After a variant, the end of the build of all variants starts them. */
function byParent(
  { name, output }: z.infer<typeof BuildSucceeded>['detail'],
  recipes: Recipe[],
  catalog: Pick<Catalog, 'variants'>,
): StartRequest[] {
  let said: unknown;
  try {
    said = JSON.parse(output);
  } catch {
    return refuse(`the output of the execution ${name} is no JSON`);
  }
  const parent = read(EndedBuild, said, `the output of the execution ${name}`);
  if (parent.status !== 'published' || wholeOf(catalog, parent.recipe) !== undefined) return [];
  const published = variantsOf(catalog, parent.recipe) ?? [parent.recipe];
  return childrenBy(recipes, (channel) => published.includes(channel.split('/')[0] ?? '')).map((recipe) => ({
    recipe: recipe.name,
    parentEnded: true,
    trigger: { by: 'parent', reason: reason(`${parent.recipe} was published as ${parent.build}`) },
  }));
}
