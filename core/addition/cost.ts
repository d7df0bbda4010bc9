import type { Plan } from '../build/plan.ts';
import { imageSize, type ImageSize } from '../launch/disks.ts';
import type { CostEstimate } from '../report/cost-estimate.ts';
import { snapshotMonth, transferredGiB } from '../report/prices.ts';

/** What an execution costs that takes an image to further targets, at most, in US dollars. */
export interface AdditionCost extends ImageSize {
  /** Copies to other regions. */
  transfer: number;
  /** The snapshots, in every month. `inOtherAccounts` is the part that other accounts pay. Absent where they pay nothing. */
  snapshotsPerMonth: number;
  inOtherAccounts?: number;
}

const rounded = (usd: number): number => Math.round(usd * 1e6) / 1e6;

/** @param copies Copies in other accounts. They are made in the same region, so nothing is transferred. */
export function costOfAddition(
  plan: Plan,
  targets: readonly { region: string }[],
  copies: readonly unknown[],
  from: { region: string },
): AdditionCost {
  const size = imageSize(plan);
  const { gib } = size;
  const sent = targets.filter(({ region }) => region !== from.region).length;
  return {
    ...size,
    transfer: rounded(sent * gib * transferredGiB),
    snapshotsPerMonth: rounded((targets.length + copies.length) * gib * snapshotMonth),
    ...(copies.length > 0 && { inOtherAccounts: rounded(copies.length * gib * snapshotMonth) }),
  };
}

/** The cost of a build, with what taking its image to further targets has cost. */
export function withAddedCost(cost: CostEstimate, added: AdditionCost): CostEstimate {
  const { parts, inOtherAccounts: known = 0 } = cost;
  const inOtherAccounts = rounded(known + (added.inOtherAccounts ?? 0));
  return {
    ...cost,
    usd: cost.usd === null ? null : rounded(cost.usd + added.transfer),
    parts: { ...parts, transfer: rounded(parts.transfer + added.transfer) },
    snapshotsPerMonth: rounded(cost.snapshotsPerMonth + added.snapshotsPerMonth),
    ...(inOtherAccounts > 0 && { inOtherAccounts }),
  };
}
