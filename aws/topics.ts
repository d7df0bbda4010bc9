import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Notification } from '../core/report/notification.ts';
import { ask } from './errors.ts';
import type { Connection } from './connection.ts';

/** Sends a message to all subscribers of a topic. A message sent twice arrives twice. @param topic ARN. */
export async function publishTo(aws: Connection, topic: string, { subject, text }: Notification): Promise<void> {
  const { region } = aws;
  await ask({ action: 'sns:Publish', region, about: topic }, () =>
    aws.client(SNSClient).send(new PublishCommand({ TopicArn: topic, Subject: subject, Message: text })),
  );
}
