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
    /** Copies to other regions. An upper bound, since a snapshot holds only the blocks that are used. */
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
  /** Upper bound of what the snapshots of all regions cost for every month that they are kept. */
  snapshotsPerMonth: number;
  /** Instance types without a known price. */
  unpriced: string[];
}
