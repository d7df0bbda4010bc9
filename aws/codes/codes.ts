import { ec2Codes } from './ec2-codes.ts';
import { apiCodes } from './api-codes.ts';
import type { Codes, Meaning, ServiceCodes } from './meaning.ts';

export const codeTable: Record<string, ServiceCodes> = { ...apiCodes, ec2: ec2Codes };

interface Answered {
  /** The IAM action, e.g. `ec2:CopyImage`. */
  action: string;
  code: string;
  message: string;
  /** Whether the SDK or the HTTP status blames the service. */
  serverFault: boolean;
}

const holds = (codes: Codes | undefined, code: string): Meaning | undefined =>
  (Object.entries(codes ?? {}) as [Meaning, string][]).find(([, list]) => list.split(/\s+/).includes(code))?.[0];

/** What an answer means and what to do about it. A code in no table is the service's fault or refused. */
export function readAnswer({ action, code, message, serverFault }: Answered): { is: Meaning; advice?: string } {
  const service = action.split(':')[0] ?? '';
  const { everywhere } = codeTable;
  const own = codeTable[service];
  const said = own?.messages?.find((one) => one.code === code && one.says.test(message));
  const advice = said?.advice ?? own?.advice?.[code] ?? everywhere?.advice?.[code];
  const is =
    said?.is ??
    holds(own?.at?.[action], code) ??
    holds(own?.means, code) ??
    holds(everywhere?.means, code) ??
    (serverFault || /throttl|^TooManyRequests/i.test(code) ? 'passing' : 'refused');
  return { is, ...(advice && { advice }) };
}
