import type { BuildIdentity } from '../../core/tags.ts';
import type { Thing } from '../../core/undo/things.ts';
import type { Connection } from '../connection.ts';
import { deleteSnapshot, ownSnapshots } from '../images/snapshots.ts';
import { cancelImport, findImportTasks, isUnderWay, tagImported } from '../registering/import-tasks.ts';

/**
 * The imports of a build, or all of ours, that have left something: those under way, and those whose snapshot has no tags of ours
 * yet. All are in the pipeline's own region.
 */
export async function findImports(aws: Connection, account: string, build?: BuildIdentity): Promise<Thing[]> {
  const tasks = await findImportTasks(aws, build);
  const made = tasks.flatMap(({ state, snapshot }) => (state === 'completed' && snapshot ? [snapshot] : []));
  const seen = await ownSnapshots(aws, aws.region, made);
  const untagged = new Set(seen.filter(({ tags }) => !tags['golden:build']).map(({ snapshot }) => snapshot));
  return tasks
    .filter((task) => isUnderWay(task) || task.state === 'deleting' || untagged.has(task.snapshot ?? ''))
    .map(({ task, state, snapshot, tags }) => ({
      kind: 'import',
      id: task,
      region: aws.region,
      owner: account,
      state,
      createdAt: '', // EC2 gives none, so the task carries its expiry
      tags,
      snapshots: snapshot !== undefined && untagged.has(snapshot) ? [snapshot] : [],
    }));
}

/**
 * Cancels an import, or deletes the snapshot that it has made. The snapshot first gets our tags, since the roles may delete nothing
 * else.
 */
export async function removeImport(aws: Connection, region: string, id: string): Promise<void> {
  const found = (await findImportTasks(aws)).find(({ task }) => task === id);
  if (!found) return;
  if (isUnderWay(found)) return cancelImport(aws, region, id);
  const { snapshot, tags } = found;
  if (snapshot === undefined) return;
  await tagImported(aws, region, snapshot, tags);
  await deleteSnapshot(aws, region, snapshot);
}
