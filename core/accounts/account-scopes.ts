import type { Manifest } from '../build/manifest.ts';
import type { Plan } from '../build/plan.ts';
import { accountCopiesOf, inAccountPlace, type AccountCopy } from './account-copies.ts';
import type { AccountResult } from './planned-copies.ts';
import type { ChannelLedger } from '../distribute/channel.ts';
import { parameterOfPlace } from '../distribute/place.ts';
import type { UndoScope } from '../undo/scope.ts';

/** What is undone in one region of another account: the copies of a build that may be there. */
export interface AccountScope {
  copies: [AccountCopy, ...AccountCopy[]];
  scope: UndoScope;
}

/** By place, such as `eu-central-1 of account 111122223333`. The copies of one region and account are undone together. */
function scopesOf(
  copies: AccountCopy[],
  scopeOf: (copies: AccountCopy[]) => Pick<UndoScope, 'published' | 'channels'> & Partial<UndoScope>,
): Map<string, AccountScope> {
  const scopes = new Map<string, AccountScope>();
  for (const { region, account } of copies) {
    const [first, ...others] = copies.filter((one) => one.region === region && one.account === account);
    if (!first) continue;
    const scope = { instances: false, regions: [region], keeps: false, ...scopeOf([first, ...others]) };
    scopes.set(`${region} of account ${account}`, { copies: [first, ...others], scope });
  }
  return scopes;
}

/** Copies in other accounts that were not made right, although the build was published without them. */
export function accountScopesOfPublished(
  { document }: Plan,
  ledger: Pick<ChannelLedger, 'accounts'> | undefined,
  copiedTo: AccountResult[],
): Map<string, AccountScope> {
  const { after = [] } = ledger?.accounts ?? {};
  const wrong = accountCopiesOf(document).filter(
    (copy) => inAccountPlace(copiedTo, copy)?.error !== undefined && !inAccountPlace(after, copy),
  );
  return scopesOf(wrong, ([copy]) => ({
    published: after.filter(({ account }) => account === copy?.account),
    channels: [],
  }));
}

/**
 * What a build that failed or died has left in other accounts. Once its ledger is complete, the copies in it are published. A build
 * that was published before keeps all its copies.
 */
export function accountScopesOfFailed(
  plan: Plan,
  ledger: ChannelLedger | undefined,
  manifest: Pick<Manifest, 'status'> | undefined,
): Map<string, AccountScope> {
  const { adds } = plan;
  // An execution that adds copies leaves alone what was published before it.
  const copies = accountCopiesOf(plan.document).filter((copy) => !adds || inAccountPlace(adds.copies ?? [], copy));
  const { before = [], after = [] } = ledger?.accounts ?? {};
  if (ledger?.complete) {
    const missing = copies.filter((copy) => !inAccountPlace(after, copy));
    return accountScopesOfPublished(
      plan,
      ledger,
      missing.map((copy) => ({ ...copy, error: 'it was not published' })),
    );
  }
  if (!adds && manifest?.status === 'published' && after.length === 0) return new Map();
  return scopesOf(copies, (here) => {
    const written = after.filter((one) => inAccountPlace(before, one) && inAccountPlace(here, one));
    const { channel } = plan;
    const told = channel === undefined ? [] : here.filter(({ publishes }) => publishes);
    return {
      ...(!adds && manifest?.status === 'published' && { regions: [] }),
      published: (adds?.copied ?? []).filter((one) => here.some(({ account }) => account === one.account)),
      channels: told.map((copy) => ({ region: copy.region, parameter: parameterOfPlace(channel ?? '', copy) })),
      ...(ledger && {
        takesBack: {
          parameter: ledger.parameter,
          complete: false,
          before: before.filter((one) => inAccountPlace(here, one)),
          after: written,
        },
      }),
    };
  });
}
