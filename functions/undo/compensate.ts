import * as z from 'zod/mini';
import { readDocument } from '../../aws/memory/documents.ts';
import { removeBuild, undoPermissions } from '../../aws/undo/builds.ts';
import { heldInstance, holdPermissions } from '../../aws/undo/holding.ts';
import { inputOf, sinceRedrive } from '../../aws/executions/executions.ts';
import { abandonVariants } from '../../aws/variants/together.ts';
import { claimBuild } from '../../aws/memory/locks.ts';
import { planOfExecution } from '../../core/distribute/plan-of-execution.ts';
import { claimedIdentity } from '../../core/build/identity-from-input.ts';
import type { Owner } from '../../core/memory/ownership.ts';
import type { Hold } from '../../core/undo/hold.ts';
import type { Removal } from '../../core/undo/removal.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { fixedWaits } from '../../core/build/fixed-waits.ts';
import { patience } from '../../core/build/limits.ts';
import { ended, lambda } from '../stage.ts';
import { secondsSince, wait, type LookResult } from '../wait.ts';

interface Undone extends Pick<Removal, 'left' | 'kept'>, Partial<BuildIdentity> {
  owner: Owner;
  held: Hold | undefined;
  undone: string[];
}

// A call whose answer was lost can take effect late, so nothing may be left for `settleSeconds`.
/** Undoes a failed build, in every region, but for images and an instance that its recipe keeps. Only its last execution does. */
export const compensate = wait({
  name: 'Compensate',
  input: z.looseObject({ ...ended, settleSeconds: z.number(), error: z.optional(z.string()) }),
  permissions: [...undoPermissions, ...holdPermissions, 'states:DescribeExecution'],
  bounds: () => fixedWaits.Compensate,
  async look({ execution: { id, startedAt }, as, settleSeconds, error, since }, cloud): Promise<LookResult<Undone>> {
    const identity = claimedIdentity(await inputOf(cloud.aws, id), { id, startedAt });
    if (identity) cloud.about(identity);
    const owner = identity ? await claimBuild(cloud, identity, { id, as }) : 'nobody';
    const [began, now] = [await sinceRedrive(cloud.aws, as, since), cloud.now()];
    const waited = secondsSince(began, now);
    // Step Functions may show an end late. An execution that still runs after minutes was redriven: it will end again.
    if (owner === 'running' && waited < settleSeconds) return { waiting: `${id} runs` };
    const kept = identity && owner === 'ours' && (await readDocument(cloud, identity, 'plan'));
    if (!kept) {
      // A build without a plan may have started those of a recipe's variants, which are not published after its end.
      if (identity && owner === 'ours')
        await abandonVariants(cloud, identity, 'what started all of them failed or was stopped');
      return { done: { ...identity, owner, undone: [], left: [], kept: [], held: undefined } };
    }
    const plan = planOfExecution(kept, id);
    const held = await heldInstance(cloud, plan, { id, as, error }, now);
    const cleanUp = { as, began, settleSeconds, held };
    const { undone, left, refused, kept: keeps, busy } = await removeBuild(cloud, plan, cleanUp, now);
    const settled = left.length === 0 && waited >= settleSeconds;
    // A throttled last look is repeated.
    if (settled || waited > patience.compensate * (busy.length > 0 ? 2 : 1))
      return { done: { ...identity, owner, undone, left: [...left, ...refused], kept: keeps, held } };
    return { waiting: `still there: ${left.join(', ') || 'nothing, but something may yet come to light'}` };
  },
});

export const handler = lambda(compensate);
