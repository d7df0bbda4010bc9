import { setTimeout as timer } from 'node:timers/promises';
import { connect, type Connection } from '../aws/connection.ts';

/** What the verbs for a deployed pipeline take from the world around them, so that a simulated one can be put in its place. */
export interface Surroundings {
  connect: (region: string) => Connection;
  /** The region that environment or profile name, else the one that `npm run deploy` takes. */
  region: () => Promise<string>;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Resolves after so many milliseconds, or as soon as the signal is aborted. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Calls back at Ctrl-C, once; a second Ctrl-C ends the process. Returns how to stop listening. */
  onInterrupt: (listener: () => void) => () => void;
}

/** This process and the AWS account it has credentials for. */
export const processSurroundings = (): Surroundings => ({
  connect: (region) => connect(region),
  region: async () => (await (await import('../aws/executions/machines.ts')).configuredRegion()) ?? 'us-east-1',
  now: () => Date.now(),
  sleep: (ms, signal) => timer(ms, undefined, { signal }).catch(() => undefined), // it rejects only when aborted
  onInterrupt(listener) {
    process.once('SIGINT', listener);
    return () => void process.off('SIGINT', listener);
  },
});
