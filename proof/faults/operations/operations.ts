import type { FaultScenario } from '../vocabulary.ts';
import { archives } from './archives.ts';
import { moves } from './moves.ts';
import type { OperationRow } from './operation.ts';
import { plans } from './plans.ts';
import { retirements } from './retirements.ts';
import { shares } from './shares.ts';
import { variantBuilds } from './variants.ts';

/** Every operation that is struck, by the name of its base in the matrix. docs/faults.md says how to add one. */
export const operations: Record<string, OperationRow> = {
  ...moves,
  ...shares,
  ...plans,
  ...retirements,
  ...archives,
  ...variantBuilds,
};

export function operationOf({ operation = '' }: FaultScenario): OperationRow {
  const found = operations[operation];
  if (!found) throw new Error(`there is no operation ${operation}; there are ${Object.keys(operations).join(', ')}`);
  return found;
}

/** The bases of all operations: each that succeeds, and each that fails or dies and is undone. */
export const operationBases: Record<string, FaultScenario> = Object.fromEntries(
  Object.entries(operations).flatMap(([operation, { undone = {}, shape, lent }]) => {
    const base: FaultScenario = { operation, ...(shape && { shape }), ...(lent && { lent }), strikes: [] };
    const others = Object.entries(undone).map(([name, strikes]) => [name, { ...base, strikes }] as const);
    return [[operation, base] as const, ...others];
  }),
);
