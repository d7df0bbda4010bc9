import { MAXIMUM_RETRY_DELAY, Retry, retryMiddleware, StandardRetryStrategy } from '@smithy/core/retry';
import type { RetryToken } from '@smithy/types';
import type { Clock } from '../../clock.ts';
import type { Random } from '../../random.ts';
import type { FunctionRun } from './actions.ts';
import type { Request } from './request.ts';

// The SDK decides whether a call is tried again; the simulator decides how long it waits, on the virtual clock.

/* eslint-disable @typescript-eslint/no-explicit-any -- the clients share no type narrower than this */
/** An SDK client of any service. */
export interface AnyClient {
  config: any;
  send: any;
  /** Sends a command as the run of a function. Clients that were attached have this. */
  [sendAs]?: any;
}

export const sendAs = Symbol('send as a run of a function');

/** A request on its way. */
export interface Sent {
  request: Request;
  run: FunctionRun | undefined;
  /** The failure of the first attempt, until the retry middleware has seen it. */
  failure?: unknown;
}

/** The token of a first attempt, which costs nothing. */
export const firstToken = {
  getRetryCount: () => 0,
  getRetryDelay: () => 0,
  getRetryCost: () => undefined,
} as unknown as RetryToken;

/**
 * The SDK's retry middleware for a call whose first attempt has failed. A call that succeeds at once goes without: the middleware
 * makes an Error with its stack for every call.
 */
export function retries(
  client: AnyClient,
  send: (sent: Sent) => Promise<any>,
): (args: { input: Sent }) => Promise<any> {
  // The middleware asks for the number of attempts only for a header. The SDK would look for it in this computer's files.
  const options = { retryStrategy: client.config.retryStrategy, maxAttempts: async () => Number.NaN, logger: {} };
  return retryMiddleware(options as never)(async ({ input: sent }: any) => {
    const { failure } = sent;
    if (!failure) return send(sent);
    delete sent.failure;
    throw failure;
  }, {}) as never;
}

const clocks = new WeakMap<object, Clock>();

/** Says on which clock the SDK waits after an error. */
export function waitedOn(clock: Clock, error: unknown): unknown {
  if (typeof error === 'object' && error !== null) clocks.set(error, clock);
  return error;
}

/** The SDK's standard retry strategy, with waits on the virtual clock and jitter from `random`. */
export function retryStrategy(clock: Clock, random: Random, maxAttempts = 3): StandardRetryStrategy {
  return new VirtualRetryStrategy(clock, random, maxAttempts);
}

class VirtualRetryStrategy extends StandardRetryStrategy {
  readonly #clock: Clock;
  readonly #random: Random;
  constructor(clock: Clock, random: Random, maxAttempts: number) {
    // The SDK would sleep for its backoff in real time. It still decides whether to retry; the simulator decides how long to
    // wait.
    super({ maxAttempts, backoff: { setDelayBase: () => undefined, computeNextBackoffDelay: () => 0 } });
    this.#clock = clock;
    this.#random = random;
  }
  override async refreshRetryTokenForRetry(...[token, error]: Parameters<Refresh>): ReturnType<Refresh> {
    // This is an activity because the SDK's sleep of 0 ms takes real time, in which the clock must not move on.
    const clock = clocks.get(error.error as object) ?? this.#clock;
    const next = await clock.activity(() => super.refreshRetryTokenForRetry(token, error));
    const base = error.errorType === 'THROTTLING' ? Retry.throttlingDelay() : Retry.delay();
    const wait = Math.floor(this.#random.next() * Math.min(base * 2 ** token.getRetryCount(), MAXIMUM_RETRY_DELAY));
    if (next.$retryLog) next.$retryLog.acquisitionDelay = wait;
    await clock.sleep(wait);
    return next;
  }
}
type Refresh = StandardRetryStrategy['refreshRetryTokenForRetry'];
