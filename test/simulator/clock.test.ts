import { expect, test } from '@jest/globals';
import { createClock, type Clock } from '../../simulator/clock.ts';

const never = () => false;
const macrotask = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));

test('timers run in order of time, and those of one instant in the order they were set', async () => {
  const clock = createClock({ start: 1000 });
  const seen: string[] = [];
  clock.at(1020, () => seen.push(`c ${clock.now()}`));
  clock.at(1010, () => seen.push(`a ${clock.now()}`));
  clock.at(1010, () => seen.push(`b ${clock.now()}`));
  clock.at(5, () => seen.push(`past ${clock.now()}`));
  await clock.run(() => seen.length === 4);
  expect(seen).toEqual(['past 1000', 'a 1010', 'b 1010', 'c 1020']);
});

test('a timer that was cancelled does not run', async () => {
  const clock = createClock({ start: 0 });
  const seen: string[] = [];
  clock.at(1, () => seen.push('cancelled')).cancel();
  clock.at(2, () => seen.push('kept'));
  await clock.run(() => seen.length > 0);
  expect(seen).toEqual(['kept']);
  expect(clock.now()).toBe(2);
});

test('time stands still while an activity does real work, also work on the event loop', async () => {
  const clock = createClock({ start: 0 });
  const times: number[] = [];
  clock.at(10, () => times.push(clock.now()));
  const work = clock.activity(async (own) => {
    await macrotask(20);
    await import('node:zlib');
    times.push(clock.now());
    await own.sleep(30);
    await macrotask();
    times.push(clock.now());
  });
  await clock.run(() => times.length === 3);
  await work;
  expect(times).toEqual([0, 10, 30]);
});

test('an activity sleeping several times at once lets time pass for all of them', async () => {
  const clock = createClock({ start: 0 });
  const woke: number[] = [];
  const nap = async (own: Clock, ms: number) => {
    await own.sleep(ms);
    await Promise.resolve();
    woke.push(clock.now());
  };
  void clock.activity((own) => Promise.all([nap(own, 5), nap(own, 20), nap(own, 10)]));
  await clock.run(() => woke.length === 3);
  expect(woke).toEqual([5, 10, 20]);
});

test('what a timer does asynchronously is settled before time moves on', async () => {
  const clock = createClock({ start: 0 });
  const seen: string[] = [];
  clock.at(1, async () => {
    for (let i = 0; i < 50; i++) await Promise.resolve();
    seen.push(`first, at ${clock.now()}`);
  });
  clock.at(2, () => seen.push('second'));
  await clock.run(() => seen.length === 2);
  expect(seen).toEqual(['first, at 1', 'second']);
});

test('an activity awaiting an inner one is blocked whenever the inner one sleeps', async () => {
  const clock = createClock({ start: 0 });
  let ended = 0;
  void clock.activity(async (outer) => {
    await outer.activity((inner) => inner.sleep(7));
    ended = clock.now();
  });
  await clock.run(() => ended > 0);
  expect(ended).toBe(7);
});

test('a sleep in a timer set by an activity is not charged to the activity', async () => {
  const clock = createClock({ start: 0 });
  let real = false;
  const seen: boolean[] = [];
  void clock.activity(async () => {
    clock.at(0, () => clock.sleep(100));
    clock.at(50, () => seen.push(real));
    await macrotask(10);
    real = true;
  });
  await clock.run(() => seen.length === 1);
  expect(seen).toEqual([true]);
});

test('an error in a timer or in its continuation ends the run', async () => {
  const clock = createClock({ start: 0 });
  clock.at(1, () => Promise.reject(new Error('broken later')));
  await expect(clock.run(never)).rejects.toThrow('broken later');
  const other = createClock({ start: 0 });
  other.at(1, () => {
    throw new Error('broken at once');
  });
  await expect(other.run(never)).rejects.toThrow('broken at once');
});

test('a run with nothing left to do says that the simulation stands still', async () => {
  await expect(createClock({ start: 0 }).run(never)).rejects.toThrow('The simulation stands still: ');
});

test('the event after which a run is done is the last one it makes happen', async () => {
  const clock = createClock({ start: 0 });
  clock.at(5, () => {});
  clock.at(9, () => {});
  await clock.run(() => clock.now() === 5);
  expect(clock.now()).toBe(5);
  await clock.run(() => clock.now() === 9);
});

test('a paced clock takes real time in proportion', async () => {
  const clock = createClock({ start: 0, speed: 1000 });
  clock.at(30_000, () => {});
  const began = performance.now();
  await clock.run(() => clock.now() === 30_000);
  expect(performance.now() - began).toBeGreaterThan(25);
});

test('of two thousand timers, half of them cancelled, the other half runs, each at its time', async () => {
  const clock = createClock({ start: 0 });
  let ran = 0;
  void clock.activity(async (own) => {
    for (let i = 0; i < 2000; i++) {
      own.at(own.now() + 1e9, () => {}).cancel();
      await own.sleep(1000);
      ran++;
    }
  });
  await clock.run(() => ran === 2000);
  expect([ran, clock.now()]).toEqual([2000, 2_000_000]);
});
