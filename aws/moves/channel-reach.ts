import {
  accountCopiesOf,
  accountPlaceName,
  inAccountPlace,
  onlyAccountPlace,
  type AccountCopy,
} from '../../core/accounts/account-copies.ts';
import type { AccountValue } from '../../core/accounts/account-ledger.ts';
import type { SessionOf } from '../../core/accounts/account-role.ts';
import type { Plan } from '../../core/build/plan.ts';
import { deadMove } from '../../core/channel/channel-record.ts';
import type { MoveCandidate } from '../../core/channel/candidates.ts';
import { movedAccounts, copiesOfManifest, settledAccounts, type MovedBeside } from '../../core/channel/moved-beside.ts';
import { parameterOfPlace, type Place } from '../../core/distribute/place.ts';
import type { Connection } from '../connection.ts';
import { describeAnyImage } from '../images/disabling.ts';
import { readParameter } from '../parameters.ts';
import type { SeenChannel } from '../channel/channel-look.ts';
import { inEachAccount } from './each-account.ts';

/** What a channel has beside its parameters in the pipeline's account, by the recipe's newest published build. */
export interface ChannelReach {
  newest: Plan | undefined;
  copies: AccountCopy[];
  /** What the channel's parameters hold in other accounts, apart from a move that died. */
  there: AccountValue[];
  /** Opens the role of an account. */
  open: (copy: AccountCopy) => Promise<Connection>;
}

/** Looks at a channel in other accounts. @throws MoveRefused with every account whose role does not let the pipeline in. */
export async function seeReach(
  { aws }: { aws: Connection },
  { parameter, record, mover }: SeenChannel,
  newest: Plan | undefined,
  session: SessionOf,
): Promise<ChannelReach> {
  const copies = newest ? accountCopiesOf(newest.document) : [];
  // Loaded here: few recipes have copies in other accounts.
  const doors = copies.length > 0 ? (await import('../accounts/other-accounts.ts')).accountDoors : undefined;
  const open = doors?.(aws, session, 'publish') ?? (async () => aws);
  const held = await inEachAccount(`${parameter} does not move`, copies, async (copy): Promise<AccountValue[]> => {
    const there = await open(copy);
    if (!copy.publishes) return [];
    const ami = await readParameter(there, copy.region, parameterOfPlace(parameter, copy));
    return [{ ...onlyAccountPlace(copy), ...(ami !== undefined && { ami }) }];
  });
  const dead = deadMove(record?.underway, mover);
  return { newest, copies, there: settledAccounts(dead, held.flat()), open };
}

/** A build that a channel may move to, with its copies in the accounts that the channel has. */
export async function withCopies(candidate: MoveCandidate, { copies, open }: ChannelReach): Promise<MoveCandidate> {
  const known = copiesOfManifest(candidate.manifest).filter((one) => inAccountPlace(copies, one));
  if (known.length === 0) return candidate;
  const own = copies.filter((one) => inAccountPlace(known, one));
  const seen = await inEachAccount(`nothing moves to ${candidate.build}`, own, async (copy) => {
    const ami = inAccountPlace(known, copy)?.ami ?? '';
    return [accountPlaceName(copy), await describeAnyImage(await open(copy), copy.region, ami)] as const;
  });
  return { ...candidate, copies: Object.fromEntries(seen) };
}

/** What a move to a build changes beside the channel's own parameters, what forbids it, and what stays as it is. */
export async function besideOf(
  { aws }: { aws: Connection },
  { channel, record, mover }: SeenChannel,
  { build, manifest }: MoveCandidate,
  after: (Place & { ami: string })[],
  { newest, copies, there }: ChannelReach,
): Promise<{ beside: MovedBeside; problems: string[]; notes: string[] }> {
  const known = copiesOfManifest(manifest);
  const accounts = movedAccounts(
    there,
    known.filter((one) => inAccountPlace(copies, one)),
  );
  const left = there.filter((one) => !inAccountPlace(known, one)).map(accountPlaceName);
  const notes = left.map((where) => `${build} has no copy in ${where}, and the channel has no parameter there`);
  // A launch template follows the channel that the recipe publishes to, and no other.
  const hasTemplates = newest?.document.distribute.some(({ launchTemplate }) => launchTemplate !== undefined);
  if (!newest || !hasTemplates || newest.document.publish?.channel !== channel)
    return { beside: accounts, problems: [], notes };
  const { templatesToMove } = await import('./moved-templates.ts');
  const found = await templatesToMove(aws, newest, after, { build, underway: record?.underway, mover });
  const { templates } = found;
  return {
    beside: { ...accounts, ...(templates.length > 0 && { templates }) },
    problems: found.problems,
    notes: [...notes, ...found.notes],
  };
}
