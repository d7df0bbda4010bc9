import { Failure } from '../../core/errors.ts';
import type { Plan } from '../../core/build/plan.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { artifactKey, readArtifact, readObject, readPlan, writeObject, type Artifacts } from './artifacts.ts';
import type { Connection } from '../connection.ts';

interface Lock {
  execution: string;
  build: string;
}

/** `owner.json` of a build. `cleansUpAfter`: the execution that died, where the owner is a clean-up or a sweep. */
interface BuildLock extends Lock {
  cleansUpAfter?: string;
}

const lockKey = (recipe: string) => `builds/${recipe}/lock.json`;

// Of any stage: <service>-<stage>-sweep.
const isSweep = (execution: string) => /:execution:[^:]*-sweep:/.test(execution);

/**
 * Makes an execution the one that builds a recipe. A lock whose execution has ended is taken over, whatever it died of. But
 * what a sweep has taken from a build nobody knows: copies of an image that is gone are not those of one made anew.
 * @throws RecipeBusy while another execution is at it, RecipeInvalid where the build was swept.
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
 * The plan, for an execution that is about to make or to publish something. One that was stopped and redriven goes on in
 * the middle, without Resolve: meanwhile its build may have become the clean-up's, and its recipe another execution's. What
 * it lost it does not get back. Whatever a caller makes within its Lambda timeout is still seen by a clean-up that takes the
 * build over right after this look.
 * @throws RecipeBusy where the execution no longer holds both.
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

/** The execution that builds a recipe at present. */
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

// Loaded only where somebody else holds the lock, which is rare.
const isAlive = async (aws: Connection, execution: string): Promise<boolean> =>
  (await import('../executions/executions.ts')).isRunning(aws, execution);

/**
 * Whose a build is to undo. `running`: that of an execution that is said to run, since it was redriven, or since the news
 * is late.
 */
export type Owner = 'ours' | 'nobody' | 'running' | 'other';

/**
 * Whether a build is an execution's to undo: only that of the last one that was let into it. `as` is the execution that
 * undoes, which takes the build over from one that died, or from a clean-up that died or ended before something came to
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
  // Refused: somebody was faster, or the SDK has asked again for what took effect while the answer was lost.
  const now = await readObject(artifacts, key);
  return now && (JSON.parse(now.text) as Lock).execution === as ? 'ours' : 'other';
}
