import { describe, expect, test } from '@jest/globals';
import { agingOf } from '../../../proof/month/aged.ts';
import type { Aging, SeenState } from '../../../proof/month/aging.ts';
import { runDays } from '../../../proof/month/days.ts';
import type { BuildOutcome, History } from '../../../proof/month/history.ts';
import { noRates } from '../../../simulator/aws/calls/rates.ts';
import { childOf, follower } from '../../support/triggered.ts';

const day = 86_400_000;
const start = Date.parse('2026-11-23T03:00:00Z');
const on = (days: number) => new Date(start + days * day).toISOString();
const retire = {
  keep: 1,
  deprecateAfter: '10d',
  disableAfter: '20d',
  deregisterAfter: '30d',
  snapshots: 'delete' as 'delete' | 'keep',
};
const base = { name: 'base', parent: null, parameters: [], follows: true, rebuildAfterSeconds: 86_400, retire };

/** An image by the day of its build, with the days on which it was first seen in a state. */
interface Lived {
  day: number;
  turns?: [day: number, state: Exclude<SeenState, 'active'>][];
  more?: Partial<BuildOutcome>;
}

const stepTo = { deprecated: 'deprecate', disabled: 'disable', deregistered: 'deregister' } as const;
const buildOf = ({ day: built, turns = [], more = {} }: Lived): BuildOutcome => ({
  recipe: 'base',
  build: `build of day ${built}`,
  execution: 'e',
  trigger: null,
  startedAt: on(built),
  endedAt: on(built),
  status: 'published',
  source: null,
  ami: `ami of day ${built}`,
  digest: null,
  publishedAt: on(built),
  regions: { published: ['us-east-1'], missing: [] },
  error: null,
  cause: null,
  usd: 1,
  retired: turns.map(([at, state]) => ({ step: stepTo[state], at: on(at - 0.8) })),
  ...more,
});

const home = { region: 'us-east-1', account: '111122223333' };
const none = { deprecate: 0, disable: 0, deregister: 0, would: 0 };

/** What was wrong until a day, if a channel holds the newest image of its recipe. */
function wrongs(lived: Lived[], until: number, more: Partial<Aging> = {}, policy = retire, left = 0): string[] {
  const seen = lived.map((one) => ({ ...one, ...buildOf(one) }));
  const days = Array.from({ length: until }, (_, index) => index + 1);
  const aging: Aging = {
    looks: days.map((now) => {
      const there = seen.filter(({ day: built }) => built < now);
      const amis = there.map(({ recipe, build, ami, turns = [] }) => {
        const state: SeenState = turns.findLast(([at]) => at <= now)?.[1] ?? 'active';
        const snapshots = state === 'deregistered' ? left : 1;
        return { recipe, build, ...home, ami: String(ami), state, snapshots, kept: 0 };
      });
      return { at: on(now), amis, held: Object.fromEntries(there.map(({ recipe, build }) => [recipe, [build]])) };
    }),
    servers: [],
    runs: days.map((now) => ({ at: on(now - 0.8), succeeded: true, counts: none, savedPerMonth: 0 })),
    ...more,
  };
  const history: History = {
    from: on(0),
    until: on(until),
    recipes: [
      { ...base, retire: policy },
      { ...base, name: 'child', retire: { ...retire, keep: 9 } },
    ],
    releases: [],
    starts: [],
    builds: lived.map(buildOf),
    unheard: [],
    sourceless: [],
    sweeps: [],
    aging,
  };
  return agingOf(history)?.violations ?? [];
}

const newer: Lived[] = [{ day: 1 }, { day: 2 }];
const first = (...turns: NonNullable<Lived['turns']>): Lived[] => [{ day: 0, turns }, ...newer];
const server = { ...home, ami: 'ami of day 0', from: on(3), until: on(29) };

