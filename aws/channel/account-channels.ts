import { accountCopyIn } from '../../core/accounts/planned-copies.ts';
import { accountPlaceName, onlyAccountPlace } from '../../core/accounts/account-copies.ts';
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
import { Failure } from '../../core/errors.ts';
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

/** Points the channel's parameters of other accounts at their copies. @throws PublishFailed if an account refuses that. */
export async function writeAccountChannels(aws: Connection, plan: Plan, copies: AccountLedger['after']): Promise<void> {
  const write = async ({ ami, ...at }: AccountLedger['after'][number]) => {
    const copy = accountCopyIn(plan, at);
    const parameter = parameterOfPlace(plan.channel ?? '', copy);
    try {
      const there = await inAccount(aws, copy, plan, 'publish');
      await writeAmiParameter(there, copy.region, parameter, ami, versionDescription(plan, ami));
    } catch (error) {
      if (!(error instanceof Failure) || error.name === 'AwsTransient') throw error;
      const message = `${parameter} was not moved in ${accountPlaceName(at)}, and everything goes back to what it held: ${error.message}`;
      throw new Failure('PublishFailed', message, { cause: error });
    }
  };
  await Promise.all(copies.map(write));
}
