import { describe, expect, test } from '@jest/globals';
import { emptyRecord, type RecipeRecord } from '../../../core/build/record.ts';
import { expectedSeconds, expectedTimings } from '../../../core/forecast/expected-timings.ts';
import { forecastOf, foreseenBuild } from '../../../core/forecast/forecast.ts';
import { judgedForecast, trialsOf, type TriedCall } from '../../../core/forecast/judged-forecast.ts';
import { planOf } from '../../support/plan.ts';

const usual = {
  builder: 20,
  stop: 10,
  image: 100,
  candidate: 30,
  provision: { patch: 60 },
  checks: { boots: 5 },
  copies: { 'eu-west-1': 200 },
};
const published = (changes: object = {}): RecipeRecord => ({
  ...emptyRecord(),
  published: { build: '20261116-030000-9f2c', digest: 'x', source: 'ami-0', at: '2026-11-16T03:10:00Z', ...changes },
});

describe('the time of a build', () => {
  const secondsOf = (copies: boolean) => expectedSeconds(expectedTimings(planOf(), usual, { copies }));

  test('is that of its states one after another, with the copies beside the checks or after them', () => {
    const sanitize = 3 + 5;
    const untilImage = 3 + 3 + 20 + 3 + 60 + sanitize + 10 + 3 + 100;
    const [checks, copies, after] = [3 + 30 + 3 + 5, 3 + 200, 3 + 3 + 3 + 3];
    expect(secondsOf(true)).toBe(untilImage + Math.max(checks + 3, copies) + after);
    expect(secondsOf(false)).toBe(untilImage + checks + copies + after);
  });

  test('comes from the last published build, else from what AWS usually takes; it and the recipe make the cost', () => {
    const first = foreseenBuild(planOf(), emptyRecord());
    expect([first.timedBy, first.seconds > 100]).toEqual([undefined, true]);
    const next = foreseenBuild(planOf(), published({ usual }));
    expect([next.timedBy, next.seconds]).toEqual(['20261116-030000-9f2c', secondsOf(true)]);
    expect(next.cost).toMatchObject({ usd: expect.any(Number), unpriced: [] });
    expect(next.cost!.usd).toBeGreaterThan(first.cost!.usd! - 1);
    expect(next.cost!.parts.transfer).toBeGreaterThan(0);
  });
});

describe('the cost of a build', () => {
  const foreseen = (target: object) =>
    foreseenBuild(planOf({ distribute: [{ region: 'us-east-1' }, { region: 'eu-west-1', ...target }] }), emptyRecord());

  test('has the second copy beside one that the recipe caps, as at most', () => {
    const [plain, capped] = [foreseen({}), foreseen({ completeWithin: '30m' })];
    expect([plain.secondCopies, plain.cost?.parts.transfer]).toEqual([undefined, 0.16]);
    // 8 GiB once more, and the fee of a copy within half an hour
    expect(capped.secondCopies).toBeCloseTo(8 * (0.02 + 0.018));
    expect(capped.cost?.parts.transfer).toBeCloseTo(0.16 + 8 * 0.038);
    expect(capped.seconds).toBe(plain.seconds);
  });

  test('has the copies in other accounts, which also take time', () => {
    const [plain, copied] = [foreseen({}), foreseen({ copyTo: [{ account: '444455556666', publish: true }] })];
    expect(copied.copiedTo).toMatchObject([
      { region: 'eu-west-1', account: '444455556666', parameter: '/golden/base/stable', required: true },
    ]);
    expect(copied.cost).toMatchObject({ snapshotsPerMonth: 1.2, inOtherAccounts: 0.4, parts: { transfer: 0.16 } });
    expect(copied.seconds - plain.seconds).toBe(3 + 60 + 3);
    expect(plain).not.toHaveProperty('copiedTo');
  });
});

describe('what is tried', () => {
  const images = [
    { region: 'us-east-1', ami: 'ami-1' },
    { region: 'eu-west-1', ami: 'ami-2' },
  ];
  const accounts = Array.from({ length: 900 }, (_, index) => String(300000000000 + index));
  const plan = planOf({ distribute: [{ region: 'us-east-1', accounts }, { region: 'eu-west-1' }] });

  test('is a copy to each target and the sharing of each shared one, on the images of the last published build', () => {
    const { copies, grants } = trialsOf(plan, published({ images }));
    expect(copies).toEqual([{ index: 1, region: 'eu-west-1', id: null, ami: 'ami-1' }]);
    expect(grants).toEqual([{ index: 0, region: 'us-east-1', id: null, ami: 'ami-1' }]);
  });

  test('is the launch alone before the first build, and stays small', () => {
    const { copies, grants, rehearsal } = trialsOf(plan, emptyRecord());
    expect([copies, grants]).toEqual([[], []]);
    expect(rehearsal.document.distribute[0]?.accounts).toHaveLength(3);
    expect(JSON.stringify(rehearsal).length).toBeLessThan(10_000);
  });
});

describe('what EC2 said', () => {
  const refused = (code: string) => ({ allowed: false as const, code, message: `${code}: no` });
  const launch = (code: string): TriedCall => ({ state: 'Launch', path: ['builder'], answer: refused(code) });
  const copy = (code: string): TriedCall => ({ state: 'CopyImage', path: ['distribute', 1], answer: refused(code) });
  const ready = forecastOf({ problems: [], notes: [] });
  const wrong = (path: (string | number)[]) => forecastOf({ problems: [{ path, message: 'is wrong' }], notes: [] });

  test.each<[string, ReturnType<typeof forecastOf>, TriedCall[], string, string[], string[]]>([
    ['all allowed', ready, [{ state: 'Launch', path: ['builder'], answer: { allowed: true } }], 'ready', [], []],
    [
      'a launch refused',
      ready,
      [launch('InvalidParameterValue')],
      'refused',
      ['EC2 would refuse to launch the builder: InvalidParameterValue: no'],
      [],
    ],
    [
      'a launch refused for what is known',
      wrong(['builder', 'subnets', 0]),
      [launch('InvalidSubnetID.NotFound')],
      'refused',
      ['is wrong'],
      [],
    ],
    [
      'a launch not permitted',
      wrong(['source']),
      [launch('UnauthorizedOperation')],
      'refused',
      ['is wrong', 'the role of the function Launch lacks a permission: UnauthorizedOperation: no'],
      [],
    ],
    [
      'a copy not permitted',
      ready,
      [copy('UnauthorizedOperation')],
      'refused',
      ['the role of the function CopyImage lacks a permission: UnauthorizedOperation: no'],
      [],
    ],
    [
      'a copy refused',
      ready,
      [copy('InvalidRequest')],
      'ready',
      [],
      ['EC2 did not let CopyImage be tried on the published image: InvalidRequest: no'],
    ],
    [
      'a copy refused to a wrong target',
      wrong(['distribute', 1, 'region']),
      [copy('AuthFailure')],
      'refused',
      ['is wrong'],
      [],
    ],
    [
      'a trial that failed',
      ready,
      [{ state: 'Launch', path: ['builder'], failure: { Error: 'States.Timeout', Cause: 'slow' } }],
      'ready',
      [],
      ['could not try the call of Launch: slow'],
    ],
  ])('%s', (_, forecast, tried, status, problems, notes) => {
    const judged = judgedForecast(forecast, tried);
    expect([judged.status, judged.problems.map(({ message }) => message), judged.notes]).toEqual([
      status,
      problems,
      notes,
    ]);
  });
});
