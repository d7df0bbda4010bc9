import { expect, test } from '@jest/globals';
import {
  atTheFoot,
  attemptsOf,
  climbed,
  launchAttempt,
  nameOf,
  placesOf,
  withoutSpot,
  type Ladder,
} from '../../../core/launch/ladder.ts';
import type { Plan } from '../../../core/build/plan.ts';
import { planOf } from '../../support/plan.ts';

const builder = {
  instanceProfile: 'p',
  instanceTypes: ['t3.small', 't3a.small'],
  subnets: ['subnet-0000000a', 'subnet-0000000b'],
};
const plan = planOf({ builder });
const searching = { role: 'builder', onDemand: false } as const;
const wide = (types: number, subnets: number) =>
  planOf({
    builder: {
      ...builder,
      instanceTypes: Array.from({ length: types }, (_, n) => `m${n}.large`),
      subnets: Array.from({ length: subnets }, (_, n) => `subnet-${String(n).padStart(8, '0')}`),
    },
  });

/** The ladders from the foot to the end, with nothing launched. */
function* climb(of: Plan, role: 'builder' | 'candidate'): Generator<Ladder> {
  let ladder = atTheFoot(of);
  for (
    ;
    ladder.attempt < attemptsOf(of, { role, onDemand: false });
    ladder = climbed(of, role, ladder, [`attempt ${ladder.attempt}`])
  )
    yield ladder;
}
const waited = (of: Plan, role: 'builder' | 'candidate') =>
  [...climb(of, role)].reduce((sum, { waitSeconds }) => sum + waitSeconds, 0);

test('every instance type is tried in the first subnet before the next subnet, then all again', () => {
  const places = [0, 1, 2, 3, 4].map((attempt) => launchAttempt(plan, searching, attempt, 0));
  expect(places.map(({ instanceType, subnet }) => [instanceType, subnet])).toEqual([
    ['t3.small', 'subnet-0000000a'],
    ['t3a.small', 'subnet-0000000a'],
    ['t3.small', 'subnet-0000000b'],
    ['t3a.small', 'subnet-0000000b'],
    ['t3.small', 'subnet-0000000a'],
  ]);
  expect(new Set(places.map(({ token }) => token)).size).toBe(5);
});

test('without subnets the default VPC decides', () => {
  expect(placesOf(planOf(), searching).map(({ subnet }) => subnet)).toEqual(
    placesOf(planOf(), searching).map(() => undefined),
  );
});

const spotPlan = planOf({ builder: { ...builder, spot: true } });

test('a builder may be a Spot Instance: all places as spot come first, then all on demand', () => {
  const named = [0, 1, 2, 3, 4].map((attempt) => nameOf(launchAttempt(spotPlan, searching, attempt, 0)));
  expect(named).toEqual([
    't3.small as spot in subnet-0000000a',
    't3a.small as spot in subnet-0000000a',
    't3.small as spot in subnet-0000000b',
    't3a.small as spot in subnet-0000000b',
    't3.small in subnet-0000000a',
  ]);
  expect(placesOf(spotPlan, { ...searching, role: 'candidate' }).filter(({ spot }) => spot)).toEqual([]);
});

test('once EC2 has taken a Spot Instance back, the search begins anew on demand, with other tokens', () => {
  const lost = withoutSpot(spotPlan, { ...atTheFoot(spotPlan), attempt: 6, lost: { Error: 'InstanceLost' } });
  expect(lost).toMatchObject({ attempt: 0, onDemand: true });
  const again = climbed(spotPlan, 'builder', lost, ['no room']);
  expect(again).toMatchObject({ attempt: 1, onDemand: true });
  expect(withoutSpot(spotPlan, { ...again, lost: {} })).toMatchObject({ attempt: 1 });
  const [before, after] = [4, 0].map((attempt) =>
    launchAttempt(spotPlan, { ...searching, onDemand: attempt === 0 }, attempt, 0),
  );
  expect(nameOf(after!)).toBe(nameOf(before!));
  expect(after?.token).not.toBe(before?.token);
  const usual = { ...atTheFoot(plan), attempt: 6, lost: {} };
  expect(withoutSpot(plan, usual)).toBe(usual);
});

test('a token is the same for the same attempt, and changes with role, attempt, generation and a new start', () => {
  const tokens = [
    launchAttempt(plan, searching, 0, 0),
    launchAttempt(plan, searching, 0, 0),
    launchAttempt(plan, searching, 4, 0),
    launchAttempt(plan, searching, 0, 1),
    launchAttempt(plan, { ...searching, role: 'candidate' }, 0, 0),
    launchAttempt({ ...plan, resumedAt: '2026-11-24T03:00:00.000Z' }, searching, 0, 0),
  ].map(({ token }) => token);
  expect(tokens[0]).toBe(tokens[1]);
  expect(new Set(tokens).size).toBe(5);
});

test('inside a round the next place is tried at once, and between rounds there is a wait', () => {
  const waits = [...climb(plan, 'builder')].slice(0, 9).map(({ waitSeconds }) => waitSeconds);
  expect(waits.map((seconds) => seconds > 1)).toEqual([false, false, false, false, true, false, false, false, true]);
});

test.each([
  [1, 1],
  [2, 3],
  [10, 6],
])('with %i types in %i subnets a builder looks for about an hour, a candidate for about six', (types, subnets) => {
  const of = wide(types, subnets);
  expect(waited(of, 'builder')).toBeGreaterThan(0.7 * 3600);
  expect(waited(of, 'builder')).toBeLessThan(1.3 * 3600);
  expect(waited(of, 'candidate')).toBeGreaterThan(4.2 * 3600);
  expect(waited(of, 'candidate')).toBeLessThan(7.8 * 3600);
});

test.each([
  [1, 1, 24],
  [10, 6, 240],
  [30, 20, 600],
])(
  '%i types in %i subnets get %i attempts: every place is tried, and the history has room',
  (types, subnets, attempts) => {
    expect(attemptsOf(wide(types, subnets), searching)).toBe(attempts);
    expect(attemptsOf(wide(types, subnets), searching)).toBeGreaterThanOrEqual(
      placesOf(wide(types, subnets), searching).length,
    );
  },
);

test('what is told of the attempts is of one round at most', () => {
  const [last] = [...climb(plan, 'builder')].slice(-1);
  expect(last?.tried).toEqual([91, 92, 93, 94].map((attempt) => `attempt ${attempt}`));
});

test('a few instances may be lost to EC2, however few or many places there are', () => {
  expect([wide(1, 1), wide(2, 3), wide(10, 6)].map((of) => atTheFoot(of).mostLost)).toEqual([3, 6, 10]);
});
