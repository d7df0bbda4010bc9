import { buildName, buildNamePattern, type ExecutionReference } from './identity.ts';
import type { BuildIdentity } from '../tags.ts';

/**
 * Which build an execution is about, for clearing up after it: no validation, since it may be the input that is wrong.
 * Undefined where the input names no recipe at all, so that nothing can have been made.
 */
export function claimedIdentity(input: unknown, execution: ExecutionReference): BuildIdentity | undefined {
  const { recipe, overrides, build } = (input ?? {}) as {
    recipe?: unknown;
    overrides?: { name?: unknown };
    build?: unknown;
  };
  const name = typeof recipe === 'object' ? (overrides?.name ?? (recipe as { name?: unknown } | null)?.name) : recipe;
  if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9-]{0,47}$/.test(name)) return undefined;
  return {
    recipe: name,
    build: typeof build === 'string' && buildNamePattern.test(build) ? build : buildName(execution),
  };
}

/**
 * Recipe and build that a function is called about, as far as its payload says: by name, by the execution it works for, or by
 * EventBridge's event of one. For the log, so anything may be wrong with it.
 */
export function buildIn(payload: unknown): Partial<BuildIdentity> {
  const { recipe, build, input, execution, detail } = objectOf(payload);
  if (typeof recipe === 'string') return { recipe, ...(typeof build === 'string' && { build }) };
  const { id, startedAt, input: started = input } = objectOf(execution);
  const { executionArn = id, startDate = startedAt, input: given = started } = objectOf(detail);
  if (typeof executionArn !== 'string' || !Number.isFinite(new Date(startDate as string).getTime())) return {};
  // EventBridge leaves a long input out, and only the input says whether an earlier build is meant.
  if (given === undefined || given === null) return {};
  const reference = { id: executionArn, startedAt: startDate as string };
  const handed = typeof given === 'string' ? parsed(given) : given;
  // clean-up-build is handed the event of the execution that died
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
