import type { RunningBuild } from '../../core/build/identity.ts';
import type { Plan } from '../../core/build/plan.ts';
import { ledgerOf, type ChannelLedger, type ChannelValue } from '../../core/distribute/channel.ts';
import { targetName } from '../../core/accounts/account-copies.ts';
import type { FoundCopy } from '../../core/accounts/account-ledger.ts';
import { inPlace, onlyPlace } from '../../core/distribute/place.ts';
import { lookIntoAccounts, writeAccountChannels } from './account-channels.ts';
import { readChannel, refuseSuperseded, writeChannel, type Ledger } from '../channels.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { awaitOthers } from '../variants/together.ts';
import {
  saysBehind,
  seeTemplates,
  templatePermissions,
  templatesBehind,
  writeTemplates,
  type PublishedTemplate,
} from './publish-templates.ts';
import { markImages, saysUnmarked, unmarked } from './publish-watermarks.ts';
import { beginPublish, completePublish, publishPermissions, refuseRevokedImage } from './publishing.ts';

/** What publishOnce calls. */
export const publishOncePermissions = [
  ...publishPermissions,
  ...templatePermissions,
  'ssm:GetParameter',
  'ssm:PutParameter',
  'ec2:AttachImageWatermark',
  'ec2:DescribeImages',
  'sts:AssumeRole',
];

function saysMissing(
  parameter: string,
  behind: (ChannelValue & { account?: string })[],
  unready: PublishedTemplate[],
): string[] {
  const list = behind.map(({ ami, ...at }) => `${ami} in ${targetName(at)}`).join(', ');
  const dropped = 'Parameter Store drops an AMI id that it cannot describe';
  const held = list ? [`${parameter} was written but does not hold ${list} yet; ${dropped}`] : [];
  return [...held, ...unready.map(saysBehind)];
}

/**
 * Does the next part of a publish: writes the ledger, writes what is not yet as the ledger says, or completes the ledger. The old
 * values are written down first, so that Compensate can take back any publish that does not complete.
 * @param made The images that this execution publishes. `copiedTo` are their copies in other accounts.
 * @param writes Whether to write again what has not arrived.
 * @returns what it waits for. Undefined if the image is published.
 */
export async function publishOnce(
  artifacts: Artifacts,
  { plan, own, read, now }: { plan: Plan; own: RunningBuild; read: Ledger; now: Date },
  { made, copiedTo }: { made: ChannelLedger['after']; copiedTo: FoundCopy[] },
  writes: boolean,
): Promise<string | undefined> {
  const { aws } = artifacts;
  if (plan.adds) await refuseRevokedImage(artifacts, plan);
  const { channel: wanted, channel: parameter = '' } = plan;
  const after = [...(plan.adds?.published ?? []), ...made];
  // What was published before keeps its launch templates as they are.
  const templates = await seeTemplates(aws, plan, read.known, made);
  const entries = templates.map(({ entry }) => entry);
  const publishing = { plan, own, read, now, templates: entries };
  const current = wanted ? await readChannel(aws, parameter, after.map(onlyPlace)) : [];
  const there = await lookIntoAccounts(aws, plan, read.known, copiedTo);
  const ledger = ledgerOf(read.known, parameter, current, after, entries, there.accounts);
  const begun = JSON.stringify(ledger) === JSON.stringify(read.known);
  const behind = after.filter((one) => inPlace(current, one)?.ami !== one.ami);
  // Without a channel nothing points at the image, but from here on others may use it and it is no longer undone.
  const others = begun || !wanted ? undefined : await beginPublish(artifacts, publishing, current, ledger);
  if (others !== undefined) return others;
  const unready = templatesBehind(templates);
  const bare = await unmarked(aws, plan, made);
  if (wanted && behind.length + there.behind.length + unready.length + bare.length > 0) {
    // Parameter Store takes seconds to accept an AMI id. What does not arrive is written again by the next call only.
    if (writes) {
      const held = current.filter((one) => inPlace(behind, one));
      await refuseSuperseded(aws, plan, parameter, held);
      // First, since accounts with Allowed AMIs could not launch what the channel points at.
      await markImages(aws, plan, bare);
      await writeChannel(aws, parameter, behind, plan);
      await writeAccountChannels(aws, plan, there.behind);
      await writeTemplates(aws, plan, unready);
    }
    const missing = saysMissing(parameter, [...behind, ...there.behind], unready);
    return [...bare.map(saysUnmarked), ...missing].join('\n');
  }
  if (wanted && !begun) return `${parameter} holds the image; the next look writes down that it is published`;
  // The image is published once this ledger is complete, or once the last variant has written that its channel holds the image.
  const unwritten = own.variantOf === undefined ? undefined : await awaitOthers(artifacts, own, 'written');
  if (unwritten !== undefined) return unwritten;
  await completePublish(artifacts, publishing, ledger);
  return undefined;
}
