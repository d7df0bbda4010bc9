// Usage reports of AMIs as the simulated EC2 keeps them.

export interface StoredUsageReport {
  id: string;
  owner: string;
  image: string;
  state: 'pending' | 'available' | 'error';
  stateReason?: string;
  createdAt: number;
  /** The accounts that it was asked about. Empty: all. */
  accounts: string[];
  /** The resources that it counts, as in the request. */
  types: { type: string; depth: number }[];
  entries: { account: string; type: string; count: number }[];
  tags: Map<string, string>;
}
