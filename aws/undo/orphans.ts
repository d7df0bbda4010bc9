import { Failure } from '../../core/errors.ts';
import type { BuildRecord } from '../../core/sweep/estate.ts';
import type { Found } from '../../core/sweep/sweep.ts';
import { nothingSwept, type Swept } from '../../core/sweep/sweep-report.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { isRunning } from '../executions/executions.ts';
import { claimBuild } from '../memory/locks.ts';
import {
  accountUndoPermissions,
  importPermissions,
  removalPermissions,
  removeThing,
  takingBackPermissions,
} from './carry-out.ts';
import { buildKey } from '../../core/tags.ts';

/** The actions that removeOrphans calls. */
export const orphanPermissions = [
  ...removalPermissions,
  ...importPermissions,
  ...takingBackPermissions,
  ...accountUndoPermissions,
  's3:GetObject',
  's3:PutObject',
  'states:DescribeExecution',
];

/**
 * Checks again just before removal and takes the build over, as a clean-up does, so that nobody can start it meanwhile. Then no
 * channel holds an AMI that goes: a publish that did not complete is taken back.
 * @returns why the build's things are spared.
 */
async function takenUp(
  artifacts: Artifacts,
  found: Found,
  { owner, published }: Pick<BuildRecord, 'owner' | 'published'>,
  as: string,
): Promise<string | undefined> {
  if (owner !== as && (await isRunning(artifacts.aws, owner))) return `${owner} has begun to work on its build again`;
  const ours = (await claimBuild(artifacts, found, { id: owner, as, published })) === 'ours';
  if (!ours) return 'another execution has taken its build over just now';
  // Loaded here: most sweeps find nothing to remove.
  return (await import('./builds.ts')).takeBackPublish(artifacts, found);
}

/** Removes what was decided on, in order. A refusal by AWS is reported and does not stop the rest. */
export async function removeOrphans(
  artifacts: Artifacts,
  orphans: Found[],
  records: ReadonlyMap<string, BuildRecord>,
  { as, done }: { as: string; done: (removed: Found) => void },
): Promise<Swept> {
  const swept = nothingSwept();
  const claims = new Map<string, Promise<string | undefined>>();
  for (const thing of orphans) {
    const key = buildKey(thing);
    const claim = claims.get(key) ?? takenUp(artifacts, thing, records.get(key) ?? { owner: '', published: false }, as);
    claims.set(key, claim);
    try {
      const spared = await claim;
      if (spared) swept.spared.push({ ...thing, reason: spared });
      else if (await removeThing(artifacts.aws, thing)) {
        swept.removed.push(thing);
        done(thing);
      } else swept.left.push({ ...thing, reason: 'EC2 says that an AMI still needs it' });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      swept.refused.push({ ...thing, reason: error.message });
    }
  }
  return swept;
}
