/** The configuration that every SDK client gets. */
interface ClientConfig {
  region: string;
  maxAttempts: number;
}

type ClientKind<C> = new (config: ClientConfig) => C;

/** Temporary credentials of a role, as STS gives them. */
export interface RoleCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

/** The connection to AWS: one SDK client per kind, region and number of attempts, made at first use. */
export interface Connection {
  /** The pipeline's own region. */
  readonly region: string;
  /** @param attempts 1 for calls that a blind retry would do twice: their caller looks before it retries. */
  client<C>(kind: ClientKind<C>, region?: string, attempts?: number): C;
  /** A connection with the credentials of another role. */
  as(credentials: RoleCredentials): Connection;
}

/** Changes a client's configuration or the new client. The simulator hooks in here, below the retries. */
interface Dress {
  config?: (attempts: number) => object;
  attach?: (client: unknown, region: string, credentials?: RoleCredentials) => void;
}

export function connect(region: string, dress: Dress = {}): Connection {
  const clients = new Map<ClientKind<unknown>, Map<string, unknown>>();
  return {
    region,
    client<C>(kind: ClientKind<C>, at: string = region, attempts = 5): C {
      const ofKind = clients.get(kind) ?? new Map<string, unknown>();
      clients.set(kind, ofKind);
      const known = ofKind.get(`${at} ${attempts}`);
      if (known) return known as C;
      const client = new kind({ region: at, maxAttempts: attempts, ...dress.config?.(attempts) });
      dress.attach?.(client, at);
      ofKind.set(`${at} ${attempts}`, client);
      return client;
    },
    as: (credentials) =>
      connect(region, {
        config: (attempts) => ({ ...dress.config?.(attempts), credentials }),
        attach: (client, at) => dress.attach?.(client, at, credentials),
      }),
  };
}
