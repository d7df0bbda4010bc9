import * as z from 'zod/mini';
import { readArtifact } from '../../aws/artifacts.ts';
import { inputOf } from '../../aws/executions.ts';
import { publishTo } from '../../aws/topics.ts';
import { buildIn } from '../../core/claimed-build.ts';
import type { Manifest } from '../../core/manifest.ts';
import { notificationOf } from '../../core/notification.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { lambda, stage, type Cloud } from '../stage.ts';

const text = z.nullish(z.string());

const told = z.looseObject({ detail: z.looseObject({ executionArn: z.string() }) });

/** The build that the event of an execution is about. The execution itself says so where the event had no room for its input. */
async function buildOf(cloud: Cloud, event: z.infer<typeof told>): Promise<BuildIdentity | undefined> {
  const { recipe, build } = buildIn(event);
  if (recipe && build) return { recipe, build };
  if (typeof event.detail['input'] === 'string') return undefined;
  const input = await inputOf(cloud.aws, event.detail.executionArn);
  if (input === undefined) return undefined;
  // A clean-up is started with the event of the build that died.
  const ofBuild = z.safeParse(told, input);
  return buildOf(cloud, ofBuild.success ? ofBuild.data : { detail: { ...event.detail, input: JSON.stringify(input) } });
}

/**
 * Called by the event of an execution that has ended, where the deployment names somebody to notify: tells them what became of
 * the build. An event that comes twice is told twice.
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
    const identity = await buildOf(cloud, event);
    if (identity) cloud.about(identity);
    const manifest = identity && (await readArtifact<Manifest>(cloud, identity, 'manifest.json'));
    const ended = {
      execution: executionArn,
      cleanUp: stateMachineArn !== cloud.machine,
      status,
      startedAt: startDate,
      endedAt: stopDate ?? cloud.now().getTime(),
      identity,
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
