import { expect, test } from '@jest/globals';
import { firstAndRival, raceAfter, withCopyTimes } from '../../../core/copying/race.ts';

const times = (...seconds: number[]) => seconds;

test.each<[string, string | undefined, number[], number | undefined]>([
  ['no cap is asked for', undefined, times(60, 60, 60, 60, 60), undefined],
  ['nothing is known', '30m', [], 1800],
  ['too few copies are known', '30m', times(60, 70, 80, 90), 1800],
  ['the slowest of a few copies counts', '30m', times(60, 300, 80, 90, 70), 300],
  ['one very slow copy of twenty does not count', '2h', [...Array<number>(18).fill(60), 90, 7000], 90],
  ['copies were always slower than the cap', '15m', times(4000, 4000, 4000, 4000, 4000), 900],
])('a second copy is begun in time where %s', (_, completeWithin, known, after) => {
  expect(raceAfter(completeWithin === undefined ? {} : { completeWithin }, known)).toBe(after);
});

test('the newest twenty times of each place are kept', () => {
  const known = withCopyTimes({ 'eu-west-1': Array<number>(20).fill(1) }, { 'eu-west-1': 61.2, 'eu-west-1/cmk': 5 });
  expect(known['eu-west-1']).toEqual([...Array<number>(19).fill(1), 62]);
  expect(known['eu-west-1/cmk']).toEqual([5]);
  expect(withCopyTimes(known, {})).toEqual(known);
});

test('of two copies the finished one goes on, whatever the order in which EC2 lists them', () => {
  const [pending, available] = [
    { ami: 'ami-1', state: 'pending' },
    { ami: 'ami-2', state: 'available' },
  ];
  expect(firstAndRival([pending!, available!])).toEqual([available, pending]);
  expect(firstAndRival([available!, pending!])).toEqual([available, pending]);
});
