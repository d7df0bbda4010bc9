import { setTimeout as timer } from 'node:timers/promises';
import { connect, type Connection } from '../aws/connection.ts';
import { Refusal } from './refused.ts';

/** The parts of the world that verbs for a deployed pipeline use. A simulation can replace them. */
export interface Surroundings {
  connect: (region: string) => Connection;
  /** The region of the environment or profile, else the default of `npm run deploy`. */
  region: () => Promise<string>;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Resolves after a number of milliseconds, or as soon as the signal is aborted. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Asks a person yes or no. @throws Refusal if nobody is at the keyboard. */
  confirms: (question: string) => Promise<boolean>;
  /** Runs a program on this terminal until it ends. @returns its exit code; undefined if there is no such program. */
  session: (command: string[]) => Promise<number | undefined>;
  /** The account is simulated, and gone after this command line. */
  simulated?: true;
  /** Calls back once at Ctrl-C; a second Ctrl-C ends the process. Returns a function that stops listening. */
  onInterrupt: (listener: () => void) => () => void;
}

/** This process and the AWS account of its credentials. */
export const processSurroundings = (): Surroundings => ({
  connect: (region) => connect(region),
  region: async () => (await (await import('../aws/executions/machines.ts')).configuredRegion()) ?? 'us-east-1',
  now: () => Date.now(),
  sleep: (ms, signal) => timer(ms, undefined, { signal }).catch(() => undefined), // it rejects only when aborted
  async confirms(question) {
    if (process.stdin.isTTY !== true)
      throw new Refusal('nobody can answer, because the input is no terminal: give --yes; nothing was changed');
    const { createInterface } = await import('node:readline/promises');
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
    } finally {
      lines.close();
    }
  },
  async session([program = '', ...args]) {
    const { spawn } = await import('node:child_process');
    // The terminal sends Ctrl-C to both processes. It is for the program, which may go on after it.
    const ignore = () => undefined;
    process.on('SIGINT', ignore);
    const ended = new Promise<number | undefined>((resolve) => {
      const child = spawn(program, args, { stdio: 'inherit' });
      child.on('error', () => resolve(undefined));
      child.on('exit', (code) => resolve(code ?? 1));
    });
    return ended.finally(() => process.off('SIGINT', ignore));
  },
  onInterrupt(listener) {
    process.once('SIGINT', listener);
    return () => void process.off('SIGINT', listener);
  },
});
