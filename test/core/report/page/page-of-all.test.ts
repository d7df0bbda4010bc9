import { expect, test } from '@jest/globals';
import { pageOfAll } from '../../../../core/report/page/page-of-all.ts';
import { pipelineFacts } from '../../../support/pipeline-facts.ts';

const page = pageOfAll(pipelineFacts());

test('what needs a look is a channel that is not well, a drift, a recipe whose last builds failed, and what was left behind', () => {
  expect(page.look).toEqual([
    'al2023-web/stable in eu-west-1: deprecated',
    'ubuntu-2404-docker/stable in us-east-1: 999988887777 may launch it, which the recipe does not say',
    expect.stringMatching(/^al2023-base 2026\S+ left behind: snap-0123456789abcdef0 in eu-west-1$/),
    expect.stringMatching(/^jenkins-agent: the last build failed, 2026\S+ with ProvisionFailed in AwaitCommand$/),
    expect.stringMatching(
      /^windows-2025-base: the last 2 builds failed, 2026\S+ with ProvisionFailed in AwaitCommand$/,
    ),
  ]);
  expect(pageOfAll(pipelineFacts(true)).look).toEqual([]);
});

test('channels are rows and regions columns, the home region first', () => {
  expect(page.places).toEqual(['us-east-1', 'ap-southeast-2', 'eu-central-1', 'eu-west-1', 'sa-east-1']);
  const [base] = page.channels;
  expect(base?.cells.map((cell) => cell?.place)).toEqual([
    'us-east-1',
    undefined,
    'eu-central-1',
    'eu-west-1',
    undefined,
  ]);
});

test('a recipe has the number of its builds, their usual time and their cost', () => {
  expect(page.recipes.find(({ recipe }) => recipe === 'al2023-base')).toMatchObject({
    published: 10,
    failed: 2,
    upToDate: 2,
    usualSeconds: 554,
    usd: expect.closeTo(12 * 0.12, 6),
    perMonth: 1.2,
  });
});

test('the cost of builds is told by week, and failures with the newest first', () => {
  expect(page.weeks).toHaveLength(13);
  expect(page.weeks.at(-1)?.from).toBe('2026-11-17');
  const all = page.recipes.reduce((sum, { usd }) => sum + usd, 0);
  expect(page.weeks.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(all, 6);
  const starts = page.failures.map(({ startedAt }) => startedAt);
  expect(starts).toEqual(starts.toSorted((one, other) => other - one));
});

test('a week begins at midnight, so that a build of its first morning counts there', () => {
  const facts = pipelineFacts();
  const now = Date.parse('2026-11-29T03:00:00.210Z');
  const startedAt = Date.parse('2026-11-23T03:00:00Z');
  const builds = facts.builds.slice(0, 1).map((build) => ({ ...build, startedAt, usd: 1 }));
  expect(pageOfAll({ ...facts, now, builds }).weeks.at(-1)).toEqual({ from: '2026-11-23', usd: 1 });
});
