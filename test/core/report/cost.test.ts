import { expect, test } from '@jest/globals';
import { reckoned } from '../../../core/report/build-measurements.ts';
import { costLine, priced } from '../../../core/report/cost.ts';
import { leftBehind, manifestOf } from '../../../core/build/manifest.ts';
import type { StateEvent } from '../../../core/build/timings.ts';
import { linux, planOf } from '../../support/plan.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 3) + second * 1000);
const visit = (state: string, from: number, to: number) => ({
  state,
  startedAt: at(from).toISOString(),
  seconds: to - from,
});
const hour = 3600;
const whole = [
  visit('Launch', -2, 0),
  visit('Seal', hour - 60, hour),
  visit('LaunchCandidate', hour - 1, hour),
  visit('TerminateInstances', 1.5 * hour - 1, 1.5 * hour),
];
const reached = [
  { region: 'us-east-1', ami: 'ami-1' },
  { region: 'eu-west-1', ami: 'ami-2' },
];

const costOf = (
  changes: Record<string, unknown> = {},
  { timings = whole, targets = reached, events = [] as StateEvent[], source = linux } = {},
) => {
  const plan = planOf(changes, source);
  const manifest = manifestOf({ plan, status: 'published', targets, parameter: null, timings, failure: null });
  return priced(manifest, plan, events, at(2 * hour)).cost!;
};

test.each(['published', 'failed'] as const)('the metrics of a %s build are those that it is measured by', (status) => {
  const failure = status === 'failed' ? leftBehind(['vol-1']) : null;
  const manifest = manifestOf({ plan: planOf(), status, targets: reached, parameter: null, timings: whole, failure });
  const ending = visit('CleanUp', 1.5 * hour, 1.6 * hour);
  const reckonedUp = reckoned(manifest, planOf(), [], at(2 * hour), ...(status === 'published' ? [ending] : []));
  const values = reckonedUp.measurements.flatMap((one) => Object.keys(one.values));
  expect(reckonedUp.manifest.cost?.parts.metrics).toBeCloseTo((values.length * 0.3) / 730, 6);
});

const builder = { instanceProfile: 'golden-image-builder' };

test('the builder counts until it is sealed and the candidate until it is terminated, the disks of both until then', () => {
  const { usd, parts, snapshotsPerMonth } = costOf();
  expect(parts).toEqual({
    instances: 0.0312, // 1.5 h of t3.small at 0.0208
    volumes: 0.001753, // 8 GiB for an hour and a half, and for half an hour
    transfer: 0.16, // 8 GiB once
    transitions: 0,
    functions: 0,
    logs: 0,
    metrics: 0.002466, // published, seconds, cost, and the phases build, check and clean-up, an hour each
  });
  expect(usd).toBe(0.195419);
  expect(snapshotsPerMonth).toBe(0.8);
});

test('a builder that is captured running counts until it is terminated, and one that never came to be sealed until now', () => {
  expect(costOf({ image: { capture: 'running' } }).parts.instances).toBe(0.0416); // an hour and a half, and half an hour
  const { parts, snapshotsPerMonth } = costOf({}, { timings: whole.slice(0, 1), targets: [] });
  expect(parts).toMatchObject({ instances: 0.0416, transfer: 0 });
  expect(snapshotsPerMonth).toBe(0);
});

test('a build that launched nothing cost no instance', () => {
  expect(costOf({}, { timings: [visit('Resolve', 0, 2)], targets: [] }).parts).toMatchObject({
    instances: 0,
    volumes: 0,
  });
});

test('the dearest of the types counts, Windows has its own prices, and further disks are counted by their kind', () => {
  const types = { builder: { ...builder, instanceTypes: ['t3.small', 'm5.large'] } };
  expect(costOf(types).parts.instances).toBe(0.144);
  const windows = { ...linux, windows: true };
  const step = { provision: [], checks: [{ name: 'boots', powershell: 'exit 0' }] };
  const large = { ...step, builder: { ...builder, instanceTypes: ['m5.large'] } };
  expect(costOf(large, { source: windows }).parts.instances).toBe(0.282);
  const disks = {
    builder: { ...builder, instanceTypes: ['t3.small'], volumes: [{ device: '/dev/sdf', sizeGiB: 125, type: 'st1' }] },
  };
  expect(costOf(disks).parts.volumes).toBe(0.017164);
});

