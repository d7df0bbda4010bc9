import { describe, expect, test } from '@jest/globals';
import { executionLink, objectLink } from '../../../core/report/console-links.ts';
import { manifestOf, type Manifest } from '../../../core/build/manifest.ts';
import { notificationOf, type EndedExecution } from '../../../core/report/notification.ts';
import { planOf } from '../../support/plan.ts';

const startedAt = Date.UTC(2026, 10, 23, 3);
const identity = { recipe: 'base', build: '20261123-030000-9f2c' };
const execution = 'arn:aws:states:us-east-1:111122223333:execution:golden-image-dev-build-image:manual-1';
const place = { deployment: 'golden-image-dev', bucket: 'golden-artifacts' };
const ended = (changes: Partial<EndedExecution> = {}): EndedExecution => ({
  execution,
  cleanUp: false,
  status: 'SUCCEEDED',
  startedAt,
  endedAt: startedAt + 533_000,
  identity,
  ...changes,
});

const cost = {
  usd: 0.3269,
  parts: { instances: 0, volumes: 0, transfer: 0, transitions: 0, functions: 0, logs: 0, metrics: 0 },
  snapshotsPerMonth: 1.2,
  unpriced: [],
};
const timings = [{ state: 'Resolve', startedAt: new Date(startedAt + 500).toISOString(), seconds: 2 }];
const published = (changes: Partial<Manifest> = {}): Manifest => ({
  ...manifestOf({
    plan: planOf(),
    status: 'published',
    image: { ami: 'ami-0aaaaaaaaaaaaaaa1', snapshots: [] },
    targets: [
      { region: 'us-east-1', ami: 'ami-0aaaaaaaaaaaaaaa1' },
      { region: 'eu-west-1', ami: 'ami-0aaaaaaaaaaaaaaa2' },
    ],
    parameter: '/golden/base/stable',
    timings,
    failure: null,
  }),
  cost,
  ...changes,
});
const failed = (changes: Partial<Manifest['failure']> = {}) =>
  manifestOf({
    plan: planOf(),
    status: 'failed',
    targets: [
      { region: 'eu-west-1', error: 'CopyFailed: ami-2 in eu-west-1 is failed: Given key ID is not accessible' },
    ],
    parameter: null,
    timings,
    failure: {
      state: 'Verify',
      error: 'TargetsIncomplete',
      cause: 'eu-west-1: Given key ID is not accessible',
      undone: ['terminated i-1', 'deregistered ami-1'],
      left: ['snap-1 in us-east-1: AccessDenied'],
      kept: [],
      ...changes,
    },
  });
const links = `Execution  https://console.aws.amazon.com/states/home?region=us-east-1#/v2/executions/details/${execution}`;
const manifestLinks = `Page       s3://golden-artifacts/builds/base/20261123-030000-9f2c/report.html
           https://console.aws.amazon.com/s3/object/golden-artifacts?region=us-east-1&prefix=builds%2Fbase%2F20261123-030000-9f2c%2Freport.html
Manifest   s3://golden-artifacts/builds/base/20261123-030000-9f2c/manifest.json
           https://console.aws.amazon.com/s3/object/golden-artifacts?region=us-east-1&prefix=builds%2Fbase%2F20261123-030000-9f2c%2Fmanifest.json`;

test('a published build, in words', () => {
  expect(notificationOf(ended(), published(), place)).toEqual({
    subject: 'golden-image-dev: base is published',
    text: `base is published.

Build    20261123-030000-9f2c
Image    base-20261123-030000-9f2c
Source   ami-0123456789abcdef0 al2023-ami-2023.9
Took     8m 53s
Cost     at most about $0.33, and $1.20 for every month it is kept

Targets
  us-east-1  ami-0aaaaaaaaaaaaaaa1  published
  eu-west-1  ami-0aaaaaaaaaaaaaaa2  published

${links}
${manifestLinks}
`,
  });
});

test('a failed build, in words: what, what it means, what to do, what is left', () => {
  expect(
    notificationOf(ended({ status: 'FAILED', error: 'TargetsIncomplete', cause: 'all of it' }), failed(), place),
  ).toEqual({
    subject: 'golden-image-dev: base FAILED in Verify: TargetsIncomplete',
    text: `base FAILED in Verify: TargetsIncomplete.
eu-west-1: Given key ID is not accessible

It means: a required target is not as the recipe says, so nothing was published.
What to do: the message lists every wrong target with its error: mend that, then build again.

Build    20261123-030000-9f2c
Source   ami-0123456789abcdef0 al2023-ami-2023.9
Took     8m 53s

Targets
  eu-west-1  -                      failed  CopyFailed: ami-2 in eu-west-1 is failed: Given key ID is not accessible
             what to do: the message has EC2's own reason, most often a key that EC2 cannot use

LEFT BEHIND, a person must look at it
  snap-1 in us-east-1: AccessDenied
Undone: 2, listed in the manifest

${links}
${manifestLinks}
`,
  });
});

