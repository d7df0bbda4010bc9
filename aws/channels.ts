import { takenBack, toRestore, type ChannelLedger, type ChannelValue } from '../core/distribute/channel.ts';
import { heldByOthers, type ChannelHolder } from '../core/distribute/channel-owner.ts';
import { Failure } from '../core/errors.ts';
import type { Plan } from '../core/build/plan.ts';
import type { BuildIdentity } from '../core/tags.ts';
import { keyOf } from '../core/memory/documents.ts';
import type { Artifacts, Over } from './memory/artifacts.ts';
import { readVersioned, replace } from './memory/documents.ts';
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

/** A build's ledger with its version, which the next write must replace. */
export interface Ledger {
  known: ChannelLedger | undefined;
  over: Over;
}

export async function readLedger(artifacts: Artifacts, identity: BuildIdentity): Promise<Ledger> {
  const found = await readVersioned(artifacts, identity, 'ledger');
  return { known: found?.content, over: found ?? 'nothing' };
}

/** @throws AwsTransient if somebody else has written since the ledger was read. */
export async function writeLedger(
  artifacts: Artifacts,
  identity: BuildIdentity,
  { over }: Ledger,
  ledger: ChannelLedger,
): Promise<void> {
  if (await replace(artifacts, identity, 'ledger', ledger, over)) return;
  throw new Failure('AwsTransient', `${keyOf(identity, 'ledger')} was written by somebody else since it was read`);
}

/**
 * Marks the ledger as taken back, unless the publish is complete, so that a slow Publish can no longer complete it. With a
 * channel, a missing ledger needs no mark: Publish must write the channel first, and completes the ledger in a later look.
 */
export async function closeLedger(
  artifacts: Artifacts,
  plan: Plan,
): Promise<{ ledger: ChannelLedger | undefined; removal: Removal }> {
  const read = await readLedger(artifacts, plan);
  const { known: ledger } = read;
  const removal = nothingRemoved();
  const closed = ledger?.complete || ledger?.takenBack || (!ledger && plan.document.publish);
  if (!closed)
    await attempt(removal, keyOf(plan, 'ledger'), () => writeLedger(artifacts, plan, read, takenBack(ledger)));
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
 * Refuses to move a channel from a newer build to an older one that was stopped and resumed. Also refuses to move another
 * deployment's channel.
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

/** Points a channel at an AMI in each region. @throws PublishFailed if AWS refuses a region; others may have been written. */
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

/** Takes back an incomplete publish. A refusal in one region does not stop the others. Repeat until nothing is left. */
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
