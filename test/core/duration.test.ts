import { expect, test } from '@jest/globals';
import { durationOf, secondsOf } from '../../core/duration.ts';

test.each([
  ['90s', 90],
  ['20m', 1_200],
  ['2h', 7_200],
  ['30d', 2_592_000],
])('%s is %d seconds', (duration, seconds) => {
  expect(secondsOf(duration)).toBe(seconds);
});

test.each(['', '20', 'm', '0m', '-1m', '1.5h', '20 m', '2h30m', '1w', '20M'])('%j is no duration', (text) => {
  expect(() => secondsOf(text)).toThrow(
    `not a duration: "${text}"; write a whole number and s, m, h or d, such as 20m`,
  );
});

test.each([
  [0, '0s'],
  [59.9, '59s'],
  [90, '1m 30s'],
  [3_600, '1h'],
  [5_400, '1h 30m'],
  [93_784, '1d 2h 3m 4s'],
])('%d seconds are written %s', (seconds, duration) => {
  expect(durationOf(seconds)).toBe(duration);
});
