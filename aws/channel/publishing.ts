import { channelOf, publishMove } from '../../core/channel/channel-moves.ts';
import { isRevoked, saysRevoked } from '../../core/channel/revocation.ts';
import { heldContent, saysHeld } from '../../core/channel/held-content.ts';
import type { RunningBuild } from '../../core/build/identity.ts';
import type { Plan } from '../../core/build/plan.ts';
import { ledgerOf, type ChannelLedger, type ChannelValue } from '../../core/distribute/channel.ts';
import { inPlace, placeName } from '../../core/distribute/place.ts';
import { happened, type ChannelRecord } from '../../core/channel/channel-record.ts';
import type { LedgerTemplate } from '../../core/publish/ledger-template.ts';
import { Failure } from '../../core/errors.ts';
import { writeLedger, type Ledger } from '../channels.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { beginMove, finishMove } from '../memory/channel-records.ts';
import { readDocument } from '../memory/documents.ts';

/** What the functions here call, apart from the channel's parameters. */
export const publishPermissions = ['s3:GetObject', 's3:PutObject', 'states:DescribeExecution'];

/** A publish that is about to write its channel. */
interface Publishing {
  plan: Plan;
  own: RunningBuild;
  read: Ledger;
  now: Date;
  templates: LedgerTemplate[];
}

/**
 * Takes the channel and writes the ledger, before a build writes the channel's parameters.
 * @returns what the build waits for. Undefined if it may write now.
 * @throws PublishFailed if somebody has taken the build's content back from the channel while the build ran.
 */
export async function beginPublish(
  artifacts: Artifacts,
  { plan, own, read: before, now, templates }: Publishing,
  current: ChannelValue[],
  { after, accounts }: Pick<ChannelLedger, 'after' | 'accounts'>,
): Promise<string | undefined> {
  const { channel: parameter = '' } = plan;
  const about = channelOf(plan);
  if (!about) return undefined;
  const lock = { parameter, execution: own.execution.id, now: current };
  const begun = await beginMove(artifacts, about, lock, (settled, record) => {
    refuseMoved(plan, settled, record);
    const held = plan.trigger && heldContent(record, plan.digest);
    if (held) throw new Failure('PublishFailed', `${plan.image} is not published: ${saysHeld(held)}`);
    const ledger = ledgerOf(before.known, parameter, settled, after, templates, accounts);
    return publishMove(plan, own.execution.id, now, ledger.before, ledger, record);
  });
  if ('waiting' in begun) return begun.waiting;
  await writeLedger(
    artifacts,
    plan,
    before,
    ledgerOf(before.known, parameter, begun.move.before, after, templates, accounts),
  );
  return undefined;
}

/** @throws PublishFailed if somebody has revoked the published build that is to get further targets. */
export async function refuseRevokedImage(artifacts: Artifacts, { recipe, build, image }: Plan): Promise<void> {
  const revocation = await readDocument(artifacts, { recipe, build }, 'revocation');
  if (!isRevoked(revocation)) return;
  throw new Failure('PublishFailed', `${image} goes to no further targets: ${saysRevoked(build, revocation)}`);
}

/** @throws PublishFailed if the channel no longer holds the published build that is to get further targets. */
function refuseMoved({ image, channel, adds }: Plan, now: ChannelValue[], record: ChannelRecord | undefined): void {
  if (!adds) return;
  const last = record?.moves.findLast(happened);
  const moved = adds.published.filter((one) => inPlace(now, one)?.ami !== one.ami);
  if (moved.length === 0) return;
  const where = moved.map(placeName).join(', ');
  const by = last ? `; ${last.who} moved it last, to ${last.to.build}` : '';
  const message = `${channel} no longer holds ${image} in ${where}${by}, so its new images are not published there`;
  throw new Failure('PublishFailed', message);
}

/** Completes the ledger, from which moment on the image is published, and then frees the channel. */
export async function completePublish(
  artifacts: Artifacts,
  { plan, own, read: before, now }: Omit<Publishing, 'templates'>,
  ledger: ChannelLedger,
): Promise<void> {
  await writeLedger(artifacts, plan, before, { ...ledger, complete: true });
  const about = channelOf(plan);
  if (!about) return;
  const record = await readDocument(artifacts, about, 'channel');
  const move = publishMove(plan, own.execution.id, now, ledger.before, ledger, record);
  await finishMove(artifacts, about, { parameter: ledger.parameter, move });
}

/** Frees the channel, if this execution completed the ledger and died before it could free the channel. */
export async function freeChannel(
  artifacts: Artifacts,
  { plan, own }: Pick<Publishing, 'plan' | 'own'>,
): Promise<void> {
  const about = channelOf(plan);
  const underway = about && (await readDocument(artifacts, about, 'channel'))?.underway;
  if (about && underway?.execution === own.execution.id)
    await finishMove(artifacts, about, { parameter: plan.channel ?? '', move: underway });
}
