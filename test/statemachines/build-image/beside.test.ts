import { describe, expect, test } from '@jest/globals';
import type { Interference } from '../../../simulator/pipeline/interference.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import type { Execution } from '../../../simulator/states/step-functions.ts';
import {
  account,
  build,
  leftIn,
  manifestIn,
  nothing,
  onlyManifest,
  pipeline,
  statesEntered,
} from '../../support/pipeline.ts';

const failingCheck = { commands: [{ step: 'boots', exitCode: 1, stderr: 'unit failed' }] };
const abroad = { 'eu-west-1': 7200, 'ap-southeast-2': 7200 };

const secondsAt = ({ history, startDate }: Execution, type: RegExp, state: string): number[] =>
  history.flatMap((event) => {
    const { name } = (event['stateEnteredEventDetails'] ?? event['stateExitedEventDetails'] ?? {}) as { name?: string };
    return type.test(event.type) && name === state ? [(event.timestamp.getTime() - startDate.getTime()) / 1000] : [];
  });

/** Of every image and copy of ours that is not gone: who else may use it. */
const shared = ({ cloud }: Simulation) =>
  ['us-east-1', 'eu-west-1', 'ap-southeast-2'].flatMap((region) => {
    const { images, snapshots } = cloud.world.region(region);
    return [
      ...[...images.values()].filter(({ owner }) => owner === account).map(({ permissions }) => permissions.length),
      ...[...snapshots.values()].filter(({ owner }) => owner === account).map(({ sharedWith }) => sharedWith.size),
    ];
  });

test('copies begin with the candidate, and the build takes as long as the longer of the two', async () => {
  const simulation = pipeline();
  const execution = await build(simulation);
  expect(execution.status).toBe('SUCCEEDED');
  const [launched] = secondsAt(execution, /Entered/, 'LaunchCandidate');
  expect(secondsAt(execution, /Entered/, 'CopyImage')[0]).toBeCloseTo(launched ?? 0, 0);
  expect(statesEntered(execution).filter((state) => state === 'CheckAndCopy')).toHaveLength(1);
  const [checked, copied] = ['TerminateInstances', 'Copy'].map(
    (state) => secondsAt(execution, /Exited/, state)[0] ?? 0,
  );
  expect(secondsAt(execution, /Entered/, 'Grant')[0]).toBeCloseTo(Math.max(checked ?? 0, copied ?? 0), 1);
});

test('until the checks have passed, nothing is shared with anybody, even if the copies are done long before', async () => {
  const seen: number[][] = [];
  const enter: Interference['enter'] = (state) => void (state === 'Grant' && seen.push(shared(simulation)));
  const simulation = pipeline({ scenario: { delays: { agentOnline: 900 } }, interfere: { enter } });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  expect(seen).toEqual([Array(6).fill(0)]);
});

