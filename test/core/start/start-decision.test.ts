import { describe, expect, test } from '@jest/globals';
import type { Move } from '../../../core/channel/channel-record.ts';
import { contentDigest, recipeDigest } from '../../../core/build/content-digest.ts';
import type { Recipe } from '../../../core/recipe/types.ts';
import { parseRecipe } from '../../../core/recipe/recipe.ts';
import { emptyRecord, type FailedBuild, type RecipeRecord } from '../../../core/build/record.ts';
import { debounceSeconds, decideStart, type StartFacts } from '../../../core/start/start-decision.ts';
import type { StartRequest } from '../../../core/start/start-event.ts';
import { recipe as document } from '../../support/pipeline.ts';

const content = { recipe: parseRecipe(document, {}).recipe as Recipe, scripts: {}, pipelineVersion: '1.0.0' };
const digest = contentDigest({ source: 'ami-2', ...content });
const now = new Date('2026-11-23T03:00:00Z');
const before = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString();

const trigger = { by: 'source', reason: 'newer' } as const;
const newer: StartRequest = { recipe: 'base', trigger };
const byTime: StartRequest = {
  recipe: 'base',
  scheduled: '2026-11-23T03:00:00Z',
  trigger: { by: 'schedule', reason: 'it is time' },
};
const published = { build: '20261101-030000-9f2c', digest: 'old', source: 'ami-1', at: before(86_400) };
const failure = (n: number, more: Partial<FailedBuild> = {}): FailedBuild => ({
  build: `20261122-0${n}0000-0000`,
  automatic: true,
  source: 'ami-2',
  digest,
  recipeDigest: recipeDigest(content.recipe, {}, '1.0.0'),
  error: 'ProvisionFailed',
  at: before(86_400 - n),
  ...more,
});
const failures = (count: number, more: Partial<FailedBuild> = {}) =>
  Array.from({ length: count }, (_, n) => failure(n, more));

const decide = (asked: StartRequest, record: Partial<RecipeRecord> = {}, facts: Partial<StartFacts> = {}) =>
  decideStart(asked, {
    records: { base: { ...emptyRecord(), ...record } },
    source: 'ami-2',
    content,
    building: undefined,
    parentBuilding: undefined,
    now,
    ...facts,
  });
const nameOf = (record: Partial<RecipeRecord> = {}, facts: Partial<StartFacts> = {}) =>
  decide(newer, record, facts).start?.names[0];

test('an automatic build has the values that the triggers of its recipe give', () => {
  const parameters = { version: '1.3' };
  const triggers = { ...content.recipe.triggers, parameters } as NonNullable<Recipe['triggers']>;
  const own = { ...content, recipe: { ...content.recipe, triggers } };
  expect(decide(newer, {}, { content: own }).start?.input).toEqual({ recipe: 'base', trigger, parameters });
});

test('a newer source starts a build, which says why', () => {
  expect(decide(newer, { published }).start?.input).toEqual({ recipe: 'base', trigger });
});

describe('the name of an execution', () => {
  test('is that of the content, so that the same event again means the same execution', () => {
    expect(nameOf()).toBe(`base-${digest.slice(0, 12)}-0`);
    expect(nameOf({}, { now: new Date(now.getTime() + 5000) })).toBe(nameOf());
  });

  test('is another one for another source, another try, and where it succeeds another image', () => {
    const names = [
      nameOf(),
      nameOf({}, { source: 'ami-3' }),
      nameOf({ failures: failures(1) }),
      nameOf({ published }),
      nameOf({ published: { ...published, build: '20261102-030000-aaaa' } }),
    ];
    expect(new Set(names).size).toBe(names.length);
  });

  test('counts the tries of this content only', () => {
    expect(nameOf({ failures: failures(2, { digest: 'other', source: 'ami-1' }) })).toBe(nameOf());
  });

  test('of a schedule is that of the time it names', () => {
    expect(decide(byTime).start?.names).toEqual(['base-20261123T030000Z']);
  });

  test('fits into what Step Functions takes', () => {
    const recipe = 'x'.repeat(48);
    const records = { [recipe]: { ...emptyRecord(), published, failures: failures(4) } };
    for (const name of decide({ ...newer, recipe }, {}, { records }).start?.names ?? [])
      expect(name.length).toBeLessThan(81);
  });
});

describe('nothing is started', () => {
  test('while the recipe is being built', () => {
    expect(decide(newer, {}, { building: 'arn:one' })).toMatchObject({
      skip: 'building',
      because: expect.stringMatching(/arn:one/),
    });
    expect(decide(byTime, {}, { building: 'arn:one' })).toMatchObject({ skip: 'building' });
  });

  test('by a parent that is still building; its end starts the recipe, and a schedule does not wait', () => {
    const parent = { parentBuilding: 'arn:parent' };
    expect(decide(newer, {}, parent)).toMatchObject({ skip: 'parent is still building' });
    expect(decide({ ...newer, parentEnded: true }, {}, parent).start).toBeDefined();
    expect(decide(byTime, {}, parent).start).toBeDefined();
  });

  test('by a source that the published image was built from; whether a schedule builds is seen by Resolve', () => {
    const current = { published: { ...published, source: 'ami-2' } };
    expect(decide(newer, current)).toMatchObject({ skip: 'unchanged' });
    expect(decide(byTime, current).start).toBeDefined();
    const old = { published: { ...current.published, at: before(30 * 86_400 + 1) } };
    expect(decide(newer, old).start?.names).not.toEqual(decide(newer).start?.names);
  });

  test('with content that somebody took back from its channel, even by a schedule', () => {
    const rollback: Move = {
      verb: 'rollback',
      execution: 'e',
      who: 'Ada',
      at: 'today',
      why: 'no network',
      from: { build: 'b', digest },
      to: { build: 'a' },
      before: [],
      after: [],
    };
    const channel = { schema: 1 as const, parameter: '/golden/base/stable', moves: [rollback] };
    expect(decide(byTime, {}, { channel })).toEqual({
      skip: 'content taken back',
      because: 'b has the same content, and Ada rolled the channel back from it at today: no network',
    });
    expect(decide(byTime, {}, { source: 'ami-3', channel })).toHaveProperty('start');
  });

  test('by a source within fifty minutes of the last automatic start; the next poll comes later', () => {
    const started = (seconds: number, by: 'source' | 'hand' = 'source') => ({
      started: { build: '20261123-020000-9f2c', at: before(seconds), by },
    });
    expect(debounceSeconds).toBeLessThan(3600);
    expect(decide(newer, started(debounceSeconds - 1))).toMatchObject({ skip: 'debounced' });
    expect(decide(newer, started(debounceSeconds)).start).toBeDefined();
    expect(decide(newer, started(60, 'hand')).start).toBeDefined();
    expect(decide(byTime, started(60)).start).toBeDefined();
  });

  test('automatically after five automatic failures in a row, by whatever', () => {
    expect(decide(newer, { failures: failures(4) }).start).toBeDefined();
    expect(decide(newer, { failures: failures(5) })).toMatchObject({
      skip: 'breaker open',
      because: expect.stringMatching(/base failed 5 times/),
    });
    expect(decide(byTime, { failures: failures(5) })).toMatchObject({ skip: 'breaker open' });
    expect(decide(newer, { failures: failures(5, { automatic: false }) }).start).toBeDefined();
    expect(decide(newer, { failures: failures(5, { recipeDigest: 'before' }) }).start).toBeDefined();
  });
});
