import { buildName, buildNamePattern, type ExecutionReference } from './identity.ts';
import { isRecipeName } from '../recipe-name.ts';
import type { BuildIdentity } from '../tags.ts';

/**
 * Finds the build that an execution works for, so that it can be cleaned up. Nothing is validated, since the input itself may be
 * wrong. Undefined where the input names no recipe: then nothing can have been made.
 */
export function claimedIdentity(input: unknown, execution: ExecutionReference): BuildIdentity | undefined {
  const { recipe, overrides, build } = (input ?? {}) as {
    recipe?: unknown;
    overrides?: { name?: unknown };
    build?: unknown;
  };
  const name = typeof recipe === 'object' ? (overrides?.name ?? (recipe as { name?: unknown } | null)?.name) : recipe;
  if (typeof name !== 'string' || !isRecipeName(name)) return undefined;
  return {
    recipe: name,
    build: typeof build === 'string' && buildNamePattern.test(build) ? build : buildName(execution),
  };
}

/**
 * The recipe and build of a function call, for the log. A state hands on `$.build`, a schedule names its recipe. Other payloads
 * name the execution that they are about, or are an EventBridge event of one. Any part of the payload may be wrong.
 */
export function buildIn(payload: unknown): Partial<BuildIdentity> {
  const { build: own, input, execution, detail } = objectOf(payload);
  const { recipe, build = own } = typeof own === 'object' ? objectOf(own) : objectOf(payload);
  if (typeof recipe === 'string') return { recipe, ...(typeof build === 'string' && { build }) };
  const { id, startedAt, input: started = input } = objectOf(execution);
  const { executionArn = id, startDate = startedAt, input: given = started } = objectOf(detail);
  if (typeof executionArn !== 'string' || !Number.isFinite(new Date(startDate as string).getTime())) return {};
  // EventBridge leaves out a long input. Without the input we do not know whether it means an earlier build.
  if (given === undefined || given === null) return {};
  const reference = { id: executionArn, startedAt: startDate as string };
  const handed = typeof given === 'string' ? parsed(given) : given;
  // clean-up-build receives the event of the execution that died.
  if (objectOf(handed)['detail'] !== undefined) return buildIn(handed);
  return claimedIdentity(handed, reference) ?? { build: buildName(reference) };
}

const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
