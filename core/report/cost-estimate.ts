/**
 * The estimated cost of one execution in US dollars. It is computed from the duration of its states and the recipe, at the prices
 * of core/report/prices.ts. It assumes the dearest of the recipe's instance types, and full disks. Null where a price is not
 * known.
 */
export interface CostEstimate {
  usd: number | null;
  parts: {
    /** Builder and candidate. */
    instances: number | null;
    volumes: number;
    /**
     * Copies to other regions, and the fee of second copies beside slow ones. An upper bound, since a snapshot holds only the blocks
     * that are used. A copy into another account is made within its region, where AWS charges no transfer.
     */
    transfer: number;
    /** Step Functions. */
    transitions: number;
    /** Lambda. */
    functions: number;
    /** Log output of the functions. */
    logs: number;
    /** The metrics of the build. Each costs for the one hour in which it has a value. */
    metrics: number;
  };
  /** Upper bound of what the snapshots of all regions and accounts cost for every month that they are kept. */
  snapshotsPerMonth: number;
  /** The part of it that other accounts pay, for copies of their own. Absent where there are none. */
  inOtherAccounts?: number;
  /** Instance types without a known price. */
  unpriced: string[];
  /** Disks of unknown size. The estimate is then a lower bound without them. Absent where every size is known. */
  unsized?: string[];
}
