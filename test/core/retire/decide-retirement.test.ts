import { expect, test } from '@jest/globals';
import { decideByPolicy, usesAgainst, withUsage } from '../../../core/retire/decide-retirement.ts';
import type { ImageUsage } from '../../../core/usage/image-usage.ts';
import { ago, amiIn, buildOf, moveTo, now, retiring, unused } from './retired.ts';

const policy = { keep: 1, deprecateAfter: '5d', disableAfter: '8d', snapshots: 'delete' as const };
const channel = { parameter: '/golden/base/stable', holds: [buildOf(20)], moves: [moveTo(30), moveTo(20, 30)] };
const recipe = {
  recipe: 'base',
  policy,
  channels: [channel],
  builds: [40, 35, 30, 20, 10].map((days) => retiring(days)),
};
const decisions = decideByPolicy(recipe, now);
const both = [unused('us-east-1'), unused('eu-west-1')];

test('only builds that nobody needs take a step', () => {
  expect(decisions.map(({ verdict }) => verdict.step)).toEqual([
    'deprecate',
    'deprecate',
    undefined,
    undefined,
    undefined,
  ]);
  expect(decisions.slice(2).map(({ verdict }) => verdict.reason)).toEqual([
    'a rollback of /golden/base/stable would go to it',
    '/golden/base/stable holds it',
    `it is newer than ${buildOf(30)}, which is needed`,
  ]);
});

const disabling = {
  recipe: 'base',
  build: buildOf(40),
  amis: retiring(40).amis,
  verdict: { step: 'disable' as const, reason: 'old' },
};

test('an image that nobody uses is disabled, and a used one is deprecated all the same', () => {
  expect(withUsage(disabling, both, now)).toBe(disabling);
  expect(usesAgainst('deprecate', disabling.amis, [], now)).toEqual([]);
});

test.each<[string, Partial<ImageUsage>, string]>([
  ['an instance', { instances: { known: [{ instance: 'i-1', state: 'stopped' }] } }, 'instance i-1 (stopped)'],
  ['a launch template', { templates: { known: ['lt-1'] } }, 'launch template lt-1'],
  ['a parameter', { parameters: { known: ['/app/ami'] } }, 'SSM parameter /app/ami'],
  ['an Image Builder recipe', { recipes: { known: ['arn:r'] } }, 'Image Builder recipe arn:r'],
  [
    'an image made from it',
    { children: { known: [{ region: 'us-east-1', ami: 'ami-1', name: 'web', state: 'available', generation: 1 }] } },
    'made from it: ami-1',
  ],
  [
    'another account',
    {
      others: {
        known: {
          reportedAt: ago(0),
          report: 'r',
          accounts: [{ account: '444455556666', instances: 2, templates: 0, recipes: 0 }],
        },
      },
    },
    'account 444455556666: 2 instances',
  ],
  ['a launch of yesterday', { launched: { known: { last: ago(1), until: ago(0) } } }, `it was launched at ${ago(1)}`],
])('%s keeps an image', (_what, more, says) => {
  const kept = withUsage(disabling, [unused('us-east-1'), unused('eu-west-1', more)], now);
  expect(kept.verdict.step).toBeUndefined();
  expect(kept.verdict.reason).toContain(`in use: ami-0123456789abcdef0 in eu-west-1: ${says}`);
});

test.each(['instances', 'templates', 'parameters', 'recipes', 'children', 'others', 'launched'] as const)(
  'an image stays if a look-up of its %s fails',
  (kind) => {
    const kept = withUsage(
      disabling,
      [unused('us-east-1'), unused('eu-west-1', { [kind]: { unknown: 'throttled' } })],
      now,
    );
    expect(kept.verdict.reason).toMatch(/unknown: .*throttled/);
  },
);

test('an image stays if nobody looked who uses one of its AMIs', () => {
  expect(withUsage(disabling, [unused('us-east-1')], now).verdict.reason).toContain('nobody looked who uses it');
  const elsewhere = { ...disabling, amis: [amiIn('us-east-1'), amiIn('us-east-1', { account: '444455556666' })] };
  expect(withUsage(elsewhere, both, now).verdict.reason).toContain('of account 444455556666: nobody looked');
});

test('a disabled image that was made from it does not keep it', () => {
  const child = { region: 'us-east-1', ami: 'ami-1', name: 'web', state: 'disabled', generation: 1 };
  expect(withUsage(disabling, [unused('us-east-1', { children: { known: [child] } }), unused('eu-west-1')], now)).toBe(
    disabling,
  );
});

test('a protected image is not deregistered', () => {
  const amis = [amiIn('us-east-1', { isProtected: true }), amiIn('eu-west-1')];
  const kept = withUsage({ ...disabling, amis, verdict: { step: 'deregister', reason: 'old' } }, both, now);
  expect(kept.verdict).toEqual({ reason: 'ami-0123456789abcdef0 in us-east-1 is protected against deregistration' });
});
