import { inAccountPlace } from '../accounts/account-copies.ts';
import type { AccountLedger } from '../accounts/account-ledger.ts';
import type { ChannelLedger } from '../distribute/channel.ts';
import { isSamePlace } from '../distribute/place.ts';

/** The execution that adds targets to a published build. Undefined for a build itself. */
type Adding = { execution: string } | undefined;

/** The ledger as an execution sees it: the build's own, or the part about the targets that the execution adds. */
export function ledgerSeen(whole: ChannelLedger | undefined, adds: Adding): ChannelLedger | undefined {
  if (!adds || whole?.added?.includes(adds.execution)) return whole;
  return whole?.adding && { ...whole.adding, complete: false };
}

type Values = ChannelLedger['before'] | ChannelLedger['after'];

const withPlaces = <T extends Values[number]>(known: T[], more: T[]): T[] => [
  ...known.filter((one) => !more.some((other) => isSamePlace(one, other))),
  ...more,
];

/** The copies in other accounts, with those that an execution has added. */
function togetherIn(known: AccountLedger | undefined, more: AccountLedger | undefined): AccountLedger | undefined {
  if (!known || !more) return known ?? more;
  const before = more.before.filter((one) => !inAccountPlace(known.before, one));
  return {
    before: [...known.before, ...before],
    after: [...known.after.filter((one) => !inAccountPlace(more.after, one)), ...more.after],
  };
}

/**
 * The whole ledger after an execution has changed the part that it sees. What was published stays complete meanwhile, so that no
 * clean-up touches it. The new targets come to it in one write.
 */
export function ledgerWith(whole: ChannelLedger | undefined, adds: Adding, seen: ChannelLedger): ChannelLedger {
  if (!adds) return seen;
  const { adding: _, ...rest } = whole ?? { parameter: '', before: [], after: [], complete: true };
  const { complete, ...part } = seen;
  if (!complete) return { ...rest, adding: part };
  const accounts = togetherIn(rest.accounts, seen.accounts);
  const templates = [...(rest.templates ?? []), ...(seen.templates ?? [])];
  return {
    ...rest,
    before: [...rest.before, ...seen.before.filter((one) => !rest.after.some((known) => isSamePlace(one, known)))],
    after: withPlaces(rest.after, seen.after),
    ...(templates.length > 0 && { templates }),
    ...(accounts && { accounts }),
    added: [...(rest.added ?? []), adds.execution],
  };
}
