import type { Plan } from '../../core/build/plan.ts';
import type { TargetResult } from '../../core/distribute/distribution.ts';
import type { Removal } from '../../core/undo/removal.ts';
import { scopeOfFailed, scopeOfPublished, type UndoScope } from '../../core/undo/scope.ts';
import { decideUndo } from '../../core/undo/undo.ts';
import { closeLedger, readLedger } from '../channels.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { read } from '../memory/documents.ts';
import { carryOut, keepingPermissions, removalPermissions, restoringPermissions } from './carry-out.ts';
import { lookAtBuild, listingPermissions } from './look.ts';

/** What removeTemporary calls, besides reading the ledger. */
export const temporaryPermissions = [...listingPermissions, ...removalPermissions];

/** What removeBuild calls. */
export const undoPermissions = [
  ...temporaryPermissions,
  's3:GetObject',
  's3:PutObject',
  ...keepingPermissions,
  ...restoringPermissions,
  'ssm:GetParameter',
];

/** Takes one look at a build, and carries out what core decides. */
async function undo({ aws }: Artifacts, plan: Plan, scope: UndoScope, until?: string): Promise<Removal> {
  return carryOut(aws, decideUndo(scope, await lookAtBuild(aws, plan, scope), until));
}

/**
 * Takes one look at everything a failed build made, in every region, and undoes it. Repeat until nothing is left.
 * @param until When kept images expire: see decideUndo.
 */
export async function removeBuild(artifacts: Artifacts, plan: Plan, until?: string): Promise<Removal> {
  const { ledger, refused } = await closeLedger(artifacts, plan);
  const manifest = await read(artifacts, plan, 'manifest');
  const removal = await undo(artifacts, plan, scopeOfFailed(plan, ledger, manifest), until);
  return { ...removal, refused: [...refused, ...removal.refused] };
}

/** Takes one look at everything of a published build that is not published, and removes it. Repeat until nothing is left. */
export async function removeTemporary(artifacts: Artifacts, plan: Plan, targets: TargetResult[]): Promise<Removal> {
  const { known } = await readLedger(artifacts, plan);
  return undo(artifacts, plan, scopeOfPublished(plan, known, targets));
}
