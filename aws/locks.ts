import { Failure } from '../core/errors.ts';
import type { BuildIdentity } from '../core/tags.ts';
import { artifactKey, readObject, writeObject, type Artifacts } from './artifacts.ts';
import type { Connection } from './connection.ts';

interface Lock {
  execution: string;
  build: string;
}

/**
 * Makes an execution the one that builds a recipe. A lock whose execution has ended is taken over, whatever it died of.
 * @throws RecipeBusy while another execution is at it.
 */
export async function holdRecipe(artifacts: Artifacts, identity: BuildIdentity, execution: string): Promise<void> {
  const { recipe, build } = identity;
  await takeOver(
    artifacts,
    `builds/${recipe}/lock.json`,
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
  if (!(await writeObject(artifacts, key, mine, object ?? 'nothing'))) throw new Failure('AwsTransient', late);
}

// Loaded only where somebody else holds the lock, which is rare.
const isAlive = async (aws: Connection, execution: string): Promise<boolean> =>
  (await import('./executions.ts')).isRunning(aws, execution);

/**
 * Whether a build is an execution's to undo: only that of the last one that was let into it. `as` is the execution that
 * undoes, which takes the build over from one that died.
 */
export async function claimBuild(
  artifacts: Artifacts,
  identity: BuildIdentity,
  { id, as }: { id: string; as: string },
): Promise<'ours' | 'nobody' | 'other'> {
  const key = artifactKey(identity, 'owner.json');
  const object = await readObject(artifacts, key);
  if (!object) return 'nobody';
  const { execution } = JSON.parse(object.text) as Lock;
  if (execution === as) return 'ours';
  if (execution !== id) return 'other';
  return (await writeObject(artifacts, key, { execution: as, build: identity.build }, object)) ? 'ours' : 'other';
}
