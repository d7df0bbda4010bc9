import { expect, test } from '@jest/globals';
import { stillFailed } from '../../../core/report/failed-manifest.ts';
import { manifestOf, type Manifest } from '../../../core/build/manifest.ts';
import { rebuildProblems, resumed } from '../../../core/start/resume-build.ts';
import type { Recipe } from '../../../core/recipe/types.ts';
import { parseRecipe } from '../../../core/recipe/recipe.ts';
import type { AmiDescription } from '../../../core/launch/source.ts';
import { document, planOf } from '../../support/plan.ts';

const plan = planOf({ onFailure: 'keep-image' });
const image = { ami: 'ami-1', region: 'us-east-1', state: 'available' } as AmiDescription;
const expires = '2026-12-01T00:00:00.000Z';
const kept = [{ region: 'us-east-1', ami: 'ami-1', snapshots: ['snap-1'], expires }];

const failed = (changes: Partial<NonNullable<Manifest['failure']>> = {}, startedAt = '2026-11-23T03:00:05.000Z') =>
  manifestOf({
    plan,
    status: 'failed',
    targets: [],
    parameter: null,
    timings: [{ state: 'Resolve', startedAt, seconds: 1 }],
    failure: { state: 'Check', error: 'CheckFailed', cause: 'no', undone: [], left: [], kept, ...changes },
  });

const problem = (manifest: Manifest | undefined, images = [image], now = '2026-11-30T23:59:59Z') =>
  rebuildProblems(plan, { recipe: plan.document, special: false, replan: false }, manifest, images, {
    now: new Date(now),
    inlineRecipes: true,
  })[0]?.message;

test('a failed build goes on with what it kept, while that is there', () => {
  expect(problem(failed())).toBeUndefined();
  expect(problem(failed({ kept: [{ ...kept[0]!, expires: null }] }))).toBeUndefined();
  expect(problem(failed({ kept: [] }))).toContain('failed and was undone (CheckFailed); start the recipe without');
  expect(problem(failed(), [image], expires)).toContain(`its image was kept only until ${expires}`);
  expect(problem(failed(), [])).toContain('the image that was kept in us-east-1 is gone');
  expect(problem(failed(), [{ ...image, state: 'pending' }])).toContain('is gone');
});

test('a record from before images were kept is one of a build that kept none', () => {
  const { kept: _, ...failure } = failed().failure!;
  expect(problem({ ...failed(), failure } as Manifest)).toContain('failed and was undone');
});

test('a build that goes on after it was undone says since when; one that was only stopped is the same build', () => {
  const later = '2026-11-24T09:00:00.000Z';
  const at = { now: new Date(later) };
  const by = (id: string, startedAt = later) => ({ id, startedAt });
  expect(resumed(plan, undefined, by('a'), at)).toBe(plan);
  const first = resumed(plan, failed(), by('a'), at);
  expect(first).toEqual({ ...plan, resumedAt: later, resumedBy: ['a'] });
  expect(resumed(first, failed(), by('b', '2026-11-24T10:00:00.000Z'), at)).toBe(first); // stopped, and not undone yet
  const undone = failed({}, '2026-11-24T09:00:00.500Z');
  expect(resumed(first, undone, by('c', '2026-11-25T09:00:00.000Z'), at)).toMatchObject({
    resumedAt: '2026-11-25T09:00:00.000Z',
    resumedBy: ['a', 'c'],
  });
});

test('a second clean-up of the same failure keeps its record, that of a later start is another', () => {
  const [before, now] = [failed({ undone: ['a'] }), failed({ error: 'ABORTED', undone: ['b'], left: ['c'], kept: [] })];
  expect(stillFailed(before, now, '2026-11-23T03:00:00.000Z').failure).toEqual({
    ...before.failure,
    undone: ['a', 'b'],
    left: ['c'],
    kept: [],
  });
  expect(stillFailed(before, now, Date.parse('2026-11-24T09:00:00.000Z'))).toBe(now);
});

test('a recipe that is brought again must be the one of the plan, as it was written and not as the deployment filled it in', () => {
  const written = (changes: object = {}): Recipe => {
    const builder = { instanceTypes: ['t3.small'] };
    const { recipe, problems } = parseRecipe({ ...document, builder, ...changes }, {});
    if (problems) throw new Error(JSON.stringify(problems));
    return recipe;
  };
  const planned = planOf({ builder: { instanceTypes: ['t3.small'] } });
  const { written: _, ...earlier } = planned;
  for (const plan of [planned, earlier]) {
    const asked = (recipe: Recipe) =>
      rebuildProblems(plan, { recipe, special: true, replan: false }, undefined, [], {
        now: new Date(expires),
        inlineRecipes: true,
      })[0]?.message;
    expect(asked(written())).toBeUndefined();
    for (const changes of [
      { description: 'another' },
      { onFailure: 'keep-image' },
      { builder: { instanceTypes: ['t3.small'], instanceProfile: 'other' } },
      { builder: { instanceTypes: ['t3.small'], subnets: ['subnet-12345678'] } },
    ])
      expect(asked(written(changes))).toContain('keeps the recipe it was planned with');
  }
});
