import { ec2Codes } from './ec2-codes.ts';
import { apiCodes } from './api-codes.ts';

/**
 * What an error code of AWS says about a call. `passing`: come back in seconds. `later`: come back in minutes, for hours.
 * `capacity`: another place may have room. `not yet`: AWS does not know everywhere what we have just made or changed. `gone`:
 * there is no such thing. `answer`: what the caller wanted to know. `refused`: it would be refused again.
 */
export type Meaning = 'passing' | 'later' | 'capacity' | 'not yet' | 'gone' | 'answer' | 'refused';

/** Codes by what they mean, separated by white space. */
type Codes = Partial<Record<Meaning, string>>;

/** A service's error codes. */
export interface ServiceCodes {
  means: Codes;
  /** Calls for which a code means something else. */
  at?: Record<string, Codes>;
  /** Codes whose message decides. */
  messages?: { code: string; says: RegExp; is?: Meaning; advice?: string }[];
  /** What to do about a code that is refused. */
  advice?: Record<string, string>;
}

export const codeTable: Record<string, ServiceCodes> = { ...apiCodes, ec2: ec2Codes };

interface Answered {
  /** The IAM action, e.g. `ec2:CopyImage`. */
  action: string;
  code: string;
  message: string;
  /** Whether the SDK or the HTTP status says that it is the service's fault. */
  serverFault: boolean;
}

const holds = (codes: Codes | undefined, code: string): Meaning | undefined =>
  (Object.entries(codes ?? {}) as [Meaning, string][]).find(([, list]) => list.split(/\s+/).includes(code))?.[0];

/** What an answer means and what to do about it. A code that no table has is the service's fault, or it is refused. */
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
