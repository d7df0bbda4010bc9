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
  const key = `builds/${identity.recipe}/lock.json`;
  const object = await readObject(artifacts, key);
  const lock = object && (JSON.parse(object.text) as Lock);
  if (lock && lock.execution !== execution && (await isAlive(artifacts.aws, lock.execution))) {
    throw new Failure(
      'RecipeBusy',
      `${identity.recipe} is being built by ${lock.execution} (build ${lock.build}); start again when it has ended, or stop it`,
    );
  }
  const mine: Lock = { execution, build: identity.build };
  if (lock?.execution !== execution && !(await writeObject(artifacts, key, mine, object ?? 'nothing'))) {
    throw new Failure('AwsTransient', `another execution was faster to start building ${identity.recipe}`);
  }
  const owner = await readObject(artifacts, artifactKey(identity, 'owner.json'));
  const last = owner && (JSON.parse(owner.text) as Lock).execution;
  if (last !== undefined && last !== execution && (await isAlive(artifacts.aws, last))) {
    throw new Failure(
      'RecipeBusy',
      `${identity.build} of ${identity.recipe} is being cleaned up by ${last}; start again when it has ended`,
    );
  }
  if (
    last !== execution &&
    !(await writeObject(artifacts, artifactKey(identity, 'owner.json'), mine, owner ?? 'nothing'))
  ) {
    throw new Failure('AwsTransient', `another execution was faster to get at ${identity.build} of ${identity.recipe}`);
  }
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