test('copies in other accounts are kept there, and cost no transfer: they are made within their region', () => {
  const copyTo = [{ account: '444455556666' }, { account: '555566667777' }];
  const plan = planOf({ distribute: [{ region: 'us-east-1' }, { region: 'eu-west-1', copyTo }] });
  const copiedTo = [{ region: 'eu-west-1', account: '444455556666', ami: 'ami-3' }];
  const parts = { plan, targets: reached, copiedTo, parameter: null, timings: whole, failure: null };
  const { cost } = priced(manifestOf({ ...parts, status: 'published' }), plan, [], at(2 * hour));
  expect(cost).toMatchObject({ parts: { transfer: 0.16 }, snapshotsPerMonth: 1.2, inOtherAccounts: 0.4 });
  expect(costLine(cost!)).toBe(
    'at most about $0.20, and $1.20 for every month it is kept, $0.40 of it in other accounts',
  );
});

test('further copies are kept, too, and cost transfer where they are in another region', () => {
  const distribute = [
    { region: 'us-east-1' },
    { region: 'us-east-1', id: 'vault' },
    { region: 'eu-west-1' },
    { region: 'eu-west-1', id: 'vault' },
  ];
  const targets = distribute.map((place, index) => ({ ...place, ami: `ami-${index}` }));
  expect(costOf({ distribute }, { targets })).toMatchObject({ parts: { transfer: 0.32 }, snapshotsPerMonth: 1.6 });
});

test('a type without a known price makes the whole unknown, by name, and not less', () => {
  const cost = costOf({ builder: { ...builder, instanceTypes: ['t3.small', 'z9.large'] } });
  expect(cost).toMatchObject({ usd: null, parts: { instances: null, transfer: 0.16 }, unpriced: ['z9.large'] });
  expect(costLine(cost)).toBe('an unknown sum (no price of z9.large here), and $0.80 for every month it is kept');
  expect(costLine(costOf())).toBe('at most about $0.20, and $0.80 for every month it is kept');
});

test('the estimate of a disk of unknown size is a lower bound, and says so', () => {
  const file = { ...linux, rootSizeGiB: 0 };
  const cost = costOf({}, { source: file });
  expect(cost).toMatchObject({ parts: { volumes: 0, transfer: 0 }, unsized: ['/dev/xvda'] });
  expect(costLine(cost)).toBe('at least about $0.03 without /dev/xvda, whose size is not known');
  const sized = costOf(
    { builder: { ...builder, instanceTypes: ['t3.small'], rootVolume: { sizeGiB: 8 } } },
    { source: file },
  );
  expect(costLine(sized)).toBe(costLine(costOf()));
});

test('every state and every retry is a transition, and a function is paid from its start to the event after it', () => {
  const event = (id: number, previousEventId: number, type: string, second: number): StateEvent => ({
    id,
    previousEventId,
    type,
    timestamp: at(second),
  });
  const events = [
    event(1, 0, 'PassStateEntered', 0),
    event(2, 1, 'TaskStateEntered', 0),
    event(3, 2, 'TaskScheduled', 0),
    event(4, 3, 'TaskStarted', 0),
    event(5, 4, 'TaskSubmitted', 300),
    event(6, 5, 'TaskTimedOut', 400),
    event(7, 6, 'TaskScheduled', 400),
    event(8, 7, 'TaskStarted', 400),
    event(9, 8, 'TaskSucceeded', 1000),
  ];
  const { transitions, functions, logs } = costOf({}, { events }).parts;
  expect(logs).toBe(0.000002); // two calls
  expect(transitions).toBe(0.000075);
  expect(functions).toBe(0.006); // 900 s of half a GiB, and two requests
});
