import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { ImagePublished } from '../core/report/image-published.ts';
import type { SourceImageUpdated } from '../core/start/source-update.ts';
import { Failure } from '../core/errors.ts';
import { ask } from './errors.ts';
import type { Connection } from './connection.ts';

const most = 10; // entries in one call

/**
 * Puts events on the account's default bus.
 * @param machine ARN of the build state machine. All pipelines in its account and region share the bus.
 * @throws AwsTransient if EventBridge did not take all of them. Putting them again does no harm.
 */
async function putEvents(aws: Connection, machine: string, type: string, details: object[]): Promise<void> {
  const bus = aws.client(EventBridgeClient);
  for (let from = 0; from < details.length; from += most) {
    const Entries = details.slice(from, from + most).map((detail) => ({
      Source: 'golden.images',
      DetailType: type,
      Resources: [machine],
      Detail: JSON.stringify(detail),
    }));
    const answer = await ask({ action: 'events:PutEvents', region: aws.region }, () =>
      bus.send(new PutEventsCommand({ Entries })),
    );
    const refused = (answer.Entries ?? []).filter(({ ErrorCode }) => ErrorCode !== undefined);
    if (refused.length === 0) continue;
    const codes = refused.map(({ ErrorCode, ErrorMessage }) => `${ErrorCode}: ${ErrorMessage}`).join(', ');
    throw new Failure('AwsTransient', `events:PutEvents in ${aws.region} took not every event: ${codes}`);
  }
}

/** Tells of recipes whose source image changed. */
export const putSourceUpdates = (aws: Connection, machine: string, details: SourceImageUpdated[]): Promise<void> =>
  putEvents(aws, machine, 'Source Image Updated', details);

/** Tells of a published build. @param execution ARN of the build's execution, which names the machine. */
export const putImagePublished = (aws: Connection, execution: string, detail: ImagePublished): Promise<void> =>
  putEvents(
    aws,
    execution.replace(':execution:', ':stateMachine:').split(':').slice(0, 7).join(':'),
    'Image Published',
    [detail],
  );
