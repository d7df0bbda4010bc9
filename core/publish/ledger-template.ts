import type { Place } from '../distribute/place.ts';

/** A launch template in the ledger of a publish: what the publish makes of it, and the default version to restore. */
export interface LedgerTemplate extends Place {
  template: string;
  ami: string;
  setDefault: boolean;
  before: number;
}
