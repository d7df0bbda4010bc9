/** What every SDK client of ours is built with. */
export interface ClientConfig {
  region: string;
  maxAttempts: number;
}

export type ClientKind<C> = new (config: ClientConfig) => C;

/** The way to AWS: one SDK client per kind and region, made at first use. */
export interface Connection {
  /** The pipeline's own region. */
  readonly region: string;
  client<C>(kind: ClientKind<C>, region?: string): C;
}

/**
 * @param dress Changes a fresh client or the configuration it is made with; the simulator sits there, below the retries.
 */
export function connect(
  region: string,
  dress: { config?: object; attach?: (client: unknown, region: string) => void } = {},
): Connection {
  const clients = new Map<ClientKind<unknown>, Map<string, unknown>>();
  return {
    region,
    client<C>(kind: ClientKind<C>, at: string = region): C {
      const perRegion = clients.get(kind) ?? new Map<string, unknown>();
      clients.set(kind, perRegion);
      const known = perRegion.get(at);
      if (known) return known as C;
      const client = new kind({ region: at, maxAttempts: 5, ...dress.config });
      dress.attach?.(client, at);
      perRegion.set(at, client);
      return client;
    },
  };
}
