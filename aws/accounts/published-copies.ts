import { onlyAccountPlace } from '../../core/accounts/account-copies.ts';
import type { AccountLedger } from '../../core/accounts/account-ledger.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument } from '../memory/documents.ts';

/** The copies of a published build in other accounts, whether a parameter points at them or not. */
export async function publishedCopies(artifacts: Artifacts, identity: BuildIdentity): Promise<AccountLedger['after']> {
  const ledger = await readDocument(artifacts, identity, 'ledger');
  if (ledger?.complete) return ledger.accounts?.after ?? [];
  const { copiedTo = [] } = (await readDocument(artifacts, identity, 'manifest')) ?? {};
  return copiedTo.flatMap(({ ami, snapshots, status, ...at }) =>
    ami !== null && status === 'published' ? [{ ...onlyAccountPlace(at), ami, snapshots }] : [],
  );
}
