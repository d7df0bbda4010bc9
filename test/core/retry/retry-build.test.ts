import { expect, test } from '@jest/globals';
import type { Plan } from '../../../core/build/plan.ts';
import { commandComment, type Command } from '../../../core/guest/command.ts';
import { replanProblems } from '../../../core/retry/replan.ts';
import { retriedPlan } from '../../../core/retry/retry-build.ts';
import type { HeldAtStep } from '../../../core/undo/hold.ts';
import { planOf } from '../../support/plan.ts';

const until = '2026-11-24T09:00:00.000Z';
const held: HeldAtStep = { instance: 'i-1', region: 'us-east-1', role: 'builder', until, step: 'three' };
const steps = ['one', 'two', 'three', 'four'].map((name) => ({ name, run: name }));

const commentOf = (command: Command) => commandComment('20261123-030000-9f2c', 'provision', command);

test.each([
  [['three', 'two', 'two']],
  [['two', 'three', 'one', 'one', 'one']],
  [[undefined, 'one', 'three', 'one', 'two']],
])('retries from %j begin with a new command that ends the hold, and run every step from there anew', (froms) => {
  let plan = planOf({ provision: steps });
  const sent = new Set(plan.provision.slice(0, 3).map(commentOf));
  for (const from of froms) {
    plan = retriedPlan(plan, held, { from });
    const last = plan.provision.findIndex(({ name }) => name === 'three');
    const anew = plan.provision.slice(0, last + 1).filter((command) => !sent.has(commentOf(command)));
    const start = steps.findIndex(({ name }) => name === (from ?? 'three'));
    expect(anew[0]?.name).toMatch(/^end of hold/);
    const names = anew.map(({ name }) => name).filter((name) => !name.startsWith('end of hold'));
    expect(names).toEqual(steps.slice(start, 3).map(({ name }) => name));
    for (const command of anew) sent.add(commentOf(command));
  }
});

const changed = (index: number, run: string) => steps.map((step, at) => (at === index ? { ...step, run } : step));

test('with a changed recipe a retry sends its steps from there on, and the plan has its digests and keeps the hold', () => {
  const plan = planOf({ provision: steps, onFailure: 'hold' });
  const next = planOf({ provision: [...changed(2, 'mended'), { name: 'five', run: 'five' }], checks: [] });
  expect(replanProblems(plan, next, held, undefined)).toEqual([]);
  const first = retriedPlan(plan, held, { next });
  expect(first.provision.map(({ name }) => name)).toEqual([
    'one',
    'two',
    'end of hold 1',
    'three',
    'four',
    'five',
    'sanitize',
  ]);
  expect(first.provision[3]?.parameters).toEqual(next.provision[2]?.parameters);
  expect(first).toMatchObject({
    digest: next.digest,
    recipeDigest: next.recipeDigest,
    written: next.written,
    checks: [],
  });
  expect(first.document.onFailure).toBe('hold');
  expect(first.notes?.at(-1)).toContain('with a recipe that was changed since the build began');
  expect(plan.digest).not.toBe(next.digest);
  const again = retriedPlan(first, held, {
    next: planOf({ provision: changed(2, 'mended twice'), onFailure: 'hold' }),
  });
  expect(again.provision.map(({ name }) => name).slice(0, 5)).toEqual([
    'one',
    'two',
    'end of hold 1',
    'end of hold 2',
    'three',
  ]);
});

test('the retries of a build never reuse the comment of a command, so that a changed recipe runs and an old failure does not come back', () => {
  const [a, b, d, e] = ['a', 'b', 'd', 'e'].map((name) => ({ name, run: name }));
  const mended = planOf({ provision: [a, { ...b, run: 'b-new' }, e] });
  const retries: [from: string, next?: Plan][] = [['d'], ['b'], ['a', mended], ['b', mended], ['a']];
  let plan = planOf({ provision: [a, b, d] });
  const sent = new Set(plan.provision.map(commentOf));
  for (const [from, next] of retries) {
    plan = retriedPlan(plan, { ...held, step: from }, { from, next });
    const anew = plan.provision.filter((command) => !sent.has(commentOf(command)));
    const names = anew.map(({ name }) => name);
    expect(names[0]).toMatch(/^end of hold/);
    const steps = (next ?? plan).provision.map(({ name }) => name).filter((name) => !name.startsWith('end of hold'));
    expect(names.slice(1)).toEqual(steps.slice(steps.indexOf(from)));
    for (const command of anew) sent.add(commentOf(command));
  }
});

test.each([
  ['30m', '4h'],
  [undefined, '4h'],
  ['30m', undefined],
])('a build that was held for %s holds for the %s of a changed recipe', (old, now) => {
  const plan = {
    ...planOf({ provision: steps, onFailure: 'hold', ...(old && { holdFor: old }) }),
    notes: ['old', 'both'],
  };
  const next = {
    ...planOf({ provision: steps, onFailure: 'hold', ...(now && { holdFor: now }) }),
    notes: ['both', 'new'],
  };
  const { document, notes } = retriedPlan(plan, held, { next });
  expect([document.onFailure, document.holdFor]).toEqual(['hold', now]);
  expect(notes).toEqual(['old', 'both', 'new', expect.stringContaining('was tried again')]);
});

const problemsOf = (changes: Record<string, unknown>, of: HeldAtStep = held, from?: string) =>
  replanProblems(planOf({ provision: steps }), planOf({ provision: steps, ...changes }), of, from).map(
    ({ path, message }) => [path.join('.'), message],
  );

test.each<[string, Record<string, unknown>, string[]]>([
  ['an earlier step', { provision: changed(0, 'other') }, ['provision.0']],
  ['a step in front', { provision: [{ name: 'zero', run: 'zero' }, ...steps] }, ['provision.1', 'provision.2']],
  ['another part of the recipe', { image: { tags: { a: 'b' } }, description: 'new' }, ['description', 'image.tags.a']],
])('%s that was changed is refused with its path', (_, changes, paths) => {
  expect(problemsOf(changes).map(([path]) => path)).toEqual(paths);
});

test('an earlier step that was changed is refused if the command that ends the hold failed, too', () => {
  const once = retriedPlan(planOf({ provision: steps }), held, {});
  const problems = replanProblems(
    once,
    planOf({ provision: changed(0, 'other') }),
    { ...held, step: 'end of hold 1' },
    undefined,
  );
  expect(problems.map(({ path }) => path)).toEqual([['provision', 0]]);
});

test('an earlier step may change if the retry begins with it, and nothing may if the candidate is held', () => {
  expect(problemsOf({ provision: changed(0, 'other') }, held, 'one')).toEqual([]);
  expect(problemsOf({ checks: [] }, { ...held, role: 'candidate' })).toEqual([
    ['replan', expect.stringContaining('the digest of its recipe')],
  ]);
});
