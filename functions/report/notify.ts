import * as z from 'zod/mini';
import { readDocument } from '../../aws/memory/documents.ts';
import { isToldByWhole, variantManifests } from '../../aws/variants/ends.ts';
import { buildOfEvent } from '../../aws/work/told-builds.ts';
import { tellFailedMove } from '../../aws/moves/tell-failed-move.ts';
import { publishTo } from '../../aws/topics.ts';
import { additionAsked } from '../../core/start/addition-request.ts';
import { notificationOf } from '../../core/report/notification.ts';
import { lambda, stage } from '../stage.ts';

const text = z.nullish(z.string());

/**
 * Tells people how a build ended, and which move of a channel failed. The event of an ended execution calls it, if the deployment
 * names somebody to notify. An event that comes twice is reported twice.
 */
export const notify = stage({
  name: 'Notify',
  input: z.looseObject({
    detail: z.looseObject({
      executionArn: z.string(),
      stateMachineArn: z.string(),
      status: z.enum(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']),
      startDate: z.number(),
      stopDate: z.nullish(z.number()),
      error: z.optional(text),
      cause: z.optional(text),
    }),
  }),
  permissions: ['s3:GetObject', 'sns:Publish', 'states:DescribeExecution'],
  async run(event, cloud) {
    const { executionArn, stateMachineArn, status, startDate, stopDate, error, cause } = event.detail;
    if (stateMachineArn.endsWith('-move-channel')) return tellFailedMove(cloud, event.detail);
    const asked = additionAsked(event.detail['input']);
    if (asked?.plan) return 'nothing to tell';
    const identity = await buildOfEvent(cloud.aws, event);
    if (identity) cloud.about(identity);
    const cleanUp = stateMachineArn !== cloud.machine;
    if (identity && !cleanUp && (await isToldByWhole(cloud, event.detail, identity.build))) return 'told with all';
    const manifest = identity && (await readDocument(cloud, identity, 'manifest'));
    const ended = {
      execution: executionArn,
      cleanUp,
      status,
      startedAt: startDate,
      endedAt: stopDate ?? cloud.now().getTime(),
      identity,
      addition: asked !== undefined,
      variants: identity ? await variantManifests(cloud, identity) : [],
      error: error ?? undefined,
      cause: cause ?? undefined,
    };
    const notification = notificationOf(ended, manifest, cloud);
    if (!notification) return 'nothing to tell';
    await publishTo(cloud.aws, cloud.topic, notification);
    return notification.subject;
  },
});

export const handler = lambda(notify);
