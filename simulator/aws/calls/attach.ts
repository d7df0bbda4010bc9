import { MAXIMUM_RETRY_DELAY, Retry, StandardRetryStrategy } from '@smithy/core/retry';
import { getSchemaSerdePlugin } from '@smithy/core/schema';
import { AsyncLocalStorage } from 'node:async_hooks';
import { ApiError, ConnectionLost, type Actions, type Caller } from './actions.ts';
import type { Clock } from '../../clock.ts';
import type { Random } from '../../random.ts';

/** Actions by service. Services have the names that IAM and scenarios use: `ec2`, `ssm`, `s3`, `sfn`, `eventbridge`, `kms`. */
export type Services = Record<string, Actions>;

/** One attempt of one call, as CloudTrail would record it. */
export interface RecordedCall {
  /** Virtual milliseconds since the epoch. */
  at: number;
  service: string;
  action: string;
  account: string;
  region: string;
  params: unknown;
  error?: string;
  /** The function that made the call, and the answer; absent for calls outside of functions. */
  by?: string;
  answer?: unknown;
}

/** One run of a function. After its sandbox is killed, none of its calls reaches AWS. */
export interface FunctionRun {
  name: string;
  payload: unknown;
  killed?: boolean;
}

const functions = new AsyncLocalStorage<FunctionRun | undefined>();

/** Runs a function's work. All its calls are recorded under its name, even late ones. */
export const actingAs = <T>(run: FunctionRun | undefined, work: () => T): T => functions.run(run, work);

/** The function whose work is running. */
export const acting = (): FunctionRun | undefined => functions.getStore();

export interface AttachOptions {
  /** Every attempt is appended here. */
  calls?: RecordedCall[];
  /** Seconds a call takes. */
  latency?: (service: string, action: string, region: string) => number;
}

/* eslint-disable @typescript-eslint/no-explicit-any -- the clients share no type narrower than this */
export interface AnyClient {
  config: any;
  middlewareStack: any;
}

/**
 * Makes a real SDK client talk to `services` instead of the network. Serialization, idempotency tokens, checksums and retries
 * stay the SDK's own. The simulator replaces signing and sending, below the retry middleware, so it sees every attempt.
 */
export function attach<Client extends AnyClient>(
  client: Client,
  services: Services,
  caller: Caller,
  clock: Clock,
  options: AttachOptions = {},
): Client {
  let requests = 0;
  // The SDK resolves credentials before it retries; a simulated client must never look for a real account's.
  client.config.credentials = async () => ({ accessKeyId: 'SIMULATED', secretAccessKey: 'SIMULATED' });
  lighten(client);
  client.middlewareStack.add((next: any) => (args: any) => next({ ...args, simulatorInput: { ...args.input } }), {
    step: 'initialize',
    name: 'simulatorInput',
    override: true,
  });
  client.middlewareStack.addRelativeTo(
    (_next: unknown, context: any) => async (args: any) => {
      const service = String(context.clientName)
        .replace(/Client$/, '')
        .toLowerCase();
      const name = String(context.commandName).replace(/Command$/, '');
      const action = services[service]?.[name];
      if (!action) throw new Error(`the simulator does not know ${service}:${name}`);
      const run = acting();
      if (run?.killed) throw new Error(`${run.name} was killed before it could call ${service}:${name}`);
      const requestId = `00000000-0000-4000-8000-${String(++requests).padStart(12, '0')}`;
      const call: RecordedCall = {
        at: clock.now(),
        service,
        action: name,
        ...caller,
        params: copy(args.simulatorInput),
      };
      if (run) call.by = run.name;
      options.calls?.push(call);
      const seconds = options.latency?.(service, name, caller.region) ?? 0;
      if (seconds > 0) await clock.sleep(seconds * 1000);
      try {
        const result = copy(
          action({ ...generatedToken(args.request), ...copy(args.simulatorInput) }, caller),
        ) as object;
        if (run) call.answer = result;
        return { output: { ...result, $metadata: { httpStatusCode: 200, requestId } }, response: {} };
      } catch (error) {
        if (error instanceof ConnectionLost) call.error = error.code;
        if (!(error instanceof ApiError)) throw error;
        call.error = error.code;
        throw asServiceException(client, error, requestId);
      }
    },
    { relation: 'after', toMiddleware: 'retryMiddleware', name: 'simulator', override: true },
  );
  return client;
}

/** Middleware that only adds headers for sending. Nothing is sent here. */
const dressing = ['contentLength', 'getUserAgent', 'hostHeader', 'recursionDetection'];

/** Removes work that the SDK repeats for every call without any effect here. It took half of a simulated build's time. */
function lighten(client: AnyClient): void {
  for (const name of dressing) client.middlewareStack.remove(`${name}Middleware`);
  // With this, all calls of one command go through one chain, and share the context of the first call.
  client.config.cacheMiddleware = true;
  // The SDK spreads its configuration twice per call. An object built key by key is slow to spread; this copy is fast.
  client.config = { ...client.config };
  client.middlewareStack.use(getSchemaSerdePlugin(client.config));
}

/** The token that the SDK generated for a request without one. A call has one token, so EC2 sees its attempts as one request. */
function generatedToken(request: { body?: unknown }): { ClientToken?: string } {
  if (typeof request.body !== 'string') return {};
  const [, token] = /^Action=.*&ClientToken=([^&]+)/s.exec(request.body) ?? [];
  return token === undefined ? {} : { ClientToken: decodeURIComponent(token) };
}

/**
 * The exception that the SDK would have deserialized: the modelled class if the service has one, else the service's base class.
 */
function asServiceException(client: AnyClient, error: ApiError, requestId: string): Error {
  const registry = client.config.protocol.compositeErrorRegistry;
  const schema =
    registry.find((known: any) => Array.isArray(known) && known[0] === -3 && known[2] === error.code) ??
    registry.getBaseException();
  const ServiceException = registry.getErrorCtor(schema);
  return new ServiceException({
    name: error.code,
    message: error.message,
    $fault: error.status < 500 ? 'client' : 'server',
    $metadata: { httpStatusCode: error.status, requestId },
  });
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
    const next = await this.#clock.activity(() => super.refreshRetryTokenForRetry(token, error));
    const base = error.errorType === 'THROTTLING' ? Retry.throttlingDelay() : Retry.delay();
    const wait = Math.floor(this.#random.next() * Math.min(base * 2 ** token.getRetryCount(), MAXIMUM_RETRY_DELAY));
    if (next.$retryLog) next.$retryLog.acquisitionDelay = wait;
    await this.#clock.sleep(wait);
    return next;
  }
}
type Refresh = StandardRetryStrategy['refreshRetryTokenForRetry'];

// Every call of every simulation uses these globals. They are looked up once because under Jest each look-up crosses into another
// context.
const { isArray } = Array;
const { getPrototypeOf, prototype } = Object;

/** A deep copy of plain data; streams (an S3 body) are passed unchanged. */
function copy<T>(value: T): T {
  if (value === null || typeof value !== 'object') return value;
  if (isArray(value)) return value.map(copy) as T;
  if (getPrototypeOf(value) !== prototype) return value instanceof Date ? (new Date(value) as T) : value;
  const result: Record<string, unknown> = {};
  for (const key in value) {
    const member = copy(value[key]);
    if (member !== undefined) result[key] = member;
  }
  return result as T;
}
