import {
  accountCopiesOf,
  accountPlaceName,
  inAccountPlace,
  type AccountCopy,
  type AccountPlace,
} from '../../core/accounts/account-copies.ts';
import type { Plan } from '../../core/build/plan.ts';
import { Failure } from '../../core/errors.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument } from '../memory/documents.ts';
import { readRecord } from '../memory/recipe-records.ts';

/** The plan of a recipe's newest published build: it says what the recipe publishes now, and by which roles. */
export async function newestPlan(artifacts: Artifacts, recipe: string): Promise<Plan | undefined> {
  const { published } = await readRecord(artifacts, recipe);
  return published && (await readDocument(artifacts, { recipe, build: published.build }, 'plan'));
}

/**
 * Finds the role by which the pipeline reaches a build's copy in another account. A role may get another name or external id, so the
 * newest published build knows best. The build's own plan knows accounts that the recipe no longer names.
 */
export async function accountRoles(
  artifacts: Artifacts,
  identity: BuildIdentity,
): Promise<(at: AccountPlace) => AccountCopy> {
  const plans = [await newestPlan(artifacts, identity.recipe), await readDocument(artifacts, identity, 'plan')];
  const copies = plans.flatMap((plan) => (plan ? accountCopiesOf(plan.document) : []));
  return (at) => {
    const copy = inAccountPlace(copies, at);
    if (copy) return copy;
    throw new Failure('StageInputInvalid', `no plan of ${identity.recipe} names a role for ${accountPlaceName(at)}`);
  };
}
