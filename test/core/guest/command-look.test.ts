import { expect, test } from '@jest/globals';
import { judgeBySsm, judgeCommand, type LookedAt } from '../../../core/guest/command-look.ts';
import type { CommandState } from '../../../core/guest/steps/command-state.ts';
import type { InstanceDescription } from '../../../core/launch/instance-state.ts';

const looked: LookedAt = { command: 'c-1', name: 'patch', instance: 'i-1', region: 'us-east-1', shutsDown: false };
const is = (status: string, details = status, exitCode?: number): CommandState => ({ status, details, exitCode });
const runs: InstanceDescription = { instance: 'i-1', state: 'running' };

/** What a look says, or the error that it throws. EC2 is asked if SSM alone does not tell. */
function said(
  state: CommandState | undefined,
  { last = true, shutsDown = false, instance = runs as InstanceDescription | undefined } = {},
): string {
  try {
    const one = { ...looked, shutsDown };
    const verdict =
      judgeBySsm(one, state, last) ?? judgeCommand(one, state as CommandState, instance, 'ProvisionFailed');
    return Object.entries(verdict)
      .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : value.command}`)
      .join();
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message}`;
  }
}

test.each<[string, string, RegExp]>([
  ['SSM does not know it yet', said(undefined), /^waiting: "patch" \(command c-1\) on i-1 in us-east-1 is not known/],
  ['it succeeded', said(is('Success')), /^done: c-1$/],
  ['it is under way', said(is('InProgress')), /^waiting: .* is InProgress$/],
  [
    'it is under way and its instance has ended',
    said(is('InProgress'), { instance: { ...runs, state: 'terminated', reason: 'User initiated' } }),
    /^BuilderFailed: .* is terminated .*: User initiated$/,
  ],
  [
    'between two looks of a call EC2 is not asked',
    said(is('InProgress'), { last: false, instance: { ...runs, state: 'terminated' } }),
    /^waiting: /,
  ],
  [
    'it is under way and somebody stopped its instance',
    said(is('InProgress'), { instance: { ...runs, state: 'stopped' } }),
    /^ProvisionFailed: .* when the instance was stopped \(EC2 gives no reason\).*start the build again$/,
  ],
  [
    'it shuts its instance down and that is stopping',
    said(is('InProgress'), { shutsDown: true, last: false, instance: { ...runs, state: 'stopping' } }),
    /^done: c-1$/,
  ],
  ['its agent never got it', said(is('Failed', 'Undeliverable')), /^CommandNotStarted: .* is Undeliverable/],
  ['it failed', said(is('Failed', 'Failed', 3)), /^failed: .*: Failed, exit code 3$/],
  [
    'SSM stopped it',
    said(is('TimedOut', 'Execution Timed Out', -1)),
    /^failed: .*: Execution Timed Out; SSM stopped it when the time its document allows was over$/,
  ],
  ['EC2 no longer knows its instance', said(is('Failed', 'Failed', 1), { instance: undefined }), /^failed: /],
])('a command: %s', (_, answer, expected) => {
  expect(answer).toMatch(expected);
});
