import { ApiError } from '../aws/calls/actions.ts';
import type { Json } from './definition.ts';
import { StateError } from './errors.ts';

interface Holder {
  succeed(output: Json): void;
  fail(error: StateError): void;
  beat(): void;
}

/** All task tokens ever created, and the tasks that still wait for them. */
export interface Tokens {
  /** Creates a token. `holder` receives its answers until `close`. */
  open(holder: Holder): { token: string; close(): void };
  /** The holder that waits for the token. @throws AWS's errors for a token that is unknown or no longer awaited. */
  holder(token: string): Holder;
}

const { floor } = Math;
const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz';

export function createTokens(random: () => number): Tokens {
  const holders = new Map<string, Holder | undefined>();
  return {
    open(holder) {
      let token = 'AQ';
      for (let i = 0; i < 60; i++) token += DIGITS[floor(random() * 36)];
      token += holders.size;
      holders.set(token, holder);
      return { token, close: () => holders.set(token, undefined) };
    },
    holder(token) {
      if (!holders.has(token)) throw new ApiError('InvalidToken', `Invalid Token: '${token}'`);
      const holder = holders.get(token);
      if (!holder) throw new ApiError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
      return holder;
    },
  };
}
