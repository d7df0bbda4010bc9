import type { StateReason } from '@aws-sdk/client-ec2';

/** EC2's reason for a state: the code, which can be searched for, and the message, which often begins with the code. */
export function reasonText({ Code = '', Message = '' }: StateReason): string {
  if (Message === '' || Message.startsWith(Code)) return Message || Code;
  return `${Code}: ${Message}`;
}
