import { accountCopyIn } from '../../core/accounts/planned-copies.ts';
import { accountPlaceName, onlyAccountPlace, type AccountCopy } from '../../core/accounts/account-copies.ts';
import {
  accountLedgerOf,
  behindIn,
  rightCopies,
  type AccountLedger,
  type AccountValue,
  type FoundCopy,
} from '../../core/accounts/account-ledger.ts';
import type { ChannelLedger } from '../../core/distribute/channel.ts';
import { versionDescription } from '../../core/publish/parameter-version.ts';
import { parameterOfPlace } from '../../core/distribute/place.ts';
import type { Plan } from '../../core/build/plan.ts';
import { Failure, lastingFailure } from '../../core/errors.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import type { Connection } from '../connection.ts';
import { inAccount } from '../accounts/other-accounts.ts';
import { readParameter, writeAmiParameter } from '../parameters.ts';

/** What the channel's parameters hold in the accounts that take copies and are told of them. */
async function readAccountChannels(
  aws: Connection,
  plan: Plan,
  copies: AccountLedger['after'],
): Promise<AccountValue[]> {
  const { channel } = plan;
  if (channel === undefined) return [];
  const told = copies.map((at) => accountCopyIn(plan, at)).filter(({ publishes }) => publishes);
  return Promise.all(
    told.map(async (copy) => {
      const there = await inAccount(aws, copy, plan, 'publish');
      const ami = await readParameter(there, copy.region, parameterOfPlace(channel, copy));
      return { ...onlyAccountPlace(copy), ...(ami !== undefined && { ami }) };
    }),
  );
}

/** The accounts' part of a publish: what to write down first, and the copies that no parameter points at yet. */
export async function lookIntoAccounts(
  aws: Connection,
  plan: Plan,
  known: ChannelLedger | undefined,
  copiedTo: FoundCopy[],
): Promise<Pick<ChannelLedger, 'accounts'> & { behind: AccountLedger['after'] }> {
  const copies = rightCopies(copiedTo);
  const held = await readAccountChannels(aws, plan, copies);
  const accounts = accountLedgerOf(known?.accounts, held, copies);
  return { ...(accounts && { accounts }), behind: behindIn(held, copies) };
}

/** Points a channel's parameters of other accounts at copies. @throws PublishFailed if an account refuses that. */
export async function writeAccountParameters(
  open: (copy: AccountCopy) => Promise<Connection>,
  channel: string,
  build: BuildIdentity,
  copies: { copy: AccountCopy; ami: string }[],
): Promise<void> {
  const write = async ({ copy, ami }: (typeof copies)[number]) => {
    const parameter = parameterOfPlace(channel, copy);
    try {
      await writeAmiParameter(await open(copy), copy.region, parameter, ami, versionDescription(build, ami));
    } catch (error) {
      const failure = lastingFailure(error);
      const message = `${parameter} was not moved in ${accountPlaceName(copy)}, and everything goes back to what it held: ${failure.message}`;
      throw new Failure('PublishFailed', message, { cause: failure });
    }
  };
  await Promise.all(copies.map(write));
}

/** Points the channel's parameters of other accounts at a build's copies. */
export const writeAccountChannels = (aws: Connection, plan: Plan, copies: AccountLedger['after']): Promise<void> =>
  writeAccountParameters(
    (copy) => inAccount(aws, copy, plan, 'publish'),
    plan.channel ?? '',
    plan,
    copies.map(({ ami, ...at }) => ({ copy: accountCopyIn(plan, at), ami })),
  );
