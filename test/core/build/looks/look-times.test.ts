import { expect, test } from '@jest/globals';
import { aheadOf, heartbeatOf, isTooEarly, pauseBeforeLook } from '../../../../core/build/looks/look-times.ts';

test.each([5, 30, 97, 290, 301, 1800, 7200])(
  'of the looks of what usually takes %d s, one comes shortly before its end',
  (usual) => {
    const heartbeat = heartbeatOf(usual);
    expect(heartbeat).toBeGreaterThanOrEqual(20);
    expect(heartbeat).toBeLessThanOrEqual(300);
    const looks = Array.from({ length: Math.ceil(usual / (heartbeat + 1)) + 1 }, (_, look) => look * (heartbeat + 1));
    const before = Math.max(...looks.filter((at) => at <= usual));
    expect(usual - before).toBeLessThanOrEqual(30);
  },
);

/** The times at which one call looks, in seconds since the thing was started. */
function looksOfCall(usual: number, from: number): number[] {
  const looks = [from];
  for (let at = from; ;) {
    const pause = pauseBeforeLook({ usual, heartbeat: heartbeatOf(usual) }, at, at - from);
    if (pause === undefined) return looks;
    looks.push((at += pause));
  }
}

test('a call that comes long before the usual end looks once and leaves the rest to events and heartbeats', () => {
  expect(looksOfCall(97, 0)).toEqual([0]);
  expect(looksOfCall(1800, 300)).toEqual([300]);
});

test('a call that comes near the usual end waits for it and looks again, for less than a heartbeat', () => {
  const looks = looksOfCall(97, 92);
  expect(looks[1]).toBeCloseTo(97);
  expect(looks.length).toBeGreaterThan(4);
  expect(looks.at(-1)).toBeLessThanOrEqual(92 + 40);
  expect(looksOfCall(5, 0)[1]).toBeCloseTo(5);
});

test('a call that comes long after the usual end looks once: nobody knows when the thing will end', () => {
  expect(looksOfCall(97, 400)).toEqual([400]);
});

test('a call that an event made looks again for some seconds, since AWS may still show what was before', () => {
  const bounds = { usual: 300, heartbeat: heartbeatOf(300) };
  expect([0, 2, 4, 6].map((stayed) => pauseBeforeLook(bounds, 120, stayed, true))).toEqual([2, 2, 2, undefined]);
  expect(pauseBeforeLook(bounds, 120, 0)).toBeUndefined();
});

test('the first look of a call is left out right after the start and seconds before the usual end, if both are known', () => {
  const known = { usual: 97, notBefore: 15 };
  expect([0, 14, 16, 80, 93, 96.5, 97, 120].map((waited) => isTooEarly(known, waited))).toEqual([
    true,
    true,
    false,
    false,
    true,
    false,
    false,
    false,
  ]);
  expect([0, 93].map((waited) => isTooEarly({ usual: 97 }, waited))).toEqual([false, false]);
});

test('a call does not stay where only an event is quick', () => {
  expect(pauseBeforeLook({ usual: 60, heartbeat: 113, stays: false }, 59, 0)).toBeUndefined();
});

test('SSM is asked again and again from some seconds before the usual end, by a call that comes in time for that', () => {
  const bounds = { usual: 72, ahead: aheadOf(72), heartbeat: heartbeatOf(72, 1, aheadOf(72)) };
  expect(bounds.heartbeat + 1).toBeLessThanOrEqual(72 - 8);
  expect([62, 64, 66, 72].map((waited) => pauseBeforeLook(bounds, waited, 0))).toEqual([
    2,
    0.5,
    0.5,
    expect.closeTo(0.54),
  ]);
  expect(pauseBeforeLook(bounds, 82, 10)).toBeCloseTo(1.5);
  const short = { usual: 8, notBefore: 2, ahead: aheadOf(8) };
  expect([0, 3, 5].map((waited) => isTooEarly(short, waited))).toEqual([true, false, false]);
});

test.each([6, 12, 18, 25])(
  'a call that waits for SSM from the start stays until the usual end, %d s later',
  (usual) => {
    const bounds = { usual, ahead: aheadOf(usual), heartbeat: heartbeatOf(usual, 1, aheadOf(usual)) };
    const looks = [0];
    for (
      let pause: number | undefined = 0;
      pause !== undefined;
      pause = pauseBeforeLook(bounds, looks.at(-1) ?? 0, looks.at(-1) ?? 0)
    )
      looks.push((looks.at(-1) ?? 0) + pause);
    const gaps = looks.slice(2).map((at, look) => [at, at - (looks[look + 1] ?? 0)] as const);
    expect(looks[2]).toBeCloseTo(usual - bounds.ahead);
    expect(gaps.filter(([at, gap]) => at > usual - bounds.ahead && at < usual && gap > 0.51)).toEqual([]);
    expect(looks.at(-1)).toBeGreaterThan(usual + 2);
    expect(looks.at(-1)).toBeLessThan(bounds.heartbeat);
  },
);

test('EC2 is asked more often near the end if it is known how long the thing usually takes', () => {
  const typical = { usual: 97, heartbeat: heartbeatOf(97) };
  const known = { ...typical, notBefore: 15 };
  const pausesAt = (bounds: typeof typical) => [97, 107].map((waited) => pauseBeforeLook(bounds, waited, 5));
  expect(pausesAt(typical)).toEqual([expect.closeTo(1.46, 1), 4]);
  expect(pausesAt(known)).toEqual([1, 2.5]);
});
