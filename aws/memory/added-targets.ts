import {
  manifestAfter,
  planAfter,
  reachedBy,
  type AdditionEnd,
  type AdditionResults,
} from '../../core/addition/plan.ts';
import { inAccountPlace } from '../../core/accounts/account-copies.ts';
import { planOfExecution } from '../../core/distribute/plan-of-execution.ts';
import type { Manifest } from '../../core/build/manifest.ts';
import type { Plan } from '../../core/build/plan.ts';
import { withAdded } from '../../core/build/record.ts';
import { ledgerSeen } from '../../core/addition/ledger.ts';
import { inPlace, onlyPlace } from '../../core/distribute/place.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { describeExecution } from '../executions/executions.ts';
import type { Artifacts } from './artifacts.ts';
import { readDocument, write } from './documents.ts';
import { changeRecord } from './recipe-records.ts';

/**
 * Writes down which targets an execution has added to a published build: in the build's manifest and plan, and in the recipe's
 * record. Repeating it changes nothing.
 * @param plan As the execution reads it.
 * @param results What became of the added targets and copies. Empty where none was published.
 */
export async function recordAddition(
  artifacts: Artifacts,
  plan: Plan,
  results: AdditionResults,
  end: AdditionEnd,
): Promise<void> {
  const { adds, recipe, build } = plan;
  const [manifest, kept] = [
    await readDocument(artifacts, plan, 'manifest'),
    await readDocument(artifacts, plan, 'plan'),
  ];
  if (!adds || !manifest || !kept) return;
  const { reached, copies, whole } = reachedBy(adds, results);
  const isAsked = adds.targets.length + (adds.copies ?? []).length > 0;
  const told = isAsked ? manifestAfter(manifest, plan, results, end) : manifest;
  if (told !== manifest) await write(artifacts, plan, 'manifest', told);
  if (end.failure && reached.length + copies.length === 0) return;
  await write(artifacts, plan, 'plan', planAfter(kept, adds, results, told));
  const images = reached.map((target) => ({ ...onlyPlace(target), ami: inPlace(results.targets, target)?.ami ?? '' }));
  const held = adds.channel ? images : [];
  await changeRecord(artifacts, recipe, (record) => withAdded(record, { build, digest: whole?.digest, images: held }));
}

/**
 * Writes down that an execution failed to add targets to a published build, or died. The images may have been published by then.
 * @returns the build's manifest as it is now.
 */
export async function recordFailedAddition(
  artifacts: Artifacts & { now: () => Date },
  published: Manifest,
  { error, cause, left }: { error: string; cause: string; left: string[] },
  execution: string,
): Promise<Manifest> {
  const kept = await readDocument(artifacts, published, 'plan');
  const plan = kept && planOfExecution(kept, execution);
  if (!plan?.adds) return published;
  const { adds } = plan;
  const ledger = ledgerSeen(await readDocument(artifacts, plan, 'ledger'), adds);
  const { after = [], accounts } = ledger?.complete ? ledger : {};
  const targets = adds.targets.map((target) => inPlace(after, target) ?? { ...onlyPlace(target), error });
  const copiedTo = (adds.copies ?? []).map((at) => inAccountPlace(accounts?.after ?? [], at) ?? { ...at, error });
  const end = { at: artifacts.now().toISOString(), left, failure: { error, cause } };
  await recordAddition(artifacts, plan, { targets, copiedTo }, end);
  return (await readDocument(artifacts, plan, 'manifest')) ?? published;
}

/**
 * Writes down what an earlier execution had published when it died, if it died before it or its clean-up could do so. The caller
 * holds the build, so that clean-up will not. Repeating it changes nothing.
 * @returns whether something was missing.
 */
export async function recordEarlierAddition(
  artifacts: Artifacts & { now: () => Date },
  build: BuildIdentity,
  execution: string,
): Promise<boolean> {
  const [plan, manifest, ledger] = await Promise.all([
    readDocument(artifacts, build, 'plan'),
    readDocument(artifacts, build, 'manifest'),
    readDocument(artifacts, build, 'ledger'),
  ]);
  const earlier = plan?.addition?.execution ?? execution;
  const isTold = plan?.added?.some((one) => one.execution === earlier);
  if (earlier === execution || isTold || manifest?.status !== 'published' || !ledger?.added?.includes(earlier))
    return false;
  const error = (await describeExecution(artifacts.aws, earlier))?.status ?? 'ABORTED';
  const cause = `${earlier} published its targets, and ended before that was written down`;
  await recordFailedAddition(artifacts, manifest, { error, cause, left: [] }, earlier);
  return true;
}
