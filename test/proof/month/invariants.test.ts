import { describe, expect, test } from '@jest/globals';
import type { BuildOutcome, History } from '../../../proof/month/history.ts';
import { checkHistory, type Invariant } from '../../../proof/month/invariants.ts';

const at = (time: string) => `2026-11-23T${time}:00.000Z`;
const recipe = (name: string, parent: string | null = null) => ({
  name,
  parent,
  parameters: parent === null ? ['/source'] : [],
  follows: true,
  rebuildAfterSeconds: 86_400,
});
const release = (time: string, ami: string) => ({ at: at(time), parameter: '/source', ami, first: false });
const build = (name: string, source: string | null, start: string, end: string, more: Partial<BuildOutcome> = {}) => ({
  recipe: name,
  build: `${name} ${start}`,
  execution: name,
  trigger: { by: name === 'child' ? ('parent' as const) : ('source' as const), reason: 'newer' },
  startedAt: at(start),
  endedAt: at(end),
  status: 'published' as const,
  source,
  ami: `${name} from ${source}`,
  digest: source,
  publishedAt: at(end),
  regions: { published: ['us-east-1'], missing: [] },
  error: null,
  cause: null,
  usd: 1,
  ...more,
});
const failed = { status: 'failed', publishedAt: null, ami: null, error: 'ProvisionFailed' } as const;

const history = (more: Partial<History>): History => ({
  from: at('00:00'),
  until: at('20:00'),
  recipes: [recipe('base')],
  releases: [],
  starts: [],
  builds: [],
  unheard: [],
  sourceless: [],
  sweeps: [],
  aging: { looks: [], servers: [], runs: [] },
  ...more,
});
const judged = (more: Partial<History>, name: Invariant['name']) => {
  const found = checkHistory(history(more)).find((one) => one.name === name);
  return { says: found?.says, violations: found?.violations, held: found?.held };
};

describe('a source update', () => {
  const releases = [release('01:30', 'ami-1')];

  test('is published within a poll and a bake, and the numbers say so', () => {
    const builds = [build('base', 'ami-1', '02:00', '02:11')];
    expect(judged({ releases, builds }, 'published')).toEqual({
      says: '1 of 1 source updates were published, within 1h poll + 11m bake: worst 41m',
      violations: [],
      held: [],
    });
  });

  test('that nothing was built from, or too late, is named', () => {
    expect(judged({ releases }, 'published').violations).toEqual([
      'base: ami-1 of 2026-11-23 01:30 was not built from; it was due by 2026-11-23 02:35',
    ]);
    const late = [build('base', 'ami-1', '03:00', '03:11')];
    expect(judged({ releases, builds: late }, 'published').violations).toEqual([
      expect.stringMatching(/due by .* 02:35; its build started .* 03:00/),
    ]);
  });

  test('may still be answered where the time is not up, or its build is running', () => {
    expect(judged({ releases, until: at('02:30') }, 'published').violations).toEqual([]);
    const running = { status: 'running', endedAt: null, publishedAt: null } as const;
    const builds = [build('base', 'ami-1', '02:00', '02:11', running)];
    expect(judged({ releases, builds, until: at('05:00') }, 'published').violations).toEqual([]);
  });

  test('is answered by a build from a newer one', () => {
    const twice = [...releases, release('01:50', 'ami-2')];
    expect(judged({ releases: twice, builds: [build('base', 'ami-2', '02:00', '02:11')] }, 'published')).toMatchObject({
      says: expect.stringMatching(/^2 of 2 .* worst 41m$/),
      violations: [],
    });
  });

  test('waits for the build before, for fifty minutes after the last start, and for one poll for each event that was lost', () => {
    const twice = [...releases, release('02:05', 'ami-2')];
    const builds = [build('base', 'ami-1', '02:00', '02:40'), build('base', 'ami-2', '03:40', '03:50')];
    expect(judged({ releases: twice, builds }, 'published')).toMatchObject({
      says: expect.stringMatching(/; 1 also waited for the build before$/),
      violations: [],
    });
    const unheard = [{ at: at('02:00'), recipes: ['base'], what: 'Source Image Updated', queued: false }];
    const later = [build('base', 'ami-1', '03:00', '03:11')];
    expect(judged({ releases, builds: later, unheard }, 'published')).toMatchObject({
      says: expect.stringMatching(/; 1 also waited for an event that was lost$/),
      violations: [],
    });
    expect(judged({ releases, unheard }, 'published').violations).toHaveLength(1);
  });

  test('whose builds fail is held up by the breaker, which says so; without it, it is due after each of them', () => {
    const builds = ['02:00', '03:00'].map((start) =>
      build('base', 'ami-1', start, start.replace(':00', ':06'), failed),
    );
    const starts = [{ at: at('04:00'), recipe: 'base', by: 'source', reason: 'newer', skipped: 'breaker open' }];
    expect(judged({ releases, builds, starts }, 'published')).toMatchObject({
      violations: [],
      held: [expect.stringMatching(/base: ami-1 .* the breaker is open/)],
    });
    expect(judged({ releases, builds }, 'published').violations).toEqual([expect.stringMatching(/due by .* 04:55/)]);
  });
});

