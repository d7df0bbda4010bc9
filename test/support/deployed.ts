import { connect } from '../../aws/connection.ts';
import { golden } from '../../cli/golden.ts';
import type { Surroundings } from '../../cli/surroundings.ts';
import type { Terminal } from '../../cli/screen/terminal.ts';
import { knownClient } from '../../simulator/aws/calls/known-clients.ts';
import { retryStrategy } from '../../simulator/aws/calls/retries.ts';
import type { Clock } from '../../simulator/clock.ts';
import type { Simulation } from '../../simulator/pipeline/simulation.ts';
import { recordingTerminal } from '../cli/recording-terminal.ts';
import { account } from './pipeline.ts';
export { brisk } from './pipeline.ts';

/** A user at a terminal with access to a simulated account. Virtual time passes while the user's command lines run. */
export function operator({ clock, cloud }: Simulation, changes: Partial<Surroundings> = {}) {
  const chance = cloud.random('operator');
  const aborted = new WeakMap<AbortSignal, Promise<void>>();
  let interrupt: (() => void) | undefined;
  const surroundingsOn = (own: Clock): Surroundings => ({
    connect: (region) =>
      connect(region, {
        config: (attempts) => ({ retryStrategy: retryStrategy(own, chance, attempts) }),
        make: knownClient,
        attach: (client, at, credentials) =>
          void cloud.attach(client as never, cloud.callerWith({ account, region: at }, credentials), own),
      }),
    region: async () => 'us-east-1',
    now: () => clock.now(),
    sleep(ms, signal) {
      const known = aborted.get(signal) ?? new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
      aborted.set(signal, known);
      return Promise.race([own.sleep(ms), known]);
    },
    confirms: async () => true,
    session: async () => undefined, // there is no AWS CLI
    onInterrupt(listener) {
      interrupt = listener;
      return () => (interrupt = undefined);
    },
    ...changes,
  });

  async function runOn(kind: Partial<Terminal>, args: string[]) {
    const { terminal, out, err } = recordingTerminal(kind);
    let over = false;
    const exitCode = clock.activity((own) => golden(args, terminal, surroundingsOn(own))).finally(() => (over = true));
    exitCode.catch(() => undefined);
    await clock.run(() => over);
    return { exitCode: await exitCode, out: out(), err: err() };
  }

  return {
    /** Runs a command line to its end. */
    run: (...args: string[]) => runOn({}, args),
    onTerminal: (...args: string[]) => runOn({ isTTY: true }, args),
    /** Presses Ctrl-C after a number of seconds. */
    interruptIn: (seconds: number) => void clock.at(clock.now() + seconds * 1000, () => interrupt?.()),
  };
}
