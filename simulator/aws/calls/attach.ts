import type { RetryStrategyV2 } from '@smithy/types';
import type { Connection } from '../../../aws/connection.ts';
import {
  ApiError,
  ConnectionLost,
  withoutStack,
  type Action,
  type Actions,
  type Caller,
  type FunctionRun,
} from './actions.ts';
import type { Clock } from '../../clock.ts';
import { requests, type Operation, type Request } from './request.ts';
import { firstToken, retries, sendAs, waitedOn, type AnyClient, type Sent } from './retries.ts';

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
  /** The function that made the call; absent for calls outside of functions. */
  by?: string;
  /** ARN of the role whose credentials the call carries, if it was assumed. */
  role?: string;
  /** The answer to a function, if answers are kept. */
  answer?: unknown;
}

interface AttachOptions {
  /** Every attempt is appended here. */
  calls?: RecordedCall[];
  /** Whether recorded calls keep their answers, which take more memory than all else. Default false. */
  answers?: boolean | undefined;
  /** Seconds a call takes. */
  latency?: (service: string, action: string, region: string) => number;
}

/* eslint-disable @typescript-eslint/no-explicit-any -- the clients share no type narrower than this */
/**
 * Makes a real SDK client talk to `services` instead of the network. It takes commands in place of the client's `send`, so the SDK
 * neither serializes, nor signs, nor sends: `requests` says what the SDK would have refused. Retries stay the SDK's own.
 */
export function attach<Client extends AnyClient>(
  client: Client,
  services: Services,
  caller: Caller,
  clock: Clock,
  options: AttachOptions = {},
): Client {
  const service = client.constructor.name.replace(/Client$/, '').toLowerCase();
  const wire: Wire = { client, service, services, caller, clock, options, sent: 0 };
  const operations = new Map<Operation, (input: unknown, run?: FunctionRun) => Promise<unknown>>();
  client[sendAs] = (command: Command, run?: FunctionRun) => {
    const known = operations.get(command.schema) ?? answering(wire, command.schema);
    operations.set(command.schema, known);
    return known(command.input, run);
  };
  client.send = (command: Command, ...more: unknown[]) => {
    if (more.length > 0) throw new Error('the simulator does not implement options of a call');
    return client[sendAs]!(command);
  };
  return client;
}

interface Command {
  schema: Operation;
  input: unknown;
}

/** What the calls of one client have in common. */
interface Wire {
  client: AnyClient;
  service: string;
  services: Services;
  caller: Caller;
  clock: Clock;
  options: AttachOptions;
  /** The number of requests so far. */
  sent: number;
}

/** The same connection for one run of a function. Its calls are recorded under its name, even late ones, and wait on its clock. */
export function clientsOf(run: FunctionRun, connection: Connection): Connection {
  const clients = new Map<object, object>();
  return {
    region: connection.region,
    client(kind, region, attempts) {
      const shared = connection.client(kind, region, attempts) as AnyClient;
      const known = clients.get(shared);
      if (known) return known as never;
      const own = Object.create(shared) as AnyClient;
      own.send = (command: Command) => shared[sendAs]!(command, run);
      clients.set(shared, own);
      return own as never;
    },
    as: (credentials) => clientsOf(run, connection.as(credentials)),
  };
}

/** Answers all calls of one operation. */
function answering(wire: Wire, operation: Operation): (input: unknown, run?: FunctionRun) => Promise<unknown> {
  const { client, service, services } = wire;
  const name = String(operation[2]);
  const requested = requests(`${service}:${name}`, operation);
  const send = ({ request, run }: Sent): Promise<any> => {
    const action = services[service]?.[name];
    if (!action) throw new Error(`the simulator does not know ${service}:${name}`);
    return attempt(wire, { service, name, action, run, ...request });
  };
  let strategy: RetryStrategyV2 | undefined;
  const retry = retries(client, send);
  return async (input, run) => {
    const request = requested(input);
    strategy ??= (await client.config.retryStrategy()) as RetryStrategyV2;
    const sent: Sent = { request, run };
    try {
      const answered = await send(sent);
      strategy.recordSuccess(firstToken);
      const { $metadata } = answered.output;
      $metadata.attempts = 1;
      $metadata.totalRetryDelay = 0;
      return answered.output;
    } catch (failure) {
      return (await retry({ input: { ...sent, failure } })).output;
    }
  };
}

interface Attempt extends Request {
  service: string;
  name: string;
  action: Action;
  run: FunctionRun | undefined;
}

async function attempt(wire: Wire, { service, name, action, run, input, token }: Attempt): Promise<any> {
  const { client, caller, options } = wire;
  const { account, region } = caller;
  const clock = run?.clock ?? wire.clock;
  if (run?.killed) throw new Error(`${run.name} was killed before it could call ${service}:${name}`);
  const requestId = `00000000-0000-4000-8000-${String(++wire.sent).padStart(12, '0')}`;
  const call: RecordedCall = { at: clock.now(), service, action: name, account, region, params: input };
  if (caller.session) call.role = caller.session.role;
  if (run) call.by = run.name;
  options.calls?.push(call);
  const seconds = options.latency?.(service, name, region) ?? 0;
  if (seconds > 0) await clock.sleep(seconds * 1000);
  try {
    const output = copy(action({ ...token, ...input }, run ? { ...caller, run } : caller)) as Record<string, unknown>;
    if (run && options.answers) call.answer = { ...output };
    output['$metadata'] = { httpStatusCode: 200, requestId };
    return { output, response: {} };
  } catch (error) {
    if (error instanceof ConnectionLost) call.error = error.code;
    if (!(error instanceof ApiError)) throw waitedOn(clock, error);
    call.error = error.code;
    throw waitedOn(clock, asServiceException(client, error, requestId));
  }
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
  // Its stack would only name the simulator.
  return withoutStack(
    () =>
      new ServiceException({
        name: error.code,
        message: error.message,
        $fault: error.status < 500 ? 'client' : 'server',
        $metadata: { httpStatusCode: error.status, requestId },
      }),
  );
}

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