describe('the judge of a simulated year', () => {
  test('takes images that went at their ages, one step after another', () => {
    const all = first([11, 'deprecated'], [21, 'disabled'], [31, 'deregistered']);
    expect(wrongs(all, 13)).toEqual([]);
    expect(wrongs(all, 33).filter((wrong) => wrong.includes('day 0'))).toEqual([]);
  });

  test.each<[string, Lived[], number, string]>([
    ['before its age', first([9, 'deprecated']), 12, 'was deprecated before its age'],
    ['twice in a day', first([21, 'disabled']), 22, 'went from active to disabled in a day'],
    [
      'too soon after',
      first([15, 'deprecated'], [21, 'disabled']),
      22,
      'was disabled too soon after it was deprecated',
    ],
    ['in the wrong order', first([21, 'disabled'], [22, 'deprecated']), 23, 'went back from disabled to deprecated'],
    ['never', first(), 20, 'was still active on 2026-12-08, and was to be deprecated'],
    ['not on', first([11, 'deprecated']), 40, 'was still deprecated on 2026-12-19, and was to be disabled'],
  ])('finds an image that goes %s', (_how, lived, until, says) => {
    expect(wrongs(lived, until)).toContainEqual(expect.stringContaining(says));
  });

  test('finds an image that a rollback would have needed', () => {
    expect(wrongs([{ day: 0, turns: [[11, 'deprecated']] }, { day: 1 }], 12)).toContainEqual(
      expect.stringMatching(/^base build of day 0 was deprecated and a channel, a rollback or its policy needs it/),
    );
  });

  test('finds an image that was taken from a server or from its child, and lets both keep it', () => {
    const disabled = first([11, 'deprecated'], [21, 'disabled']);
    expect(wrongs(disabled, 22, { servers: [server] })).toContainEqual(
      expect.stringContaining('was disabled, and in use by a server of 111122223333 in us-east-1'),
    );
    const child: Lived = { day: 3, more: { recipe: 'child', source: 'ami of day 0' } };
    expect(wrongs([...disabled, child], 22)).toContainEqual(expect.stringContaining('in use by child build of day 3'));
    const stays = first([11, 'deprecated']);
    const late = (more: Partial<Aging>, others: Lived[] = []) =>
      wrongs([...stays, ...others], 34, more).filter((wrong) => wrong.includes('day 0'));
    expect(late({})).toHaveLength(1);
    expect([late({ servers: [server] }), late({}, [child])]).toEqual([[], []]);
  });

  test('finds a first run that acts, steps that nothing is written about, and snapshots against the policy', () => {
    const deprecated = first([11, 'deprecated']);
    const acts = { at: on(11), succeeded: true, counts: { ...none, deprecate: 1 }, savedPerMonth: 0 };
    expect(wrongs(deprecated, 12, { runs: [acts] })).toEqual([expect.stringContaining('had only to report')]);
    const silent = deprecated.map((one) => ({ ...one, more: { retired: [] } }));
    expect(wrongs(silent, 12)).toEqual([expect.stringContaining('nothing is written about its step to deprecated')]);
    const gone = first([11, 'deprecated'], [21, 'disabled'], [31, 'deregistered']);
    const own = (...given: Parameters<typeof wrongs>) => wrongs(...given).filter((one) => one.includes('snapshots'));
    expect(own(gone, 33, {}, retire, 1)).toEqual([expect.stringContaining('they were to go with it')]);
    const keeps = { ...retire, snapshots: 'keep' as const };
    expect(own(gone, 33, {}, keeps, 1)).toEqual([expect.stringContaining('they were to be kept')]);
  });

  test('gives a day more for each run that failed', () => {
    const runs = Array.from({ length: 20 }, (_, index) => ({
      at: on(index + 0.2),
      succeeded: index < 10,
      counts: none,
      savedPerMonth: 0,
    }));
    expect(wrongs(first(), 20, { runs })).toEqual([]);
  });
});

test('in four weeks, a recipe and its child retire what is old and nothing that is needed, though events and runs are lost', async () => {
  const short = { keep: 1, deprecateAfter: '4d', disableAfter: '8d', deregisterAfter: '12d' };
  const triggers = { onSourceUpdate: true, rebuildAfter: '6d' };
  const recipes = {
    parent: follower('parent', { triggers, retire: short }),
    child: follower('child', { ...childOf('parent'), retire: short }),
  };
  const { history: lived } = await runDays({
    catalog: { recipes, scripts: {}, version: '1.0.0' },
    days: 28,
    seed: 1,
    rates: { ...noRates, eventsLost: 0.1, eventsDoubled: 0.2 },
    interfere: {
      enter: (state, visit) => (state === 'ResolveRetirement' && visit % 5 === 0 ? 'TIMED_OUT' : undefined),
    },
  });
  const { violations, says = '' } = agingOf(lived) ?? {};
  expect(violations).toEqual([]);
  expect(says).toMatch(/: \d+ active, [1-9]\d* deprecated, \d+ disabled, [1-9]\d* deregistered$/);
  expect(lived.aging.servers.length).toBeGreaterThan(5);
  expect(lived.aging.runs.filter(({ succeeded }) => !succeeded)).toHaveLength(5);
});
