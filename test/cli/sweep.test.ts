import { expect, test } from '@jest/globals';
import { connect } from '../../aws/connection.ts';
import { openDeployment } from '../../cli/deployed/deployment.ts';
import { golden } from '../../cli/golden.ts';
import { runSweep, type SweepOptions } from '../../cli/sweep.ts';
import type { SweepOutcome } from '../../core/sweep/sweep-report.ts';
import { knownClient } from '../../simulator/aws/calls/known-clients.ts';
import { retryStrategy } from '../../simulator/aws/calls/retries.ts';
import type { Clock } from '../../simulator/clock.ts';
import { deadBuild, plantImage, plantVolume, present, recordBuild } from '../support/orphans.ts';
import { account, pipeline, type Setting } from '../support/pipeline.ts';
import { recordingTerminal } from './recording-terminal.ts';

/** Somebody with access to the account of a simulated pipeline. */
function deployed(setting: Setting = {}, stage = 'dev') {
  const simulation = pipeline(setting);
  const { clock, cloud } = simulation;
  const connectOn = (own: Clock) =>
    connect('us-east-1', {
      config: (attempts) => ({ retryStrategy: retryStrategy(own, cloud.random('cli'), attempts) }),
      make: knownClient,
      attach: (client, region) => void cloud.attach(client as never, { account, region }, own),
    });
  const run = async (options: Partial<SweepOptions> = {}) => {
    const { terminal, out, err } = recordingTerminal();
    const waitingOn = (own: Clock) => ({
      aws: connectOn(own),
      now: () => own.now(),
      wait: (seconds: number) => own.sleep(seconds * 1000),
    });
    let over = false;
    const running = clock
      .activity((own) =>
        runSweep({ region: 'us-east-1', stage, ...options }, terminal, (from) => openDeployment(from, waitingOn(own))),
      )
      .finally(() => (over = true));
    running.catch(() => undefined);
    await clock.run(() => over);
    return { exitCode: await running, out: out(), err: err() };
  };
  return { simulation, run };
}

test('what would go and what is spared is shown by build and region, with the reason', async () => {
  const { simulation, run } = deployed();
  recordBuild(simulation, deadBuild);
  const { ami } = plantImage(simulation, { region: 'eu-west-1' });
  const volume = plantVolume(simulation, { expiresIn: 3 });
  const { exitCode, out, err } = await run({ dryRun: true });
  expect(exitCode).toBe(0);
  expect(out).toContain('2 things would be removed; this was a dry run, nothing was touched');
  expect(out).toMatch(
    new RegExp(`base ${deadBuild}\n +eu-west-1  image +${ami} +due 2026-10-31T.*no build has published`),
  );
  expect(out).toMatch(new RegExp(`1 thing spared\n.*\n +us-east-1 +volume +${volume} +kept until 2026-11-26T`));
  expect(out).toMatch(/17 regions looked at;\s+s3:\/\/.*\/reports\/sweep\/2026-11-23-cli-\d+\.json/);
  expect(err).toMatch(/execution:golden-image-dev-sweep:cli-\d+\n$/);
  expect(present(simulation, [ami])).toEqual([ami]);
});

test('with --json stdout is the outcome and nothing else', async () => {
  const { simulation, run } = deployed();
  recordBuild(simulation, deadBuild);
  const volumes = [plantVolume(simulation), plantVolume(simulation)];
  const { exitCode, out } = await run({ json: true, cap: 1 });
  expect(exitCode).toBe(0);
  expect(JSON.parse(out) as SweepOutcome).toMatchObject({ dryRun: false, counts: { removed: 1 }, overCap: 1 });
  expect(present(simulation, volumes)).toHaveLength(1);
});

test('a sweep that finds nothing says so', async () => {
  const { exitCode, out } = await deployed().run();
  expect(exitCode).toBe(0);
  expect(out).toContain('Nothing was left behind.');
});

const denied = (action: string, region?: string): Setting => ({
  interfere: {
    call: (call) =>
      call.action === action && (region ?? call.region) === call.region
        ? { error: 'AccessDeniedException', message: 'an explicit deny', effect: false }
        : undefined,
  },
});

test('what AWS refuses is shown, and the exit code says that not all is done', async () => {
  const { simulation, run } = deployed(denied('DeregisterImage'));
  recordBuild(simulation, deadBuild);
  plantImage(simulation);
  plantVolume(simulation);
  const { exitCode, out } = await run();
  expect(exitCode).toBe(1);
  expect(out).toMatch(/1 thing AWS refuses to remove\n.*\n.*explicit deny/);
});

test('a sweep that fails ends with exit code 1 and its reason', async () => {
  const { exitCode, out, err } = await deployed(denied('DescribeVolumes', 'eu-west-1')).run();
  expect([exitCode, out]).toEqual([1, '']);
  expect(err).toMatch(/SweepFailed\n\s+nothing was removed[\s\S]*DescribeVolumes in eu-west-1[\s\S]*explicit\s+deny/);
});

test.each<[string, ReturnType<typeof deployed>, RegExp]>([
  [
    'there is no such deployment',
    deployed({}, 'prod'),
    /no state machine golden-image-prod-sweep in us-east-1; deploy/,
  ],
  [
    'there are no credentials',
    deployed(lacking('CredentialsProviderError')),
    /no valid credentials from here; set AWS/,
  ],
  ['they have expired', deployed(lacking('ExpiredTokenException')), /no valid credentials from here; set AWS/],
  ['they do not allow it', deployed(denied('StartExecution')), /states:StartExecution of .*explicit deny/],
])('where %s nothing is done, and the message says what to do', async (_, { run }, says) => {
  const { exitCode, out, err } = await run();
  expect([exitCode, out]).toEqual([2, '']);
  expect(err).toMatch(says);
});

function lacking(error: string): Setting {
  return { interfere: { call: ({ by }) => (by === undefined ? { error, effect: false } : undefined) } };
}

test('anybody can look at it: on a simulated AWS builds have died, and what they left goes', async () => {
  const { terminal, out, err } = recordingTerminal();
  expect(await golden(['sweep', '--simulate', '--json'], terminal)).toBe(0);
  const { removed, spared, overCap } = JSON.parse(out()) as SweepOutcome;
  expect(new Set(removed.map(({ kind }) => kind))).toEqual(new Set(['instance', 'image', 'snapshot']));
  expect(spared.map(({ reason }) => reason)).toContainEqual(
    expect.stringContaining('under-way is at work on its build'),
  );
  expect(spared.map(({ reason }) => reason)).toContainEqual(expect.stringMatching(/^kept until/));
  expect(overCap).toBe(0);
  expect(err()).toContain('nobody undid them');
});

test.each([
  { wrong: ['--cap', '0'], says: 'from 1 to 500' },
  { wrong: ['--region', 'us-east-9'], says: 'there is no such region' },
])('golden sweep $wrong is refused with exit code 2', async ({ wrong, says }) => {
  const { terminal, out, err } = recordingTerminal();
  expect([await golden(['sweep', ...wrong], terminal), out()]).toEqual([2, '']);
  expect(err()).toContain(says);
});