describe('a failed check', () => {
  test('ends the build at once, and copies that are still pending are removed in every region', async () => {
    const simulation = pipeline({ scenario: { ...failingCheck, delays: { copyImage: abroad } } });
    const execution = await build(simulation);
    expect(execution).toMatchObject({ error: 'CheckFailed', cause: expect.stringContaining('AwaitCheck: "boots"') });
    expect(secondsAt(execution, /Exited/, 'CheckAndCopy')[0]).toBeLessThan(600);
    expect(leftIn(simulation)).toEqual(nothing);
    await simulation.pass(4 * 3600);
    expect(leftIn(simulation)).toEqual(nothing);
    const failure = onlyManifest(simulation)?.failure;
    expect(failure).toMatchObject({ state: 'AwaitCheck', error: 'CheckFailed', left: [], kept: [] });
    expect(
      failure?.undone.filter((line) => /^deregistered ami-\w+ in (eu-west-1|ap-southeast-2)$/.test(line)),
    ).toHaveLength(2);
  });

  test('tells what the copies cost at most that were made for nothing', async () => {
    const simulation = pipeline({ scenario: failingCheck });
    const { cause } = await build(simulation);
    expect(onlyManifest(simulation)?.failure?.wasted).toEqual({ copies: 2, gib: 8, usd: 0.32 });
    expect(cause).toContain('\nwasted: 2 copies of 8 GiB made for nothing, at most $0.32;');
    expect(onlyManifest(simulation)?.cost?.parts.transfer).toBe(0.32);
  });

  test('stops tasks whose visits are timed until then', async () => {
    const simulation = pipeline({ scenario: { ...failingCheck, delays: { copyImage: abroad } } });
    const execution = await build(simulation);
    const timings = onlyManifest(simulation)?.timings ?? [];
    const ends = timings
      .filter(({ state }) => /^Await(Copy|Check)$/.test(state))
      .map(({ startedAt, seconds }) => (Date.parse(startedAt) - execution.startDate.getTime()) / 1000 + seconds);
    const [failed] = secondsAt(execution, /Exited/, 'CheckAndCopy');
    expect(ends.filter((end) => Math.abs(end - (failed ?? 0)) < 0.01)).toHaveLength(3); // the check and two copies
  });

  test('removes a copy that a function asks for after the build has failed', async () => {
    const interfere: Interference = {
      // The function of CopyImage is slow: it runs on when Step Functions no longer waits for it.
      invoke: async (stage, _attempt, run, payload, clock) => {
        if (stage !== 'CopyImage' || (payload as { region: string }).region !== 'eu-west-1') return run();
        await clock.sleep(90_000);
        return run();
      },
    };
    const simulation = pipeline({ scenario: failingCheck, interfere });
    expect(await build(simulation)).toMatchObject({ error: 'CheckFailed' });
    await simulation.pass(3600);
    const calls = simulation.cloud.calls.map(({ action, region }) => `${action} ${region}`);
    const late = calls.indexOf('CopyImage eu-west-1');
    expect(late).toBeGreaterThan(calls.indexOf('DeregisterImage us-east-1'));
    expect(leftIn(simulation)).toEqual(nothing);
  });

  test('makes the next build copy after its checks, until the checks have passed', async () => {
    const simulation = pipeline({ scenario: { commands: [{ step: 'boots', exitCode: 1, times: 1 }] } });
    expect(await build(simulation)).toMatchObject({ error: 'CheckFailed' });
    const second = await build(simulation);
    expect(second.status).toBe('SUCCEEDED');
    expect(statesEntered(second).filter((state) => state === 'CheckAndCopy')).toHaveLength(2);
    expect(statesEntered(second).filter((state) => state === 'LaunchCandidate')).toHaveLength(1);
    const [terminated] = secondsAt(second, /Exited/, 'TerminateInstances');
    expect(secondsAt(second, /Entered/, 'CopyImage')[0]).toBeGreaterThanOrEqual(terminated ?? Infinity);
    expect(manifestIn(simulation, second).targets.map(({ status }) => status)).toEqual(Array(3).fill('published'));
    const third = await build(simulation, { recipe: 'base', force: true });
    expect(statesEntered(third).filter((state) => state === 'CheckAndCopy')).toHaveLength(1);
  });
});

test('a recipe that copies after its checks wastes no copy', async () => {
  const simulation = pipeline({ scenario: failingCheck, changes: { copies: 'after-checks' } });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ error: 'CheckFailed' });
  expect(statesEntered(execution)).not.toContain('CopyImage');
  expect(onlyManifest(simulation)?.failure?.wasted).toBeUndefined();
});

test('a copy that fails while the checks run stops nothing: Verify tells of it once the checks have passed', async () => {
  const images = [{ region: 'eu-west-1', name: 'base-*', fail: 'Given key ID is not accessible', afterSeconds: 3 }];
  const simulation = pipeline({ scenario: { images } });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ error: 'TargetsIncomplete' });
  expect(statesEntered(execution)).toContain('TerminateInstances');
  expect(statesEntered(execution)).toContain('NotCopied');
  expect(leftIn(simulation)).toEqual(nothing);
});

test('an unjudged image is kept with its finished copies, private; a pending copy goes', async () => {
  const api = [{ action: 'ec2:RunInstances', error: 'UnauthorizedOperation', message: 'no', call: 2 }];
  const delays = { copyImage: { 'eu-west-1': 5, 'ap-southeast-2': 7200 } };
  const simulation = pipeline({ scenario: { api, delays } });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ error: 'AwsRefused', cause: expect.stringMatching(/^LaunchCandidate: /) });
  const { failure } = onlyManifest(simulation)!;
  expect(failure).toMatchObject({ state: 'LaunchCandidate', left: [] });
  expect(failure?.kept.map(({ region }) => region)).toEqual(['us-east-1', 'eu-west-1']);
  expect(leftIn(simulation).images).toEqual(['us-east-1 available', 'eu-west-1 available']);
  expect(shared(simulation).every((count) => count === 0)).toBe(true);
});

test('an unjudged build that cannot be marked ends under the same error, and its image is removed', async () => {
  const api = [{ action: 'ec2:RunInstances', error: 'UnauthorizedOperation', message: 'no', call: 2 }];
  const invoke: Interference['invoke'] = (stage, _attempt, run) =>
    stage === 'KeepUnjudged' ? Promise.reject(Object.assign(new Error('no'), { name: 'AwsRefused' })) : run();
  const simulation = pipeline({ scenario: { api }, interfere: { invoke } });
  expect(await build(simulation)).toMatchObject({
    error: 'AwsRefused',
    cause: expect.stringMatching(/^LaunchCandidate: ec2:RunInstances/),
  });
  expect(leftIn(simulation)).toEqual(nothing);
});
