import { expect, test } from '@jest/globals';
import { copyToken, needsCopy, refuseIncomplete, targetIn } from '../../../core/distribute/distribution.ts';
import { planOf } from '../../support/plan.ts';

const account = '444455556666';
const organization = 'arn:aws:organizations::111122223333:organization/o-exampleorgid';
const plan = planOf({
  image: { tags: { team: 'platform' } },
  distribute: [
    { region: 'us-east-1', accounts: [account], organizations: [organization] },
    { region: 'eu-west-1', required: false },
  ],
});

test('the barrier names every required target that is not right', () => {
  const results = [
    { region: 'us-east-1', ami: 'ami-1', error: 'ami-1 is failed' },
    { region: 'eu-west-1', ami: 'ami-2' },
  ];
  expect(() => refuseIncomplete(plan, results)).toThrow(
    expect.objectContaining({
      name: 'TargetsIncomplete',
      message: expect.stringContaining('us-east-1: ami-1 is failed'),
    }),
  );
});

test('the barrier lets a target fail that is not required', () => {
  const results = [
    { region: 'us-east-1', ami: 'ami-1' },
    { region: 'eu-west-1', error: 'CopyFailed' },
  ];
  expect(() => refuseIncomplete(plan, results)).not.toThrow();
});

test('only other regions and further copies need a copy, and a copy after a failed one has a token of its own', () => {
  expect(needsCopy(plan, { region: 'us-east-1' })).toBe(false);
  expect(needsCopy(plan, { region: 'eu-west-1' })).toBe(true);
  expect(needsCopy(plan, { region: 'us-east-1', id: 'cmk' })).toBe(true);
  expect(copyToken(plan, { region: 'eu-west-1' }, 'ami-1', 0)).toBe(
    copyToken(plan, { region: 'eu-west-1' }, 'ami-1', 0),
  );
  expect(copyToken(plan, { region: 'eu-west-1' }, 'ami-1', 1)).not.toBe(
    copyToken(plan, { region: 'eu-west-1' }, 'ami-1', 0),
  );
});

test('a region that is no target is refused', () => {
  expect(() => targetIn(plan, { region: 'ap-south-1' })).toThrow('ap-south-1 is no target');
});
