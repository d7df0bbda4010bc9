import { expect, test } from '@jest/globals';
import { wastedCopies, wastedLine } from '../../../core/report/wasted.ts';
import { linux, planOf } from '../../support/plan.ts';

const distribute = ['us-east-1', 'eu-west-1', 'ap-southeast-2'].map((region) => ({ region }));
const plan = planOf({ distribute, builder: { instanceTypes: ['t3.small'], rootVolume: { sizeGiB: 10 } } });
const visits = (count: number) =>
  Array.from({ length: count }, () => ({ state: 'CopyImage', startedAt: '2026-11-23T03:00:00.000Z', seconds: 1 }));

test('a failed check tells what the copies cost at most: regions times GiB times price', () => {
  const wasted = wastedCopies('AwaitCheck', visits(3), plan);
  expect(wasted).toEqual({ copies: 2, gib: 10, usd: 0.4 });
  expect(wastedLine(wasted!)).toMatch(/^2 copies of 10 GiB made for nothing, at most \$0\.40; .*after-checks/);
});

test('copies of a disk of unknown size cost at least what is known', () => {
  const file = planOf({ distribute }, { ...linux, rootSizeGiB: 0 });
  expect(wastedLine(wastedCopies('AwaitCheck', visits(3), file)!)).toMatch(
    /^2 copies made for nothing, at least \$0\.00 without \/dev\/xvda, whose size is not known; /,
  );
});

test.each([
  ['no copy had begun', 'AwaitCheck', 0],
  ['the checks had passed', 'Verify', 3],
])('nothing is told where %s', (_, state, begun) => {
  expect(wastedCopies(state, visits(begun), plan)).toBeUndefined();
});
