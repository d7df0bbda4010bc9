import { onlyAccountPlace } from '../../core/accounts/account-copies.ts';
import type { AccountLedger } from '../../core/accounts/account-ledger.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument } from '../memory/documents.ts';

/**
 * The copies of a published build in other accounts. `after` has all of them, `before` those that the channel's parameter of their
 * account points at.
 */
export async function publishedCopies(artifacts: Artifacts, identity: BuildIdentity): Promise<AccountLedger> {
  const ledger = await readDocument(artifacts, identity, 'ledger');
  if (ledger?.complete) return ledger.accounts ?? { before: [], after: [] };
  const { copiedTo = [] } = (await readDocument(artifacts, identity, 'manifest')) ?? {};
  const published = copiedTo.filter(({ ami, status }) => ami !== null && status === 'published');
  return {
    before: published.filter(({ parameter }) => parameter !== null).map(onlyAccountPlace),
    after: published.map(({ ami, snapshots, ...at }) => ({ ...onlyAccountPlace(at), ami: ami ?? '', snapshots })),
  };
}
