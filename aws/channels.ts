import { takenBack, toRestore, type ChannelLedger, type ChannelValue } from '../core/distribute/channel.ts';
import { heldByOthers, type ChannelHolder } from '../core/distribute/channel-owner.ts';
import { Failure } from '../core/errors.ts';
import type { Plan } from '../core/build/plan.ts';
import type { BuildIdentity } from '../core/tags.ts';
import { artifactKey, readObject, writeObject, type Artifacts } from './memory/artifacts.ts';
import type { Connection } from './connection.ts';
import { deleteParameter, readParameter, writeAmiParameter } from './parameters.ts';
import { describeImage } from './images/images.ts';
import { attempt, nothingRemoved, orRefused, together, type Removal } from './undo/leftovers.ts';

/** What a channel holds in each region. */
export const readChannel = (aws: Connection, parameter: string, regions: string[]): Promise<ChannelValue[]> =>
  Promise.all(
    regions.map(async (region) => {
      const ami = await readParameter(aws, region, parameter);
      return ami === undefined ? { region } : { region, ami };
    }),
  );

/** A build's ledger, and the version that the next word in it is written over. */
export interface Ledger {
  known: ChannelLedger | undefined;
  over: { version: string } | 'nothing';
}

export async function readLedger(artifacts: Artifacts, identity: BuildIdentity): Promise<Ledger> {
  const object = await readObject(artifacts, artifactKey(identity, 'channel.json'));
  return { known: object && (JSON.parse(object.text) as ChannelLedger), over: object ?? 'nothing' };
}

/** @throws AwsTransient where somebody else has written since the ledger was read. */
export async function writeLedger(
  artifacts: Artifacts,
  identity: BuildIdentity,
  { over }: Ledger,
  ledger: ChannelLedger,
): Promise<void> {
  const key = artifactKey(identity, 'channel.json');
  if (await writeObject(artifacts, key, ledger, over)) return;
  throw new Failure('AwsTransient', `${key} was written by somebody else since it was read`);
}

/**
 * The ledger as a clean-up finds it. Unless the publish is complete, no look of Publish can complete it from now on, however
 * long it hangs. One that had written nothing yet could do so only where there is no channel to be written first.
 */
export async function closeLedger(
  artifacts: Artifacts,
  plan: Plan,
): Promise<{ ledger: ChannelLedger | undefined; removal: Removal }> {
  const read = await readLedger(artifacts, plan);
  const { known: ledger } = read;
  const removal = nothingRemoved();
  const closed = ledger?.complete || ledger?.takenBack || (!ledger && plan.document.publish);
  if (!closed) await attempt(removal, 'channel.json', () => writeLedger(artifacts, plan, read, takenBack(ledger)));
  return { ledger, removal };
}

/** The images that a channel holds, with their tags. */
export async function holdersOf(aws: Connection, values: ChannelValue[]): Promise<ChannelHolder[]> {
  const held = values.flatMap(({ region, ami }) => (ami === undefined ? [] : [{ region, ami }]));
  return Promise.all(
    held.map(async ({ region, ami }) => ({ region, ami, tags: (await describeImage(aws, region, ami))?.tags ?? {} })),
  );
}

/**
 * A build that was stopped and is completed after a newer one was published must not move the channel back, and no build moves
 * the channel of another deployment.
 * @throws PublishFailed naming the newer build or the other deployment.
 */
export async function refuseSuperseded(
  aws: Connection,
  plan: Plan,
  parameter: string,
  values: ChannelValue[],
): Promise<void> {
  const holders = await holdersOf(aws, values);
  const others = heldByOthers(parameter, plan.deployment, holders);
  if (others.length > 0) throw new Failure('PublishFailed', `${plan.image} is not published:\n${others.join('\n')}`);
  for (const { region, ami, tags } of holders) {
    const newer = tags['golden:recipe'] === plan.recipe ? (tags['golden:build'] ?? '') : '';
    if (newer <= plan.build) continue;
    throw new Failure(
      'PublishFailed',
      `${parameter} in ${region} holds ${ami} of the newer build ${newer}; ${plan.image} is not published over it`,
    );
  }
}

/** Points a channel at an AMI in each region. @throws PublishFailed where AWS refuses one; others may have been written. */
export async function writeChannel(
  aws: Connection,
  parameter: string,
  values: { region: string; ami: string }[],
  description: string,
): Promise<void> {
  const write = async ({ region, ami }: { region: string; ami: string }) => {
    try {
      await writeAmiParameter(aws, region, parameter, ami, description);
    } catch (error) {
      if (!(error instanceof Failure) || error.name === 'AwsTransient') throw error;
      const message = `${parameter} was not moved, and other regions go back to what they held: ${error.message}`;
      throw new Failure('PublishFailed', message, { cause: error });
    }
  };
  await Promise.all(values.map(write));
}

/** Takes back a publish that did not complete, in each region whatever another one refuses. Repeat until nothing is left. */
export async function restoreChannel(aws: Connection, ledger: ChannelLedger): Promise<Removal> {
  if (ledger.complete) return nothingRemoved();
  const restorations = ledger.after.map(({ region }) =>
    orRefused(`${ledger.parameter} in ${region}`, () => restoreIn(aws, region, ledger)),
  );
  return together(await Promise.all(restorations));
}

async function restoreIn(aws: Connection, region: string, ledger: ChannelLedger): Promise<Removal> {
  const { parameter } = ledger;
  const removal = nothingRemoved();
  for (const { ami } of toRestore(ledger, await readChannel(aws, parameter, [region]))) {
    if (ami === undefined) await deleteParameter(aws, region, parameter);
    else await writeAmiParameter(aws, region, parameter, ami, 'restored: the build that moved it did not complete');
    removal.removed.push(
      ami === undefined ? `deleted ${parameter} in ${region}` : `restored ${parameter} = ${ami} in ${region}`,
    );
    removal.left.push(`${parameter} in ${region} (just restored)`);
  }
  return removal;
}
