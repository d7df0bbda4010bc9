import { toRestore, type ChannelLedger, type ChannelValue } from '../core/channel.ts';
import type { Connection } from './connection.ts';
import { deleteParameter, readParameter, writeAmiParameter } from './parameters.ts';
import type { Removal } from './leftovers.ts';

/** What a channel holds in each region. */
export const readChannel = (aws: Connection, parameter: string, regions: string[]): Promise<ChannelValue[]> =>
  Promise.all(
    regions.map(async (region) => {
      const ami = await readParameter(aws, region, parameter);
      return ami === undefined ? { region } : { region, ami };
    }),
  );

/** Takes back a publish that did not complete. Repeat until nothing is left. */
export async function restoreChannel(aws: Connection, ledger: ChannelLedger): Promise<Removal> {
  const { parameter, after } = ledger;
  const now = await readChannel(
    aws,
    parameter,
    after.map(({ region }) => region),
  );
  const removal: Removal = { removed: [], left: [] };
  for (const { region, ami } of toRestore(ledger, now)) {
    if (ami === undefined) await deleteParameter(aws, region, parameter);
    else await writeAmiParameter(aws, region, parameter, ami, 'restored: the build that moved it did not complete');
    removal.removed.push(
      ami === undefined ? `deleted ${parameter} in ${region}` : `restored ${parameter} = ${ami} in ${region}`,
    );
    removal.left.push(`${parameter} in ${region} (just restored)`);
  }
  return removal;
}
