import { expect, test } from '@jest/globals';
import { judgeBooting, type Booting } from '../../../core/launch/booting.ts';
import type { InstanceDescription } from '../../../core/launch/instance-state.ts';

const booting: Booting = {
  build: { recipe: 'base', build: '20261123-030000-9f2c' },
  role: 'builder',
  instance: 'i-1',
  region: 'us-east-1',
  mostLost: 2,
};
const is = (state: string, reason?: string): InstanceDescription => ({ instance: 'i-1', state, reason });

/** What a look says, or the error that it throws. */
function said(found: InstanceDescription | undefined, how: { waitedSeconds?: number; lost?: number } = {}): string {
  try {
    const look = judgeBooting(booting, found, { waitedSeconds: 20, ...how });
    return 'done' in look ? `done ${look.done.instance}` : `waiting: ${look.waiting}`;
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message}`;
  }
}

test.each<[string, string, RegExp]>([
  ['EC2 does not know a fresh id yet', said(undefined), /^waiting: EC2 does not know i-1 in us-east-1 yet$/],
  ['EC2 never came to know it', said(undefined, { waitedSeconds: 300 }), /^BuilderFailed: .* 300 s after/],
  ['it is pending', said(is('pending')), /^waiting: i-1 in us-east-1 is pending$/],
  ['it runs without its agent', said(is('running')), /^waiting: the SSM agent of i-1 .* look at the instance profile/],
  ['it was stopped by Seal before the build was resumed', said(is('stopped')), /^done i-1$/],
  ['somebody terminated it', said(is('terminated', 'User initiated')), /^BuilderFailed: .*: User initiated$/],
  [
    'EC2 took its place, for the second time',
    said(is('terminated', 'no capacity'), { lost: 2 }),
    /^InstanceLost: i-1 in us-east-1, the builder of base-20261123-030000-9f2c, .*: no capacity$/,
  ],
  ['EC2 took one place too many', said(is('terminated'), { lost: 3 }), /^CapacityUnavailable: .*So did 2 others/],
])('an instance without an agent: %s', (_, answer, expected) => {
  expect(answer).toMatch(expected);
});