describe('an image', () => {
  test('of the same content is not made twice, unless the first is not everywhere', () => {
    const first = build('base', 'ami-1', '02:00', '02:11');
    const second = build('base', 'ami-1', '05:00', '05:11');
    expect(judged({ builds: [first, second] }, 'built once').violations).toEqual([
      'base: base 05:00 is of the same content as base 02:00, 2h 49m old',
    ]);
    expect(judged({ builds: [first, { ...second, status: 'up-to-date' }] }, 'built once').violations).toEqual([]);
    const partly = { ...first, regions: { published: ['us-east-1'], missing: ['eu-west-1'] } };
    expect(judged({ builds: [partly, second] }, 'built once').violations).toEqual([]);
  });

  test('is not made while another one of the recipe is', () => {
    const builds = [build('base', 'ami-1', '02:00', '02:11'), build('base', 'ami-2', '02:05', '02:16')];
    expect(judged({ builds }, 'built once').violations).toEqual([
      'base: base 02:05 started while base 02:00 was under way',
    ]);
  });

  test('is made anew when it is older than its recipe allows', () => {
    const recipes = [{ ...recipe('base'), rebuildAfterSeconds: 4 * 3600 }];
    const first = build('base', 'ami-1', '02:00', '02:11');
    expect(judged({ recipes, builds: [first] }, 'young').violations).toEqual([
      'base: base 02:00 was 17h 49m old and not made anew',
    ]);
    const second = build('base', 'ami-1', '07:00', '07:11');
    const until = at('12:00');
    expect(judged({ recipes, builds: [first, second], until }, 'young').violations).toEqual([]);
    expect(judged({ recipes, builds: [first, second], until }, 'built once').violations).toEqual([]);
  });
});

describe('a child', () => {
  const recipes = [recipe('base'), recipe('child', 'base')];
  const parent = build('base', 'ami-1', '02:00', '02:11');
  const child = build('child', parent.ami, '02:12', '02:20');

  test('is built from what its parent published, after the end of that build', () => {
    expect(judged({ recipes, builds: [parent, child] }, 'parents first')).toEqual({
      says: 'children after parents: 1 of 1, published after 9m at the most',
      violations: [],
      held: [],
    });
  });

  test('that started too early, from something else, from an older image or not at all is named', () => {
    const violations = (...builds: BuildOutcome[]) => judged({ recipes, builds }, 'parents first').violations;
    expect(violations(parent, { ...child, startedAt: at('02:10') })).toEqual([
      'child: child 02:12 started before base base 02:00 had ended',
    ]);
    expect(violations(parent, child, build('child', 'ami-else', '03:00', '03:08'))).toEqual([
      'child: child 03:00 is from ami-else, which base did not publish',
    ]);
    const newer = build('base', 'ami-2', '04:00', '04:11');
    const newest = build('child', newer.ami, '04:12', '04:20');
    expect(violations(parent, child, newer, newest, build('child', parent.ami, '05:00', '05:08'))).toEqual([
      expect.stringMatching(/child 05:00 is from .*, older than that of the build before/),
    ]);
    expect(violations(parent)).toEqual([expect.stringMatching(/child: base from ami-1 .* was not built from/)]);
  });
});
