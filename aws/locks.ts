import { Failure } from '../core/errors.ts';
import type { BuildIdentity } from '../core/tags.ts';
import { readArtifact, readObject, writeArtifact, writeObject, type Artifacts } from './artifacts.ts';
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
  await writeArtifact(artifacts, identity, 'owner.json', mine);
}

// Loaded only where somebody else holds the lock, which is rare.
const isAlive = async (aws: Connection, execution: string): Promise<boolean> =>
  (await import('./executions.ts')).isRunning(aws, execution);

/** Whether an execution may undo a build: only the last one that was let into it. */
export const ownsBuild = async (artifacts: Artifacts, identity: BuildIdentity, execution: string): Promise<boolean> =>
  (await readArtifact<Lock>(artifacts, identity, 'owner.json'))?.execution === execution;
