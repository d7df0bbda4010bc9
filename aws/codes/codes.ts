import { ec2Codes } from './ec2-codes.ts';
import { apiCodes } from './api-codes.ts';

/**
 * What an AWS error code means for a call. `passing`: retry in seconds. `later`: retry every few minutes, for hours. `capacity`:
 * another place may have room. `not yet`: AWS does not yet see our latest change everywhere. `gone`: the thing does not exist.
 * `answer`: the code is what the caller wanted to know. `refused`: a retry would be refused again.
 */
export type Meaning = 'passing' | 'later' | 'capacity' | 'not yet' | 'gone' | 'answer' | 'refused';

/** Codes by meaning, separated by white space. */
type Codes = Partial<Record<Meaning, string>>;

/** A service's error codes. */
export interface ServiceCodes {
  means: Codes;
  /** Calls for which a code has another meaning. */
  at?: Record<string, Codes>;
  /** Codes whose meaning depends on the message. */
  messages?: { code: string; says: RegExp; is?: Meaning; advice?: string }[];
  /** What the user should do about a refused code. */
  advice?: Record<string, string>;
}

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
