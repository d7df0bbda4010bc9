import type { BuildIdentity } from '../../core/tags.ts';
import type { Connection } from '../connection.ts';
import { findSnapshots } from './snapshots.ts';

/** The message when a wait for an image ends: how far its snapshots are, and which recipe key allows more time. */
export async function withProgress<S extends object>(
  aws: Connection,
  region: string,
  identity: BuildIdentity,
  key: string,
  seen: S | { waiting: string },
): Promise<S | { waiting: string }> {
  if (!('waiting' in seen)) return seen;
  const snapshots = await findSnapshots(aws, region, identity);
  const progress = snapshots.map(({ snapshot, progress: done }) => `${snapshot} at ${done || '0%'}`).join(', ');
  return {
    waiting: `${seen.waiting}, ${progress || 'without a snapshot yet'}; raise ${key} in the recipe to wait longer`,
  };
}
