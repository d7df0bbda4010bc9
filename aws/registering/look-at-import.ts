import { Failure } from '../../core/errors.ts';
import type { Connection } from '../connection.ts';
import { ownSnapshots } from '../images/snapshots.ts';
import { findImportTasks, isUnderWay } from './import-tasks.ts';

interface Imported {
  snapshot: string;
  sizeGiB: number;
  /** Whether it has our tags already. */
  tagged: boolean;
}

// A fresh task, or its snapshot, can be unknown for a moment: EC2 is eventually consistent.
const graceSeconds = 300;

/**
 * The snapshot that an import has made, or what is missing in words.
 * @throws ImageFailed with EC2's reason if the import failed.
 */
export async function lookAtImport(
  aws: Connection,
  task: string,
  waitedSeconds: number,
): Promise<Imported | { waiting: string }> {
  const { region } = aws;
  const found = (await findImportTasks(aws)).find((one) => one.task === task);
  if (!found && waitedSeconds >= graceSeconds)
    throw new Failure('ImageFailed', `EC2 in ${region} does not know ${task} any more`);
  if (!found) return { waiting: `EC2 does not know ${task} in ${region} yet` };
  const { state, message, progress, snapshot } = found;
  if (isUnderWay(found)) return { waiting: `${task} at ${progress}% (${message || state}) in ${region}` };
  if (state !== 'completed' || snapshot === undefined)
    throw new Failure('ImageFailed', `${task} in ${region} is ${state}: ${message || 'EC2 gives no reason'}`);
  const [made] = await ownSnapshots(aws, region, [snapshot]);
  if (made?.state !== 'completed') {
    if (made && made.state !== 'pending')
      throw new Failure(
        'ImageFailed',
        `${snapshot} in ${region} is ${made.state}: ${made.stateReason ?? 'EC2 gives no reason'}`,
      );
    return {
      waiting: `${task} is complete, and ${snapshot} in ${region} is ${made ? made.progress : 'not shown yet'}`,
    };
  }
  return { snapshot, sizeGiB: made.sizeGiB, tagged: made.tags['golden:build'] !== undefined };
}