test('the mail about a build of several variants has the images of all, and what is left of each', () => {
  const whole = { ...published(), targets: [], image: null, source: null };
  const { cost: _, ...bare } = published();
  const variants = [
    { ...bare, recipe: 'base-x86_64' },
    { ...failed(), recipe: 'base-arm64' },
    { ...bare, recipe: 'base-gpu', status: 'up-to-date' as const },
  ];
  expect(notificationOf(ended({ variants }), whole, place)?.text).toContain(`
base-x86_64-20261123-030000-9f2c: published
  Targets
    us-east-1  ami-0aaaaaaaaaaaaaaa1  published
    eu-west-1  ami-0aaaaaaaaaaaaaaa2  published

base-arm64-20261123-030000-9f2c: failed in Verify: TargetsIncomplete
  Targets
    eu-west-1  -                      failed  CopyFailed: ami-2 in eu-west-1 is failed: Given key ID is not accessible
               what to do: the message has EC2's own reason, most often a key that EC2 cannot use
  LEFT BEHIND, a person must look at it
    snap-1 in us-east-1: AccessDenied
  Undone: 2, listed in the manifest

base-gpu was up to date: base-20261123-030000-9f2c
`);
});

test('an execution that was refused tells why, and of no manifest: that of the build is of another execution', () => {
  const { subject, text } = notificationOf(
    ended({ status: 'FAILED', error: 'RecipeBusy', cause: 'Resolve: base is being built by x' }),
    published(),
    place,
  )!;
  expect(subject).toBe('golden-image-dev: base FAILED: RecipeBusy');
  expect(text).toContain('Resolve: base is being built by x');
  expect(text).not.toMatch(/Page|Manifest|Targets|ami-/);
});

test('a build that is started again does not tell of what its earlier execution left in the manifest', () => {
  const later = { startedAt: startedAt + 3600_000, endedAt: startedAt + 7200_000 };
  const { text } = notificationOf(ended({ status: 'FAILED', ...later }), failed(), place)!;
  expect(text).toMatch(/^base FAILED\.\nThe execution has the reason\./);
});

test('what is kept is said with how to go on', () => {
  const kept = [{ region: 'us-east-1', ami: 'ami-1', snapshots: [], expires: '2026-12-01T00:00:00.000Z' }];
  const { text } = notificationOf(ended({ status: 'FAILED' }), failed({ kept, left: [], undone: [] }), place)!;
  expect(text).toContain(`Kept
  ami-1 in us-east-1 until 2026-12-01T00:00:00.000Z
  to go on with it, start {"recipe": "base", "build": "20261123-030000-9f2c"}`);
});

describe('in a few words', () => {
  const target = (status: 'published' | 'failed') => ({ ...published().targets[0]!, status });
  test.each<[string, Partial<EndedExecution>, Manifest | undefined]>([
    ['base was stopped', { status: 'ABORTED' }, undefined],
    ['base ran out of time', { status: 'TIMED_OUT' }, undefined],
    ['base was NOT CLEANED UP: clean-up-build ended as FAILED', { status: 'FAILED', cleanUp: true }, undefined],
    ['a build FAILED: RecipeInvalid', { status: 'FAILED', error: 'RecipeInvalid', identity: undefined }, undefined],
    [
      'base is published, without 1 of its targets',
      {},
      published({ targets: [target('published'), target('failed')] }),
    ],
    [
      'base is published, but not everything temporary is gone',
      {},
      published({
        failure: { state: 'CleanUp', error: 'WaitTimedOut', cause: '', undone: [], left: ['i-1'], kept: [] },
      }),
    ],
  ])('%s', (words, changes, manifest) => {
    const { subject, text } = notificationOf(ended(changes), manifest, place)!;
    expect(subject).toBe(`golden-image-dev: ${words}`);
    expect(text.startsWith(`${words}.\n`)).toBe(true);
    expect(text).toContain(links);
  });
});

test('nobody is told of a build that had nothing to do', () => {
  expect(notificationOf(ended(), published({ status: 'up-to-date' }), place)).toBeUndefined();
});

test('a subject is always one that SNS takes, and a message no longer than people read', () => {
  const long = { identity: { recipe: 'r'.repeat(48), build: identity.build }, status: 'FAILED' as const };
  const wide = { deployment: 'd'.repeat(60), bucket: 'b' };
  const { subject } = notificationOf(ended({ ...long, error: 'Zürich\nist weit' }), undefined, wide)!;
  expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
  const left = Array.from({ length: 500 }, (_, index) => `snap-${index}`);
  const { text } = notificationOf(ended({ status: 'FAILED' }), failed({ left, cause: 'x'.repeat(30_000) }), place)!;
  expect(text.length).toBeLessThan(8000);
  expect(text).toContain('and 480 more, in the manifest');
});

test('links lead to the console of the partition, and nowhere where it has none', () => {
  const of = (partition: string, region: string) => `arn:${partition}:states:${region}:111122223333:execution:m:e`;
  expect(executionLink(of('aws-cn', 'cn-north-1'))).toBe(
    `https://console.amazonaws.cn/states/home?region=cn-north-1#/v2/executions/details/${of('aws-cn', 'cn-north-1')}`,
  );
  expect(objectLink(of('aws-us-gov', 'us-gov-west-1'), 'b', 'k')).toBe(
    'https://console.amazonaws-us-gov.com/s3/object/b?region=us-gov-west-1&prefix=k',
  );
  expect(executionLink(of('aws-iso', 'us-iso-east-1'))).toBeUndefined();
});
