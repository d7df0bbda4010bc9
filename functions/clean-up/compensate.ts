import * as z from 'zod/mini';
import { readArtifact, writeArtifact } from '../../aws/artifacts.ts';
import { removeBuild } from '../../aws/builds.ts';
import { removalPermissions } from '../../aws/leftovers.ts';
import { claimedIdentity } from '../../core/claimed-build.ts';
import type { Plan } from '../../core/plan.ts';
import { execution, lambda, secondsSince, wait } from '../stage.ts';

const bound = 7200;
/**
 * Undoes a build that failed: channel values back, instances, volumes, AMIs in every region and their snapshots gone.
 * Looks until nothing is left, and says what could not be undone within its bound. A build that was published before
 * keeps its images.
 */
export const compensate = wait({
  name: 'Compensate',
  input: z.looseObject({ execution }),
  permissions: [
    's3:GetObject',
    's3:PutObject',
    ...removalPermissions,
    'ssm:GetParameter',
    'ssm:PutParameter',
    'ssm:DeleteParameter',
  ],
  limit: () => bound + 600,
  async look({ execution: { id, startedAt, input }, since }, cloud) {
    const identity = claimedIdentity(input, { id, startedAt });
    const plan = identity && (await readArtifact<Plan>(cloud, identity, 'plan.json'));
    if (!plan) return { done: { undone: [], left: [] } };
    const waited = secondsSince(since, cloud.now());
    const { removed, left } = await removeBuild(cloud, plan, waited);
    const before = (await readArtifact<string[]>(cloud, plan, 'undone.json')) ?? [];
    const undone = [...new Set([...before, ...removed])];
    if (removed.length > 0) await writeArtifact(cloud, plan, 'undone.json', undone);
    if (left.length === 0 || waited > bound) return { done: { undone, left } };
    return { waiting: `still there: ${left.join(', ')}` };
  },
});

export const handler = lambda(compensate);
