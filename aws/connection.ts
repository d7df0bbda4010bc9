/** The configuration that every SDK client gets. */
export interface ClientConfig {
  region: string;
  maxAttempts: number;
}

export type ClientKind<C> = new (config: ClientConfig) => C;

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
  /** Makes a client, in place of the kind's constructor. */
  make?: <C>(kind: ClientKind<C>, config: ClientConfig) => C;
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
      const config = { region: at, maxAttempts: attempts, ...dress.config?.(attempts) };
      const client = dress.make ? dress.make(kind, config) : new kind(config);
      dress.attach?.(client, at);
      ofKind.set(`${at} ${attempts}`, client);
      return client;
    },
    as: (credentials) =>
      connect(region, {
        ...dress,
        config: (attempts) => ({ ...dress.config?.(attempts), credentials }),
        attach: (client, at) => dress.attach?.(client, at, credentials),
      }),
  };
}
