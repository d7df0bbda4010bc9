import { needsClosing, takenBack, type ChannelLedger, type ChannelValue } from '../core/distribute/channel.ts';
import { ledgerSeen, ledgerWith } from '../core/addition/ledger.ts';
import {
  heldAgainst,
  knownBefore,
  knownHolder,
  type ChannelHolder,
  type HoldingBuild,
} from '../core/distribute/channel-owner.ts';
import { parameterOfPlace, onlyPlace, type Place } from '../core/distribute/place.ts';
import { Failure, lastingFailure } from '../core/errors.ts';
import type { Plan } from '../core/build/plan.ts';
import type { BuildIdentity } from '../core/tags.ts';
import { keyOf } from '../core/memory/documents.ts';
import type { Artifacts, Over } from './memory/artifacts.ts';
import { readVersioned, replace } from './memory/documents.ts';
import type { Connection } from './connection.ts';
import { restoredDescription, versionDescription } from '../core/publish/parameter-version.ts';
import { deleteParameter, readParameter, writeAmiParameter } from './parameters.ts';
import { describeImage } from './images/images.ts';

/** What a channel holds in each place. */
export const readChannel = (aws: Connection, parameter: string, places: readonly Place[]): Promise<ChannelValue[]> =>
  Promise.all(
    places.map(async (one) => {
      const ami = await readParameter(aws, one.region, parameterOfPlace(parameter, one));
      return ami === undefined ? onlyPlace(one) : { ...onlyPlace(one), ami };
    }),
  );

/** A build's ledger with its version, which the next write must replace. */
export interface Ledger {
  /** As the execution sees it: see ledgerSeen. */
  known: ChannelLedger | undefined;
  whole: ChannelLedger | undefined;
  over: Over;
}

export async function readLedger(artifacts: Artifacts, identity: BuildIdentity): Promise<Ledger> {
  const found = await readVersioned(artifacts, identity, 'ledger');
  return { known: found?.content, whole: found?.content, over: found ?? 'nothing' };
}

/** The ledger as the execution of a plan sees it. */
export const ledgerOfPlan = ({ whole, over }: Ledger, { adds }: Pick<Plan, 'adds'>): Ledger => ({
  known: ledgerSeen(whole, adds),
  whole,
  over,
});

/** @throws AwsTransient if somebody else has written since the ledger was read. */
export async function writeLedger(
  artifacts: Artifacts,
  plan: Pick<Plan, 'recipe' | 'build' | 'adds'>,
  { over, whole }: Ledger,
  ledger: ChannelLedger,
): Promise<void> {
  if (await replace(artifacts, plan, 'ledger', ledgerWith(whole, plan.adds, ledger), over)) return;
  throw new Failure('AwsTransient', `${keyOf(plan, 'ledger')} was written by somebody else since it was read`);
}

/** Marks the ledger as taken back where that is needed. @returns the ledger as it was read, and AWS's refusal of the mark. */
export async function closeLedger(
  artifacts: Artifacts,
  plan: Plan,
): Promise<{ ledger: ChannelLedger | undefined; refused: string[] }> {
  const read = ledgerOfPlan(await readLedger(artifacts, plan), plan);
  const { known: ledger } = read;
  if (!needsClosing(ledger, plan.channel !== undefined)) return { ledger, refused: [] };
  try {
    await writeLedger(artifacts, plan, read, takenBack(ledger));
    return { ledger, refused: [] };
  } catch (error) {
    return { ledger, refused: [`${keyOf(plan, 'ledger')}: ${lastingFailure(error).message}`] };
  }
}

/** The images that a channel holds, with their tags. EC2 is not asked about those of a known build. */
export async function holdersOf(
  aws: Connection,
  values: ChannelValue[],
  known?: HoldingBuild,
): Promise<ChannelHolder[]> {
  const held = values.flatMap(({ ami, ...at }) => (ami === undefined ? [] : [{ ...onlyPlace(at), ami }]));
  return Promise.all(
    held.map(async (value) => {
      const tags = async () => (await describeImage(aws, value.region, value.ami))?.tags ?? {};
      return knownHolder(value, known) ?? { ...value, tags: await tags() };
    }),
  );
}

/** @throws PublishFailed if the channel holds an image that the build must not be published over. */
export async function refuseSuperseded(
  aws: Connection,
  plan: Plan,
  parameter: string,
  values: ChannelValue[],
): Promise<void> {
  const against = heldAgainst(plan, parameter, await holdersOf(aws, values, knownBefore(plan, plan.replaces)));
  if (against !== undefined) throw new Failure('PublishFailed', against);
}

/** Points a channel at a build's AMI in each place. @throws PublishFailed if AWS refuses a place; others may have been written. */
export async function writeChannel(
  aws: Connection,
  channel: string,
  values: (Place & { ami: string })[],
  identity: BuildIdentity,
): Promise<void> {
  const write = async ({ region, id, ami }: Place & { ami: string }) => {
    const parameter = parameterOfPlace(channel, { id });
    try {
      await writeAmiParameter(aws, region, parameter, ami, versionDescription(identity, ami));
    } catch (error) {
      const failure = lastingFailure(error);
      const message = `${parameter} was not moved, and other regions go back to what they held: ${failure.message}`;
      throw new Failure('PublishFailed', message, { cause: failure });
    }
  };
  await Promise.all(values.map(write));
}

/** Gives a channel's parameter back what it held. A value that is absent means that there was no parameter. */
export async function restoreParameter(
  aws: Connection,
  region: string,
  parameter: string,
  ami: string | undefined,
  why: string,
): Promise<void> {
  if (ami === undefined) return deleteParameter(aws, region, parameter);
  const tags = (await describeImage(aws, region, ami))?.tags;
  await writeAmiParameter(aws, region, parameter, ami, restoredDescription(tags, ami, why));
}
