import { Failure } from '../../core/errors.ts';
import type { Plan } from '../../core/build/plan.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { artifactKey, readArtifact, readObject, readPlan, writeObject, type Artifacts } from './artifacts.ts';
import type { Connection } from '../connection.ts';

interface Lock {
  execution: string;
  build: string;
}

/** `owner.json` of a build. `cleansUpAfter`: the execution that died, if a clean-up or a sweep owns the build. */
interface BuildLock extends Lock {
  cleansUpAfter?: string;
}

const lockKey = (recipe: string) => `builds/${recipe}/lock.json`;

// Of any stage: <service>-<stage>-sweep.
const isSweep = (execution: string) => /:execution:[^:]*-sweep:/.test(execution);

/**
 * Gives a recipe's lock to an execution. The lock of an ended execution is taken over, however it ended. A swept build cannot be
 * resumed: copies of a removed image are not copies of a new one.
 * @throws RecipeBusy while another execution holds the lock, RecipeInvalid if the build was swept.
 */
export async function holdRecipe(artifacts: Artifacts, identity: BuildIdentity, execution: string): Promise<void> {
  const { recipe, build } = identity;
  await takeOver(
    artifacts,
    lockKey(recipe),
    { execution, build },
    {
      busy: (lock) =>
        `${recipe} is being built by ${lock.execution} (build ${lock.build}); start again when it has ended, or stop it`,
      late: `another execution was faster to start building ${recipe}`,
    },
  );
  await takeOver(
    artifacts,
    artifactKey(identity, 'owner.json'),
    { execution, build },
    {
      busy: (owner) => `${build} of ${recipe} is being cleaned up by ${owner.execution}; start again when it has ended`,
      late: `another execution was faster to get at ${build} of ${recipe}`,
    },
  );
}

/**
 * Reads the plan for an execution that is about to make or publish something, and checks that it still holds build and recipe. A
 * redriven execution skips Resolve: a clean-up may have taken its build, or another execution its recipe, for good. A clean-up
 * that takes the build over right after this check still sees everything the caller makes within its Lambda timeout.
 * @throws RecipeBusy if the execution no longer holds both.
 */
export async function readOwnPlan(artifacts: Artifacts, identity: BuildIdentity, execution: string): Promise<Plan> {
  const { recipe, build } = identity;
  const [plan, owner, lock] = await Promise.all([
    readPlan(artifacts, identity),
    readArtifact<BuildLock>(artifacts, identity, 'owner.json'),
    readObject(artifacts, lockKey(recipe)),
  ]);
  const holder = lock && (JSON.parse(lock.text) as Lock);
  const lost = [
    { what: `${build} of ${recipe}`, by: owner?.execution },
    { what: recipe, by: holder?.execution },
  ].find(({ by }) => by !== undefined && by !== execution);
  if (!lost) return plan;
  throw new Failure(
    'RecipeBusy',
    `${lost.by} took ${lost.what} over after this execution had ended, so Redrive cannot complete it. Start the recipe again`,
  );
}

/** The execution that is building a recipe now. */
export async function buildingExecution(artifacts: Artifacts, recipe: string): Promise<string | undefined> {
  const object = await readObject(artifacts, lockKey(recipe));
  const holder = object && (JSON.parse(object.text) as Lock);
  return holder && (await isAlive(artifacts.aws, holder.execution)) ? holder.execution : undefined;
}

async function takeOver(
  artifacts: Artifacts,
  key: string,
  mine: Lock,
  { busy, late }: { busy: (holder: Lock) => string; late: string },
): Promise<void> {
  const object = await readObject(artifacts, key);
  const holder = object && (JSON.parse(object.text) as Lock);
  if (holder?.execution === mine.execution) return;
  if (holder && (await isAlive(artifacts.aws, holder.execution))) throw new Failure('RecipeBusy', busy(holder));
  if (holder && isSweep(holder.execution))
    throw new Failure(
      'RecipeInvalid',
      `build: ${mine.build} was swept by ${holder.execution}; start the recipe without "build"`,
    );
  if (!(await writeObject(artifacts, key, mine, object ?? 'nothing'))) throw new Failure('AwsTransient', late);
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
  const key = artifactKey(identity, 'owner.json');
  const object = await readObject(artifacts, key);
  if (!object) return 'nobody';
  const { execution, cleansUpAfter } = JSON.parse(object.text) as BuildLock;
  if (execution === as) return 'ours';
  if (execution !== id && cleansUpAfter !== id) return 'other';
  if (await isAlive(artifacts.aws, execution)) return execution === id ? 'running' : 'other';
  const died = cleansUpAfter ?? id;
  const mine: BuildLock = { execution: as, build: identity.build, ...(as !== died && { cleansUpAfter: died }) };
  if (await writeObject(artifacts, key, mine, object)) return 'ours';
  // Refused: somebody was faster, or the SDK retried a write that succeeded and whose answer was lost.
  const now = await readObject(artifacts, key);
  return now && (JSON.parse(now.text) as Lock).execution === as ? 'ours' : 'other';
}
