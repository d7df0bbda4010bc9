import type { StateReason } from '@aws-sdk/client-ec2';

/** Why EC2 says that something is in its state: the code, which can be searched for, and the message, which often begins with it. */
export function told({ Code = '', Message = '' }: StateReason): string {
  if (Message === '' || Message.startsWith(Code)) return Message || Code;
  return `${Code}: ${Message}`;
}
