import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { executionSeconds, patience } from '../../../core/build/limits.ts';
import type { Plan } from '../../../core/build/plan.ts';
import { bootScripts } from '../../../core/guest/boot-scripts.ts';
import { selfDestructSeconds } from '../../../core/guest/self-destruct.ts';
import { linux, planOf } from '../../support/plan.ts';

interface State {
  TimeoutSeconds: number;
  Retry?: { IntervalSeconds: number; MaxAttempts: number; BackoffRate: number; MaxDelaySeconds: number }[];
  ItemProcessor?: { States: Record<string, State> };
  Branches?: { States: Record<string, State> }[];
}
const machine = JSON.parse(readFileSync('statemachines/build-image.asl.json', 'utf8')) as {
  TimeoutSeconds: number;
  States: Record<string, State>;
};
const allOf = (states: Record<string, State>): Record<string, State> =>
  Object.assign(
    { ...states },
    ...Object.values(states).flatMap(({ ItemProcessor, Branches = [] }) =>
      [...(ItemProcessor ? [ItemProcessor] : []), ...Branches].map(({ States }) => allOf(States)),
    ),
  ) as Record<string, State>;
const states = allOf(machine.States);

const delays = ({ IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds }: NonNullable<State['Retry']>[number]) =>
  Array.from({ length: MaxAttempts }, (_, retry) => Math.min(IntervalSeconds * BackoffRate ** retry, MaxDelaySeconds));
const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0);

/** The longest a Task state can take that ends well: every retry but for capacity, which is looked for before there is an instance. */
function longestTask(name: string): number {
  const { TimeoutSeconds, Retry = [] } = states[name]!;
  const waits = delays(Retry.at(-1)!);
  return sum(waits) + (waits.length + 1) * TimeoutSeconds;
}

/** The longest a wait can take that ends well: to its bound, then the pause before the next look, functions that die, a last look. */
function longestWait(name: string, bound: number): number {
  const { TimeoutSeconds, Retry = [] } = states[name]!;
  const broken = Retry.at(-1);
  const pause = Math.max(...Retry.slice(0, -1).map(({ MaxDelaySeconds }) => MaxDelaySeconds));
  return bound + pause + sum(delays(broken!)) + TimeoutSeconds;
}

const timeouts = (commands: Plan['provision']) =>
  commands.map(({ timeoutSeconds }) => patience.command(timeoutSeconds));

/** Until a builder need not run any longer, with everything on the way as slow as the state machine allows. */
function slowestBuilder(plan: Plan): number {
  const steps = timeouts(plan.provision).map(
    (bound) => longestTask('SendCommand') + longestWait('AwaitCommand', bound),
  );
  const upTo = longestTask('Launch') + longestWait('AwaitBuilder', patience.agent) + sum(steps);
  if (plan.document.image.capture === 'stopped') return upTo + longestWait('Seal', patience.stop);
  const sealed = longestWait('Seal', 0);
  return upTo + sealed + longestTask('CreateImage') + longestWait('AwaitImage', patience.image(plan.document));
}

function slowestCandidate(plan: Plan): number {
  const checks = timeouts(plan.checks).map((bound) => longestTask('SendCheck') + longestWait('AwaitCheck', bound));
  const up = longestTask('LaunchCandidate') + longestWait('AwaitCandidate', patience.agent);
  return up + sum(checks) + longestTask('TerminateInstances');
}

const windows = { ...linux, windows: true };
const powershell = { provision: [{ powershell: 'x' }, { reboot: true }], checks: [{ name: 'up', powershell: 'x' }] };
const several = Array.from({ length: 9 }, (_, index) => ({ name: `step ${index}`, run: 'x', timeout: '2h' }));

test.each([
  ['the smallest recipe', planOf()],
  ['one without steps and checks', planOf({ provision: [], checks: [] })],
  ['one that is captured running', planOf({ image: { capture: 'running' } })],
  ['one of many steps', planOf({ provision: several, checks: several })],
  ['one of short steps', planOf({ provision: several.map((step) => ({ ...step, timeout: '30s' })) })],
  ['one of Windows', planOf(powershell, windows)],
])('of %s, no state can take so long that the timer ends a healthy build', (_which, plan) => {
  expect(selfDestructSeconds(plan, 'builder')).toBeGreaterThan(slowestBuilder(plan));
  expect(selfDestructSeconds(plan, 'candidate')).toBeGreaterThan(slowestCandidate(plan));
});

test('a timer is a matter of hours, and of no more than the execution itself may take', () => {
  expect(selfDestructSeconds(planOf(), 'builder')).toBeLessThan(12 * 3600);
  const longest = Array.from({ length: 100 }, (_, index) => ({ name: `step ${index}`, run: 'x', timeout: '2h' }));
  expect(selfDestructSeconds(planOf({ provision: longest }), 'builder')).toBe(executionSeconds);
  expect(executionSeconds).toBe(machine.TimeoutSeconds);
});

test('the same plan always gives the same user data, whenever the build is started: EC2 refuses a token that comes back with other', () => {
  const plan = planOf();
  const read = JSON.parse(JSON.stringify({ ...plan, startedAt: '2027-01-01T00:00:00.000Z' })) as Plan;
  expect(bootScripts(read, 'builder')).toBe(bootScripts(plan, 'builder'));
});

test('Linux is told by a boothook that leaves nothing on the disk and never keeps cloud-init waiting', () => {
  const plan = planOf();
  const seconds = selfDestructSeconds(plan, 'builder');
  expect(bootScripts(plan, 'builder')).toBe(`#cloud-boothook
#!/bin/sh
# golden-image pipeline: ends this temporary instance should nobody else do so. It counts anew from every boot.
{
  systemd-run --unit=golden-self-destruct --on-boot=${seconds}s poweroff -f || { sleep ${seconds}; poweroff -f; }
} </dev/null >/dev/null 2>&1 &
exit 0
`);
});

test('Windows is told at every boot, by a process that no reboot has to wait for', () => {
  const plan = planOf(powershell, windows);
  const text = bootScripts(plan, 'candidate');
  expect(text).toMatch(/^<powershell>\n[^]*\n<\/powershell>\n<persist>true<\/persist>\n$/);
  const command = `powershell.exe -NoProfile -NonInteractive -WindowStyle Hidden -Command "Start-Sleep -Seconds ${selfDestructSeconds(plan, 'candidate')}; shutdown.exe /s /f /t 0"`;
  expect(text).toContain(`CommandLine = '${command}'`);
  expect(text).not.toMatch(/schtasks|ScheduledTask|\/t [1-9]/);
});

test('user data is far from the 16 KB that EC2 takes, and plain ASCII', () => {
  for (const plan of [planOf(), planOf(powershell, windows)]) {
    expect(bootScripts(plan, 'builder')).toMatch(/^[\n -~]{1,1000}$/);
  }
});
