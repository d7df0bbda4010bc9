import type { ClientConfig, ClientKind } from '../../../aws/connection.ts';
import type { AnyClient } from './retries.ts';

/** The clients that the SDK has made in this process, by their kind and their region. */
const known = new Map<ClientKind<unknown>, Map<string, AnyClient>>();

/**
 * A client that shares everything but its retries with the other clients of its kind and region. The SDK takes a millisecond to make
 * a client, and each simulation needs several. The number of attempts is in the retry strategy, and `attach` knows the credentials.
 */
export function knownClient<Client>(
  kind: ClientKind<Client>,
  { retryStrategy, ...config }: ClientConfig & { retryStrategy?: unknown },
): Client {
  const ofKind = known.get(kind) ?? new Map<string, AnyClient>();
  known.set(kind, ofKind);
  const shared = ofKind.get(config.region) ?? (new kind(config) as AnyClient);
  ofKind.set(config.region, shared);
  const own = Object.create(shared) as AnyClient;
  own.config = { ...shared.config, retryStrategy: async () => retryStrategy };
  return own as Client;
}
