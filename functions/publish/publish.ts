import * as z from 'zod/mini';
import { publishOnce, publishOncePermissions } from '../../aws/channel/publish-once.ts';
import { freeChannel } from '../../aws/channel/publishing.ts';
import { ledgerOfPlan, readLedger } from '../../aws/channels.ts';
import { awaitOthers } from '../../aws/variants/together.ts';
import { readOwnPlan } from '../../aws/memory/locks.ts';
import { onlyPlace } from '../../core/distribute/place.ts';
import { fixedWaits } from '../../core/build/fixed-waits.ts';
import { buildReference, lambda, stage, verifiedTargets } from '../stage.ts';
import { wait, type LookResult } from '../wait.ts';
import { trial } from '../stage-of-plan.ts';

/**
 * Points the channel at the image in every verified target region, makes the versions of launch templates that the recipe names,
 * and reads all of it back. The channel's document keeps other moves away meanwhile.
 */
const publishing = wait({
  name: 'Publish',
  input: z.looseObject({ build: buildReference, ...verifiedTargets }),
  permissions: publishOncePermissions,
  bounds: ({ build }) => (build.variantOf === undefined ? fixedWaits.Publish : fixedWaits.PublishTogether),
  async look({ build: own, targets, copiedTo, again }, cloud): Promise<LookResult<object>> {
    // Read the ledger before the owner: if a clean-up writes the ledger after this read, this publish can no longer complete it.
    const ledgerNow = await readLedger(cloud, own);
    const plan = await readOwnPlan(cloud, own);
    const read = ledgerOfPlan(ledgerNow, plan);
    const { channel: parameter } = plan;
    const publishedAt = cloud.now().toISOString();
    const done = { done: parameter ? { written: true, parameter, publishedAt } : { written: false, publishedAt } };
    if (read.known?.complete) return freeChannel(cloud, { plan, own }).then(() => done);
    const others = own.variantOf === undefined ? undefined : await awaitOthers(cloud, own, 'ready');
    if (others !== undefined) return { waiting: others };
    const made = targets.flatMap(({ ami, snapshots, error, ...at }) =>
      ami && error === undefined ? [{ ...onlyPlace(at), ami, snapshots }] : [],
    );
    const waiting = await publishOnce(cloud, { plan, own, read, now: cloud.now() }, { made, copiedTo }, !again);
    return waiting === undefined ? done : { waiting };
  },
});

const isTrial = (input: object): input is z.infer<typeof trial> => 'rehearsal' in input;

/** The same, or for plan-build only the question whether EC2 would let it. */
export const publish = stage({
  ...publishing,
  input: z.union([trial, publishing.input]),
  async run(input, cloud): Promise<object | string> {
    if (!isTrial(input)) return publishing.run(input, cloud);
    const { tryPublish } = await import('../../aws/forecast/publish-trial.ts');
    return tryPublish(cloud.aws, input);
  },
});

export const handler = lambda(publish);
