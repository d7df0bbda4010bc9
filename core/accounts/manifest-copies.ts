import { accountCopiesOf, inAccountPlace, onlyAccountPlace, type AccountPlace } from './account-copies.ts';
import type { AccountResult } from './planned-copies.ts';
import type { TargetResult } from '../distribute/distribution.ts';
import { parameterOfPlace } from '../distribute/place.ts';
import type { Plan } from '../build/plan.ts';

export type BuildStatus = 'published' | 'failed' | 'up-to-date';
export type TargetStatus = 'published' | 'failed' | 'skipped';

export interface ManifestAccountCopy extends AccountPlace {
  ami: string | null;
  snapshots: string[];
  /** Who may launch it, besides its account. */
  accounts: string[];
  /** The channel's parameter in that account. */
  parameter: string | null;
  status: TargetStatus;
  error: string | null;
}

interface Parts {
  plan: Plan;
  status: BuildStatus;
  copiedTo?: AccountResult[];
  parameter: string | null;
}

export const statusOf = (status: BuildStatus, result: TargetResult | undefined): TargetStatus => {
  if (status === 'published' && result?.ami !== undefined && result.error === undefined) return 'published';
  return result?.error !== undefined ? 'failed' : 'skipped';
};

/** The copies in other accounts that the recipe asks for, with what became of them. */
export const copiedToOf = ({ plan, status, copiedTo = [], parameter }: Parts): ManifestAccountCopy[] =>
  accountCopiesOf(plan.document).map((copy) => {
    const result = inAccountPlace(copiedTo, copy);
    const is = statusOf(status, result);
    const told = is === 'published' && copy.publishes && parameter !== null;
    return {
      ...onlyAccountPlace(copy),
      ami: result?.ami ?? null,
      snapshots: result?.snapshots ?? [],
      accounts: copy.accounts,
      parameter: told ? parameterOfPlace(parameter, copy) : null,
      status: is,
      error: result?.error ?? null,
    };
  });
