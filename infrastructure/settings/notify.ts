import { arn, type Text } from '../cloudformation.ts';

/** The people who are notified of how builds end and of alarms: an SNS topic of theirs, or an e-mail address. */
export type Notified = { topic: string; address?: never } | { address: string; topic?: never } | undefined;

/** @param notify The setting: `off`, a topic's ARN or an e-mail address. */
export function whomToNotify(notify: unknown): Notified {
  const text = String(notify);
  if (text === 'off') return undefined;
  if (/^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w.-]+$/.test(text)) return { topic: text };
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) return { address: text };
  throw new Error(`notify must be off, the ARN of an SNS topic or an e-mail address, not "${text}".`);
}

export const ownTopic = (name: string): string => `${name}-notifications`;

/** The topic's ARN. If nobody is notified, the ARN that the topic would have. */
export const topicArn = (whom: Notified, name: string): Text =>
  whom?.topic ?? arn('sns:${AWS::Region}:${AWS::AccountId}:' + ownTopic(name));
