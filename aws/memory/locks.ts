import { Failure } from '../../core/errors.ts';
import type { Plan } from '../../core/build/plan.ts';
import type { RunningBuild } from '../../core/build/identity.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import type { BuildLock, Lock } from '../../core/memory/documents.ts';
import type { Artifacts } from './artifacts.ts';
import { read, readVersioned, replace } from './documents.ts';
import { readPlan } from './plans.ts';
import type { Connection } from '../connection.ts';

// Of any stage: <service>-<stage>-sweep.
const isSweep = (execution: string) => /:execution:[^:]*-sweep:/.test(execution);

/**
 * Gives a recipe's lock to an execution. The lock of an ended execution is taken over, however it ended. A swept build cannot be
 * resumed: copies of a removed image are not copies of a new one.
 * @throws RecipeBusy while another execution holds the lock, RecipeInvalid if the build was swept.
 */
export async function holdRecipe(artifacts: Artifacts, identity: BuildIdentity, execution: string): Promise<void> {
  const { recipe, build } = identity;
  const mine = { execution, build };
  await takeOver(artifacts, identity, 'lock', mine, {
    busy: (lock) =>
      `${recipe} is being built by ${lock.execution} (build ${lock.build}); start again when it has ended, or stop it`,
    late: `another execution was faster to start building ${recipe}`,
  });
  await takeOver(artifacts, identity, 'owner', mine, {
    busy: (owner) => `${build} of ${recipe} is being cleaned up by ${owner.execution}; start again when it has ended`,
    late: `another execution was faster to get at ${build} of ${recipe}`,
  });
}

/**
 * Reads the plan for an execution that is about to make or publish something, and checks that it still holds build and recipe. A
 * redriven execution skips Resolve: a clean-up may have taken its build, or another execution its recipe, for good. A clean-up
 * that takes the build over right after this check still sees everything the caller makes within its Lambda timeout.
 * @throws RecipeBusy if the execution no longer holds both.
 */
export async function readOwnPlan(artifacts: Artifacts, identity: RunningBuild): Promise<Plan> {
  const { recipe, build, execution } = identity;
  const [plan, owner, lock] = await Promise.all([
    readPlan(artifacts, identity),
    read(artifacts, identity, 'owner'),
    read(artifacts, identity, 'lock'),
  ]);
  const lost = [
    { what: `${build} of ${recipe}`, by: owner?.execution },
    { what: recipe, by: lock?.execution },
  ].find(({ by }) => by !== undefined && by !== execution.id);
  if (!lost) return plan;
  throw new Failure(
    'RecipeBusy',
    `${lost.by} took ${lost.what} over after this execution had ended, so Redrive cannot complete it. Start the recipe again`,
  );
}

/** The execution that is building a recipe now. */
export async function buildingExecution(artifacts: Artifacts, recipe: string): Promise<string | undefined> {
  const holder = await read(artifacts, { recipe }, 'lock');
  return holder && (await isAlive(artifacts.aws, holder.execution)) ? holder.execution : undefined;
}

async function takeOver(
  artifacts: Artifacts,
  identity: BuildIdentity,
  name: 'lock' | 'owner',
  mine: Lock,
  { busy, late }: { busy: (holder: Lock) => string; late: string },
): Promise<void> {
  const found = await readVersioned(artifacts, identity, name);
  const holder = found?.content;
  if (holder?.execution === mine.execution) return;
  if (holder && (await isAlive(artifacts.aws, holder.execution))) throw new Failure('RecipeBusy', busy(holder));
  if (holder && isSweep(holder.execution))
    throw new Failure(
      'RecipeInvalid',
      `build: ${mine.build} was swept by ${holder.execution}; start the recipe without "build"`,
    );
  if (!(await replace(artifacts, identity, name, mine, found ?? 'nothing'))) throw new Failure('AwsTransient', late);
}

// Loaded only if somebody else holds the lock, which is rare.
const isAlive = async (aws: Connection, execution: string): Promise<boolean> =>
  (await import('../executions/executions.ts')).isRunning(aws, execution);

/**
 * Who may undo a build. `running`: its execution still runs, because it was redriven, or Step Functions does not show its end
 * yet.
 */
export type Owner = 'ours' | 'nobody' | 'running' | 'other';

/**
 * Claims a build for undoing. Only the last execution that was let into a build may have it undone. `as` is the undoing
 * execution. It takes the build over from an execution that died, or from a clean-up that died or ended before something came to
 * light.
 */
export async function claimBuild(
  artifacts: Artifacts,
  identity: BuildIdentity,
  { id, as }: { id: string; as: string },
): Promise<Owner> {
  const found = await readVersioned(artifacts, identity, 'owner');
  if (!found) return 'nobody';
  const { execution, cleansUpAfter } = found.content;
  if (execution === as) return 'ours';
  if (execution !== id && cleansUpAfter !== id) return 'other';
  if (await isAlive(artifacts.aws, execution)) return execution === id ? 'running' : 'other';
  const died = cleansUpAfter ?? id;
  const mine: BuildLock = { execution: as, build: identity.build, ...(as !== died && { cleansUpAfter: died }) };
  if (await replace(artifacts, identity, 'owner', mine, found)) return 'ours';
  // Refused: somebody was faster, or the SDK retried a write that succeeded and whose answer was lost.
  const now = await read(artifacts, identity, 'owner');
  return now?.execution === as ? 'ours' : 'other';
}
