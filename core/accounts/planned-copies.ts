import { awaitedCopy, type Awaited } from '../build/awaited.ts';
import { clientToken } from '../build/identity.ts';
import type { Plan } from '../build/plan.ts';
import type { TargetResult } from '../distribute/distribution.ts';
import { placeName } from '../distribute/place.ts';
import { Failure } from '../errors.ts';
import {
  accountCopiesOf,
  accountPlaceName,
  inAccountPlace,
  type AccountCopy,
  type AccountPlace,
} from './account-copies.ts';

/** What was found of a copy in another account. */
export interface AccountResult extends TargetResult {
  account: string;
}

export function accountCopyIn({ document, recipe, build }: Plan, at: AccountPlace): AccountCopy {
  const copy = inAccountPlace(accountCopiesOf(document), at);
  if (copy) return copy;
  throw new Failure('StageInputInvalid', `${accountPlaceName(at)} gets no copy of ${recipe} ${build}`);
}

/** A plan as the copy's account sees it: that account owns the image. */
export const planIn = (plan: Plan, { account }: AccountPlace): Plan => ({ ...plan, account });

/** The name of the KMS grants by which one copy may be made. KMS allows letters, digits and :/_- here. */
export const loanName = (
  { recipe, build }: Pick<Plan, 'recipe' | 'build'>,
  { account, ...place }: AccountPlace,
): string => `golden:${recipe}/${build}/${placeName(place)}/${account}`;

/** `generation` counts failed copies of the build in the account. EC2 would answer a used token with the failed copy. */
export const accountCopyToken = (plan: Plan, at: AccountPlace, ami: string, generation: number): string =>
  clientToken(plan.recipe, plan.build, accountPlaceName(at), ami, generation, plan.resumedAt);

/** The events of another account do not come to the pipeline, and nothing is known of earlier copies there. */
export const awaitedAccountCopy = ({ document }: Plan, copy: AccountCopy, now: Date): Awaited =>
  awaitedCopy({ document }, copy, now, 'now');
