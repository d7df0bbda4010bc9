import type { BuildOfThings, BuildRecord } from '../../core/sweep/estate.ts';
import { idInRegion } from '../../core/undo/things.ts';
import type { Artifacts } from './artifacts.ts';
import { readDocument } from './documents.ts';
import { describeExecution, isAlive } from '../executions/executions.ts';
import { buildKey } from '../../core/tags.ts';

const machineOf = (execution: string) => execution.slice(0, execution.lastIndexOf(':'));

const imagesOf = (list: { region: string; ami: string | null }[]): Set<string> =>
  new Set(list.flatMap(({ region, ami }) => (ami === null ? [] : [idInRegion(region, ami)])));

async function recordOf(
  artifacts: Artifacts,
  { temporary, images = [], ...identity }: BuildOfThings,
  as: string,
): Promise<BuildRecord | undefined> {
  const held = await readDocument(artifacts, identity, 'owner');
  if (!held) return undefined;
  const owner = held.execution;
  const manifest = await readDocument(artifacts, identity, 'manifest');
  const told = imagesOf([...(manifest?.targets ?? []), ...(manifest?.image ? [manifest.image] : [])]);
  const isWhole = manifest?.status === 'published' && images.every((one) => told.has(one));
  // A build that died after publishing and before its manifest is recorded as failed, but its image is published.
  const ledger = isWhole ? undefined : await readDocument(artifacts, identity, 'ledger');
  const published = manifest?.status === 'published' || ledger?.complete === true;
  // A ledger that does not list its images spares all of them.
  const all =
    ledger?.complete && Array.isArray(ledger.after) ? new Set([...told, ...imagesOf(ledger.after)]) : undefined;
  const record = { published, owner, images: all };
  const stays = !temporary && images.every((one) => all?.has(one) !== false);
  if (owner === as || (published && stays)) return { ...record, running: false };
  const execution = await describeExecution(artifacts.aws, owner);
  return {
    ...record,
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
  builds: BuildOfThings[],
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
