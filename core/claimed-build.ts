import { buildName, buildNamePattern, type ExecutionReference } from './build.ts';
import type { BuildIdentity } from './tags.ts';

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
