import { Failure } from '../errors.ts';
import type { BuildIdentity } from '../tags.ts';
import type { BuildLock, Lock } from './documents.ts';

/** `ask`: the answer depends on whether that execution runs. Look that up and decide again. */
interface Ask {
  ask: string;
}

/** `lock` protects a recipe, `owner` one build of it. */
export type LockName = 'lock' | 'owner';

// Of any stage: <service>-<stage>-sweep.
const isSweep = (execution: string) => /:execution:[^:]*-sweep:/.test(execution);

const busy = (name: LockName, { recipe, build }: BuildIdentity, holder: Lock): string =>
  name === 'lock'
    ? `${recipe} is being built by ${holder.execution} (build ${holder.build}); start again when it has ended, or stop it`
    : `${build} of ${recipe} is being cleaned up by ${holder.execution}; start again when it has ended`;

/**
 * Decides whether an execution that starts a build gets a lock. The lock of an ended execution is taken over, however it ended.
 * A swept build cannot be resumed, unless it is published: copies of a removed image are not copies of a new one.
 * @param alive Whether the holder runs. Undefined if that was not looked up.
 * @throws RecipeBusy while another execution holds the lock, RecipeInvalid if the build was swept.
 */
export function decideHold(
  name: LockName,
  identity: BuildIdentity,
  execution: string,
  holder: BuildLock | undefined,
  alive?: boolean,
): 'held' | 'take' | Ask {
  if (!holder) return 'take';
  if (holder.execution === execution) return 'held';
  if (alive === undefined) return { ask: holder.execution };
  if (alive) throw new Failure('RecipeBusy', busy(name, identity, holder));
  if (!isSweep(holder.execution) || holder.published) return 'take';
  const what = `build: ${identity.build} was swept by ${holder.execution}`;
  throw new Failure('RecipeInvalid', `${what}; start the recipe without "build"`);
}

/** The failure of an execution whose lock was written by another one since it was read. */
export const tooLate = (name: LockName, { recipe, build }: BuildIdentity): Failure =>
  new Failure(
    'AwsTransient',
    name === 'lock'
      ? `another execution was faster to start building ${recipe}`
      : `another execution was faster to get at ${build} of ${recipe}`,
  );

/**
 * Checks that an execution still holds build and recipe. Another execution takes over only what an ended one held, and for good.
 * @throws RecipeBusy if the execution no longer holds both.
 */
export function refuseLost(
  { recipe, build }: BuildIdentity,
  execution: string,
  { owner, lock }: { owner: Lock | undefined; lock: Lock | undefined },
): void {
  const holders = [
    { what: `${build} of ${recipe}`, by: owner?.execution },
    { what: recipe, by: lock?.execution },
  ];
  const lost = holders.find(({ by }) => by !== undefined && by !== execution);
  if (!lost) return;
  throw new Failure(
    'RecipeBusy',
    `${lost.by} took ${lost.what} over after this execution had ended, so Redrive cannot complete it. Start the recipe again`,
  );
}

/**
 * Who may undo a build. `running`: its execution still runs, because it was redriven, or Step Functions does not show its end
 * yet.
 */
export type Owner = 'ours' | 'nobody' | 'running' | 'other';

/** The two executions of a clean-up: `id` is the one that ended, `as` the one that undoes its build. They can be the same. */
export interface CleaningUp {
  id: string;
  as: string;
  /** The build is published, so its image stays and the build may be started again. */
  published?: boolean;
}

/**
 * Decides whether a clean-up may undo a build. Only the last execution that was let into a build may have it undone. A clean-up
 * takes the build over from an execution that died, or from a clean-up that died or ended before something came to light.
 * @param alive Whether the owner runs. Undefined if that was not looked up.
 */
export function decideClaim(
  { id, as, published = false }: CleaningUp,
  { build }: Pick<BuildIdentity, 'build'>,
  owner: BuildLock | undefined,
  alive?: boolean,
): Owner | { take: BuildLock } | Ask {
  if (!owner) return 'nobody';
  const { execution, cleansUpAfter } = owner;
  if (execution === as) return 'ours';
  if (execution !== id && cleansUpAfter !== id) return 'other';
  if (alive === undefined) return { ask: execution };
  if (alive) return execution === id ? 'running' : 'other';
  const died = cleansUpAfter ?? id;
  const after = as !== died && { cleansUpAfter: died };
  return { take: { execution: as, build, ...after, ...(published && { published: true as const }) } };
}
