import * as z from 'zod/mini';
import { readArtifact, writeArtifact } from '../../aws/artifacts.ts';
import { removeBuild } from '../../aws/builds.ts';
import { keepingPermissions } from '../../aws/kept-images.ts';
import { removalPermissions } from '../../aws/leftovers.ts';
import { claimBuild } from '../../aws/locks.ts';
import { claimedIdentity } from '../../core/claimed-build.ts';
import { keptUntil, type KeptImage } from '../../core/kept.ts';
import type { Plan } from '../../core/plan.ts';
import { execution, lambda } from '../stage.ts';
import { secondsSince, wait, type Seen } from '../wait.ts';

const bound = 7200;

interface Undone {
  owner: 'ours' | 'nobody' | 'other';
  undone: string[];
  left: string[];
  kept: KeptImage[];
}

/**
 * Undoes a build that failed: channel values back, instances, volumes, AMIs in every region and their snapshots gone, but for
 * finished images that the recipe wants kept: these are ours alone and have an end.
 * Looks until nothing is left and has not been for `settleSeconds`, since a call whose answer was lost shows its effect
 * late, and says what could not be undone within its bound. Only the execution that was let into the build last undoes it.
 */
export const compensate = wait({
  name: 'Compensate',
  input: z.looseObject({ execution, settleSeconds: z.number() }),
  permissions: [
    's3:GetObject',
    's3:PutObject',
    ...removalPermissions,
    ...keepingPermissions,
    'ssm:GetParameter',
    'ssm:PutParameter',
    'ssm:DeleteParameter',
  ],
  limit: () => 2 * bound, // never reached: past its bound the look itself says what is left
  async look({ execution: { id, startedAt, input, as }, settleSeconds, since }, cloud): Promise<Seen<Undone>> {
    const identity = claimedIdentity(input, { id, startedAt });
    const owner = identity ? await claimBuild(cloud, identity, { id, as }) : 'nobody';
    const plan = identity && owner === 'ours' && (await readArtifact<Plan>(cloud, identity, 'plan.json'));
    if (!plan) return { done: { owner, undone: [], left: [], kept: [] } };
    const waited = secondsSince(since, cloud.now());
    const until = waited < settleSeconds ? undefined : keptUntil(since);
    const { removed, left, refused, kept } = await removeBuild(cloud, plan, until);
    const before = (await readArtifact<string[]>(cloud, plan, 'undone.json')) ?? [];
    const undone = [...new Set([...before, ...removed])];
    if (removed.length > 0) await writeArtifact(cloud, plan, 'undone.json', undone);
    const settled = left.length === 0 && waited >= settleSeconds;
    if (settled || waited > bound) return { done: { owner, undone, left: [...left, ...refused], kept } };
    return { waiting: `still there: ${left.join(', ') || 'nothing, but something may yet come to light'}` };
  },
});

export const handler = lambda(compensate);
