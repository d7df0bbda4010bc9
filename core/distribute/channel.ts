import type { LedgerTemplate } from '../publish/ledger-template.ts';
import type { AccountLedger } from '../accounts/account-ledger.ts';
import { inPlace, isSamePlace, type Place } from './place.ts';

/**
 * Name of a channel's SSM parameter. Every target region has one, holding that region's AMI id. `root` is the deployment's path.
 * A further copy in a region has a parameter of its own below: see parameterOfPlace.
 */
export const channelParameter = (root: string, recipe: string, channel: string): string =>
  `${root}/${recipe}/${channel}`;

/** The parameter of a channel reference `<recipe>/<channel>` in a recipe's source. */
export const channelReferenceParameter = (root: string, reference: string): string => `${root}/${reference}`;

/** What a channel holds in one place. `ami` is absent where there is no parameter. */
export interface ChannelValue extends Place {
  ami?: string;
}

/**
 * The record of a publish. It is kept in the bucket before the first write, so that a half-done publish can be taken back after
 * any crash. Once it is complete, the image is published, even if the execution then fails. `parameter` is empty for a recipe
 * without a channel.
 */
export interface ChannelLedger {
  parameter: string;
  before: ChannelValue[];
  after: (Place & { ami: string; snapshots?: string[] | undefined })[];
  /** What the publish makes of launch templates. Absent where it makes nothing of them, and in ledgers of earlier versions. */
  templates?: LedgerTemplate[];
  complete: boolean;
  /** Absent where no account gets a copy of its own. */
  accounts?: AccountLedger;
  /** A clean-up takes the publish back. A Publish that read the ledger earlier can then no longer complete it. */
  takenBack?: true;
  /** What is being published in targets that a published build gets later. */
  adding?: Omit<ChannelLedger, 'complete' | 'adding' | 'added'>;
  /** ARNs of the executions that have published it in further targets. */
  added?: string[];
}

/** Marks a publish as taken back, so that a slow Publish can no longer complete it. */
export const takenBack = (known: ChannelLedger | undefined): ChannelLedger => ({
  ...(known ?? { parameter: '', before: [], after: [], complete: false }),
  takenBack: true,
});

/**
 * Whether a clean-up must mark a build's ledger as taken back before it undoes the publish. With a channel, a missing ledger needs
 * no mark: Publish must write the channel first, and completes the ledger in a later look.
 */
export const needsClosing = (ledger: ChannelLedger | undefined, publishes: boolean): boolean =>
  ledger ? !ledger.complete && !ledger.takenBack : !publishes;

/**
 * The ledger to write before a channel is written. If the channel does not point at one of this build's AMIs in a place, its
 * current value there is the one to restore. This holds even if an earlier publish of the build was taken back: that may be long
 * ago, and its copies may be others.
 */
export function ledgerOf(
  known: ChannelLedger | undefined,
  parameter: string,
  now: ChannelValue[],
  after: ChannelLedger['after'],
  templates: LedgerTemplate[] = [],
  accounts?: AccountLedger,
): ChannelLedger {
  const before = now.map((value) => {
    const ours = [...(known?.after ?? []), ...after].some((one) => isSamePlace(one, value) && one.ami === value.ami);
    return (ours && known && inPlace(known.before, value)) || value;
  });
  const more = { ...(templates.length > 0 && { templates }), ...(accounts && { accounts }), complete: false };
  return { parameter, before, after, ...more };
}

/** The places that still hold this build's AMI although the publish did not complete, with the values to restore. */
export function toRestore(ledger: ChannelLedger, now: ChannelValue[]): ChannelValue[] {
  if (ledger.complete) return [];
  return ledger.before.filter((before) => {
    const ours = inPlace(ledger.after, before)?.ami;
    const current = inPlace(now, before)?.ami;
    return current === ours && current !== before.ami;
  });
}
