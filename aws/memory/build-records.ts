import { buildKey, type BuildRecord } from '../../core/sweep/estate.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import type { Artifacts } from './artifacts.ts';
import { readDocument } from './documents.ts';
import { describeExecution, isAlive } from '../executions/executions.ts';

const machineOf = (execution: string) => execution.slice(0, execution.lastIndexOf(':'));

async function recordOf(
  artifacts: Artifacts,
  { temporary, ...identity }: BuildIdentity & { temporary: boolean },
  as: string,
): Promise<BuildRecord | undefined> {
  const held = await readDocument(artifacts, identity, 'owner');
  if (!held) return undefined;
  const owner = held.execution;
  const manifest = await readDocument(artifacts, identity, 'manifest');
  // A build that died after publishing and before its manifest is recorded as failed, but its image is published.
  const ledger = manifest?.status === 'published' ? undefined : await readDocument(artifacts, identity, 'ledger');
  const published = manifest?.status === 'published' || ledger?.complete === true;
  if (owner === as || (published && !temporary)) return { published, owner, running: false };
  const execution = await describeExecution(artifacts.aws, owner);
  return {
    published,
    owner,
    running: isAlive(execution),
    // If an earlier sweep owns the build, no other clean-up will come.
    ...(execution?.stopDate && machineOf(owner) !== machineOf(as) && { endedAt: execution.stopDate.toISOString() }),
  };
}

const atOnce = 20;

/**
 * The records of builds, by buildKey. A build that this bucket does not know has no record. Executions are looked up only if
 * something of the build could be removed.
 * @param as The asking execution. Its own claims do not count.
 */
export async function readBuildRecords(
  artifacts: Artifacts,
  builds: (BuildIdentity & { temporary: boolean })[],
  as: string,
): Promise<Map<string, BuildRecord>> {
  const records = new Map<string, BuildRecord>();
  for (let from = 0; from < builds.length; from += atOnce) {
    await Promise.all(
      builds.slice(from, from + atOnce).map(async (build) => {
        const record = await recordOf(artifacts, build, as);
        if (record) records.set(buildKey(build), record);
      }),
    );
  }
  return records;
}
