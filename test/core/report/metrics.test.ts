import { expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { manifestOf, type Manifest } from '../../../core/build/manifest.ts';
import { measurementsOf, unrecordedFailure } from '../../../core/report/build-measurements.ts';
import { embedded } from '../../../core/report/metrics.ts';
import { phases, phaseSeconds } from '../../../core/build/phases.ts';
import { checkEmf } from '../../support/emf.ts';
import { planOf } from '../../support/plan.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 3) + second * 1000).toISOString();
const visit = (state: string, from: number, to: number) => ({ state, startedAt: at(from), seconds: to - from });
const now = new Date(at(400));

const manifest = (changes: Partial<Manifest> = {}): Manifest => ({
  ...manifestOf({
    plan: planOf(),
    status: 'published',
    targets: [],
    parameter: null,
    timings: [
      visit('Resolve', 0, 2),
      visit('AwaitImage', 10, 100),
      visit('Publish', 100, 106),
      visit('CleanUp', 106, 140),
    ],
    failure: null,
  }),
  ...changes,
});
const failure = { state: 'Verify', error: 'TargetsIncomplete', cause: 'no', undone: [], left: [], kept: [] };
const said = (measured: Manifest) => measurementsOf(measured).map(({ of, values }) => ({ ...of, ...values }));

test('the phases are the folders of functions/, with every state in its own', () => {
  const camel = (file: string) => file.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
  for (const [phase, states] of Object.entries(phases)) {
    const files = readdirSync(`functions/${phase}`).map((file) => camel(file.replace('.ts', '')));
    expect(files.toSorted()).toEqual([...states].toSorted());
  }
});

test('a phase lasts while any of its states is at work: targets side by side count once, and pauses do not', () => {
  const timings = [
    visit('CopyImage', 0, 10),
    visit('AwaitCopy', 5, 60),
    visit('AwaitCopy', 6, 40),
    visit('Verify', 100, 103),
  ];
  expect(phaseSeconds(timings)).toEqual({ distribute: 63 });
});

test('phases that run at the same time each have their whole time, so that together they can last longer than the build', () => {
  const timings = [visit('AwaitCheck', 0, 60), visit('AwaitCopy', 10, 90)];
  expect(phaseSeconds(timings)).toEqual({ check: 60, distribute: 80 });
});

test('a published build tells how long it and its phases took, and what it cost', () => {
  const cost = { usd: 0.0123, parts: {}, snapshotsPerMonth: 0, unpriced: [] } as unknown as NonNullable<
    Manifest['cost']
  >;
  expect(said(manifest({ cost }))).toEqual([
    { Recipe: 'base', BuildsPublished: 1, BuildSeconds: 140, EstimatedCost: 0.0123 },
    { Recipe: 'base', Phase: 'bake', PhaseSeconds: 92 },
    { Recipe: 'base', Phase: 'publish', PhaseSeconds: 6 },
    { Recipe: 'base', Phase: 'undo', PhaseSeconds: 34 },
  ]);
});

test('a failed build tells by which error, and not how long it took; a cost that is not known is not none', () => {
  const cost = { usd: null, parts: {}, snapshotsPerMonth: 0, unpriced: ['x1.large'] } as unknown as NonNullable<
    Manifest['cost']
  >;
  expect(said(manifest({ status: 'failed', failure, cost }))).toEqual([
    { Recipe: 'base', BuildsFailed: 1 },
    { Recipe: 'base', Error: 'TargetsIncomplete', Failures: 1 },
  ]);
});

test('a build that is published although something of it is left tells of both', () => {
  const all = said(manifest({ failure: { ...failure, error: 'WaitTimedOut' } }));
  expect(all[0]).toMatchObject({ BuildsPublished: 1 });
  expect(all.at(-1)).toEqual({ Recipe: 'base', Error: 'WaitTimedOut', Failures: 1 });
});

test('a build that had nothing to do is counted, and neither published nor timed', () => {
  expect(said(manifest({ status: 'up-to-date' }))).toEqual([{ Recipe: 'base', BuildsUpToDate: 1 }]);
});

test('an execution whose input names no recipe is counted as well', () => {
  expect(unrecordedFailure(undefined, 'RecipeInvalid').map(({ of }) => of)).toEqual([
    { Recipe: 'unknown' },
    { Recipe: 'unknown', Error: 'RecipeInvalid' },
  ]);
});

test('a measurement is a document of the embedded metric format, with the deployment among its dimensions', () => {
  const [first] = measurementsOf(manifest());
  const line = embedded(first!, 'golden-image-dev', now);
  expect(checkEmf(line, now.getTime())).toEqual([]);
  expect(line).toEqual({
    recipe: 'base',
    build: '20261123-030000-9f2c',
    Deployment: 'golden-image-dev',
    Recipe: 'base',
    BuildsPublished: 1,
    BuildSeconds: 140,
    _aws: {
      Timestamp: now.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: 'GoldenImages',
          Dimensions: [['Deployment', 'Recipe']],
          Metrics: [
            { Name: 'BuildsPublished', Unit: 'Count' },
            { Name: 'BuildSeconds', Unit: 'Seconds' },
          ],
        },
      ],
    },
  });
});

test.each<[string, (line: any) => void]>([
  ['a dimension without a value', (line) => void delete line.Recipe],
  ['a dimension that is no text', (line) => void (line.Recipe = 7)],
  ['a metric without a value', (line) => void delete line.BuildSeconds],
  ['a value that is no number', (line) => void (line.BuildSeconds = NaN)],
  ['a unit nobody knows', (line) => void (line._aws.CloudWatchMetrics[0].Metrics[0].Unit = 'Dollars')],
  ['a time in seconds', (line) => void (line._aws.Timestamp /= 1000)],
  [
    'more than thirty dimensions',
    (line) => void line._aws.CloudWatchMetrics[0].Dimensions[0].push(...Array(30).fill('Recipe')),
  ],
])('the check objects to %s', (_, change) => {
  const line = structuredClone(embedded(measurementsOf(manifest())[0]!, 'd', now));
  change(line);
  expect(checkEmf(line, now.getTime())).not.toEqual([]);
});
