import type { PublishInput } from '@aws-sdk/client-sns';
import { ApiError, type Actions } from '../calls/actions.ts';
import type { Clock } from '../../clock.ts';
import { uuid } from '../keys.ts';
import { required, strict } from '../calls/strict.ts';

/** A message that a topic delivered. */
export interface Mail {
  /** ISO 8601, virtual. */
  at: string;
  /** ARN. */
  topic: string;
  subject: string;
  text: string;
}

/**
 * The part of SNS that publishes messages to the account's own topics. It checks subjects as SNS does.
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export function snsActions(clock: Clock, topics: string[]): { actions: Actions; mails: Mail[] } {
  const mails: Mail[] = [];
  const Publish = strict(
    'sns:Publish',
    'TopicArn Subject Message',
    ({ TopicArn, Subject = '', Message }: PublishInput) => {
      const topic = required(TopicArn, 'TopicArn', 'InvalidParameterException');
      const text = required(Message, 'Message', 'InvalidParameterException');
      if (!topics.includes(topic)) throw new ApiError('NotFoundException', 'Topic does not exist');
      if (!/^[A-Za-z0-9!-/:-@[-`{-~][\x20-\x7e]{0,98}$/.test(Subject))
        throw new ApiError('InvalidParameterException', 'Invalid parameter: Subject');
      if (text === '') throw new ApiError('InvalidParameterException', 'Invalid parameter: Empty message');
      if (Buffer.byteLength(text) > 262_144)
        throw new ApiError('InvalidParameterException', 'Invalid parameter: Message too long');
      mails.push({ at: new Date(clock.now()).toISOString(), topic, subject: Subject, text });
      return { MessageId: uuid('mail', mails.length) };
    },
  );
  return { actions: { Publish }, mails };
}
