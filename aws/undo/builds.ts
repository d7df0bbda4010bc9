import type { Plan } from '../../core/build/plan.ts';
import { planOfExecution } from '../../core/distribute/plan-of-execution.ts';
import type { AccountResult } from '../../core/accounts/planned-copies.ts';
import type { TargetResult } from '../../core/distribute/distribution.ts';
import { Failure } from '../../core/errors.ts';
import { keptUntil } from '../../core/undo/kept.ts';
import { together, unseen, type Removal } from '../../core/undo/removal.ts';
import { scopeOfFailed, scopeOfPublished, scopesByPlace, type UndoScope } from '../../core/undo/scope.ts';
import {
  accountScopesOfFailed,
  accountScopesOfPublished,
  type AccountScope,
} from '../../core/accounts/account-scopes.ts';
import { hasSettled, placesToSee, settlingAfter, settlingOf, type CleanUp } from '../../core/undo/settling.ts';
import { decideUndo } from '../../core/undo/undo.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { closeLedger as closeOwnLedger, readLedger } from '../channels.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import type { Connection } from '../connection.ts';
import { readDocument, write } from '../memory/documents.ts';
import {
  accountUndoPermissions,
  carryOut,
  importPermissions,
  keepingPermissions,
  removalPermissions,
  takingBackPermissions,
} from './carry-out.ts';
import { lookAtBuild, listingPermissions } from './look.ts';

// Loaded only for a build that copies into other accounts.
const undoInAccount = async (aws: Connection, plan: Plan, scope: AccountScope, until?: string): Promise<Removal> =>
  (await import('./account-copies.ts')).undoInAccount(aws, plan, scope, until);

// The publish of a variant is given up together with that of the others, or counts as theirs does.
async function closeLedger(artifacts: Artifacts, plan: Plan): ReturnType<typeof closeOwnLedger> {
  if (plan.variantOf !== undefined && !plan.adds)
    await (await import('../variants/settle.ts')).settleVariant(artifacts, plan);
  return closeOwnLedger(artifacts, plan);
}

/** The actions that removeTemporary calls, besides reading the ledger. */
export const temporaryPermissions = [...listingPermissions, ...removalPermissions, ...accountUndoPermissions];

/** The actions that removeBuild calls. */
export const undoPermissions = [
  ...temporaryPermissions,
  ...importPermissions,
  's3:GetObject',
  's3:PutObject',
  ...keepingPermissions,
  ...takingBackPermissions,
];

/** What a clean-up has removed so far, and what is missing. */
export interface Undone extends Omit<Removal, 'removed'> {
  undone: string[];
}

/** Takes one look at a part of a build, and carries out what core decides. */
async function undo(aws: Connection, plan: Plan, scope: UndoScope, until?: string): Promise<Removal> {
  try {
    return await carryOut(aws, decideUndo(scope, await lookAtBuild(aws, plan, scope), until));
  } catch (error) {
    if (!(error instanceof Failure) || error.name !== 'AwsTransient') throw error;
    return unseen(error.message);
  }
}

/**
 * Takes one look at what a failed build made, in every region where a look is due, and undoes it. Repeat until nothing is left
 * and the build has settled.
 */
export async function removeBuild(artifacts: Artifacts, plan: Plan, cleanUp: CleanUp, now: Date): Promise<Undone> {
  const { aws } = artifacts;
  const { ledger, refused } = await closeLedger(artifacts, plan);
  const [manifest, before] = [
    await readDocument(artifacts, plan, 'manifest'),
    await readDocument(artifacts, plan, 'settling'),
  ];
  const scopes = scopesByPlace({ ...scopeOfFailed(plan, ledger, manifest), held: cleanUp.held });
  const elsewhere = accountScopesOfFailed(plan, ledger, manifest);
  const settling = settlingOf(before, cleanUp);
  const due = placesToSee([...scopes.keys(), ...elsewhere.keys()], settling, cleanUp, now);
  // Only what a settled look shows is kept: see decideUndo.
  const until = hasSettled(cleanUp, now) ? keptUntil(cleanUp.began) : undefined;
  const lookAt = (place: string): Promise<Removal> => {
    const inOther = elsewhere.get(place);
    return inOther ? undoInAccount(aws, plan, inOther, until) : undo(aws, plan, scopes.get(place) as UndoScope, until);
  };
  const looks = await Promise.all(due.map(async (place) => [place, await lookAt(place)] as [string, Removal]));
  const { removed, ...rest } = together(looks.map(([, removal]) => removal));
  const undone = [...new Set([...((await readDocument(artifacts, plan, 'undone')) ?? []), ...removed])];
  if (removed.length > 0) await write(artifacts, plan, 'undone', undone);
  if (due.length > 0) await write(artifacts, plan, 'settling', settlingAfter(settling, looks, now));
  return { ...rest, undone, refused: [...refused, ...rest.refused] };
}

/**
 * Puts the channel back where a build that died was publishing, and its clean-up died too, and removes the build's copies in other
 * accounts. @returns why that could not be done everywhere; undefined where nothing is left to do.
 */
export async function takeBackPublish(artifacts: Artifacts, identity: BuildIdentity): Promise<string | undefined> {
  const kept = await readDocument(artifacts, identity, 'plan');
  if (!kept) return undefined;
  const { aws } = artifacts;
  const { addition } = kept;
  // If the newest distribution was published, the ledger that its plan sees is complete.
  const plan = addition ? planOfExecution(kept, addition.execution) : kept;
  const { ledger, refused } = await closeLedger(artifacts, plan);
  if (ledger?.complete) return undefined;
  const elsewhere = [...accountScopesOfFailed(plan, ledger, await readDocument(artifacts, plan, 'manifest')).values()];
  const channel = { ...scopeOfFailed(plan, ledger, undefined), instances: false, regions: [] };
  const removal = together([
    ...(ledger ? [await undo(aws, plan, channel)] : []),
    ...(await Promise.all(elsewhere.map((one) => undoInAccount(aws, plan, one, keptUntil(plan.startedAt))))),
  ]);
  const wrong = [...refused, ...removal.refused, ...removal.busy];
  return wrong.length > 0 ? `its channel could not be put back: ${wrong.join('; ')}` : undefined;
}

/**
 * Takes one look at everything of a published build that is not published, and removes it. Repeat until nothing is left.
 * @throws AwsTransient if AWS has no time for a part of it.
 */
export async function removeTemporary(
  artifacts: Artifacts,
  plan: Plan,
  targets: TargetResult[],
  copiedTo: AccountResult[],
): Promise<Removal> {
  const { aws } = artifacts;
  const { whole: known } = await readLedger(artifacts, plan);
  const elsewhere = [...accountScopesOfPublished(plan, known, copiedTo).values()];
  const removal = together(
    await Promise.all([
      undo(aws, plan, scopeOfPublished(plan, known, targets)),
      ...elsewhere.map((one) => undoInAccount(aws, plan, one)),
    ]),
  );
  const [busy] = removal.busy;
  if (busy === undefined) return removal;
  throw new Failure('AwsTransient', busy);
}
