import { inAccountPlace, onlyAccountPlace, type AccountPlace } from './account-copies.ts';

/** What the channel's parameter of another account holds. `ami` is absent where there is no parameter. */
export interface AccountValue extends AccountPlace {
  ami?: string;
}

/** The part of a publish's record that is about other accounts. */
export interface AccountLedger {
  /** What the parameters held. Accounts without one of ours are not in it. */
  before: AccountValue[];
  /** All copies that are published, whether a parameter points at them or not. */
  after: (AccountPlace & { ami: string; snapshots?: string[] | undefined })[];
}

/** The record to keep before the parameters are written. A parameter that holds our copy keeps the value noted earlier. */
export function accountLedgerOf(
  known: AccountLedger | undefined,
  held: AccountValue[],
  after: AccountLedger['after'],
): AccountLedger | undefined {
  if (after.length === 0) return undefined;
  const before = held.map((value) => {
    const ours = [...(known?.after ?? []), ...after].some(
      (one) => one.ami === value.ami && inAccountPlace([value], one),
    );
    return (ours && known && inAccountPlace(known.before, value)) || value;
  });
  return { before, after };
}

/** The copies that their account's parameter must point at and does not. */
export const behindIn = (held: AccountValue[], after: AccountLedger['after']): AccountLedger['after'] =>
  after.filter((one) => {
    const value = inAccountPlace(held, one);
    return value !== undefined && value.ami !== one.ami;
  });

/** A copy as Verify hands it on. */
export interface FoundCopy extends Omit<AccountPlace, 'id'> {
  id?: string | null | undefined;
  ami?: string | undefined;
  snapshots?: string[] | undefined;
  error?: string | undefined;
}

/** The copies that Verify found right. */
export const rightCopies = (copiedTo: FoundCopy[]): AccountLedger['after'] =>
  copiedTo.flatMap(({ ami, snapshots, error, ...at }) =>
    ami !== undefined && error === undefined ? [{ ...onlyAccountPlace(at), ami, snapshots }] : [],
  );
