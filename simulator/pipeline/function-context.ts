import { connect, type Connection } from '../../aws/connection.ts';
import type { CalledWith } from '../../functions/cloud.ts';
import type { FunctionRun } from '../aws/calls/actions.ts';
import { clientsOf } from '../aws/calls/attach.ts';
import { knownClient } from '../aws/calls/known-clients.ts';
import { retryStrategy } from '../aws/calls/retries.ts';
import type { SimulatedCloud } from '../aws/cloud.ts';
import { isoTime, type Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import { deployedNames, service } from './deployed-names.ts';
import { secretProfiles } from './account-for.ts';
import { simulatedSettings } from './simulated-settings.ts';
import type { SimulationOptions } from './simulation-options.ts';
import type { StartOutcome } from './start-outcome.ts';

// What a simulated Lambda function works with, in place of AWS, the environment and the time of this computer.

/** SDK clients that call the simulated AWS and wait on the virtual clock. */
export const connectTo = (
  cloud: SimulatedCloud,
  { account, region, chance }: { account: string; region: string; chance: Random },
): Connection =>
  connect(region, {
    // This logger discards everything. Without a logger, the SDK prepares every message, which takes 5 % of a simulated build's
    // time.
    config: (attempts) => ({
      retryStrategy: retryStrategy(cloud.clock, chance, attempts),
      logger: {},
      ignoreConfiguredEndpointUrls: true, // those of this computer
    }),
    make: knownClient,
    attach: (client, at, credentials) =>
      void cloud.attach(client as never, cloud.callerWith({ account, region: at }, credentials)),
  });

/** What each run of a function works with. */
export const functionContext =
  (
    options: Pick<SimulationOptions, 'catalog' | 'settings' | 'onLog' | 'notify'>,
    { clock, aws, names, starts }: FunctionParts,
  ): ((run: FunctionRun) => CalledWith) =>
  (run) => ({
    aws: clientsOf(run, aws),
    bucket: names.bucket,
    archives: names.archives,
    machine: names.machine('build-image'),
    deployment: service,
    // Read for each run, since a deployment may change them.
    settings: {
      ...simulatedSettings,
      secretProfiles: secretProfiles(options.catalog, aws.region),
      ...options.settings,
    },
    topic: options.notify ? names.topic : '',
    now: () => new Date(clock.now()),
    catalog: async () => options.catalog,
    archive: async (sha256) => options.catalog.archives?.get(sha256),
    pause: (seconds) => run.clock.sleep(seconds * 1000),
    log(line) {
      if (run.killed) return;
      const at = isoTime(clock.now());
      const { level: _, state, ...outcome } = line;
      if (state === 'StartBuild' && 'by' in outcome) starts.push({ ...(outcome as unknown as StartOutcome), at });
      options.onLog?.({ at, ...line });
    },
  });

interface FunctionParts {
  clock: Clock;
  aws: Connection;
  names: ReturnType<typeof deployedNames>;
  /** Receives the outcome of each start that StartBuild logs. */
  starts: StartOutcome[];
}
