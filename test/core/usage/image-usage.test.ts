import { expect, test } from '@jest/globals';
import { unknownOf, usesOf, type ImageUsage } from '../../../core/usage/image-usage.ts';

const nothing: ImageUsage = {
  region: 'us-east-1',
  ami: 'ami-1',
  account: '111122223333',
  at: '2026-11-27T12:00:00.000Z',
  instances: { known: [] },
  templates: { known: [] },
  parameters: { known: [] },
  recipes: { known: [] },
  children: { known: [] },
  others: { known: { reportedAt: '2026-11-27T11:00:00.000Z', report: 'amiur-1', accounts: [] } },
  reportUnderway: false,
  launched: { known: { until: '2026-11-26T12:00:00.000Z' } },
};

test('an AMI that nobody uses has no uses, and nothing about it is unknown', () => {
  expect([usesOf(nothing), unknownOf(nothing)]).toEqual([[], []]);
});

test('every kind of use is told in words', () => {
  const usage: ImageUsage = {
    ...nothing,
    instances: {
      known: [
        { instance: 'i-1', state: 'running', group: 'web' },
        { instance: 'i-2', state: 'stopped' },
      ],
    },
    templates: { known: ['lt-1', 'lt-2'] },
    parameters: { known: ['/golden/base/stable'] },
    recipes: { known: ['arn:aws:imagebuilder:us-east-1:111122223333:image-recipe/web/1.0.0'] },
    children: {
      known: [
        { region: 'us-east-1', ami: 'ami-2', name: 'w', state: 'available', generation: 1, recipe: 'web', build: 'b' },
        { region: 'us-east-1', ami: 'ami-3', name: 'mine', state: 'available', generation: 2 },
      ],
    },
    others: {
      known: {
        reportedAt: '2026-11-27T11:00:00.000Z',
        report: 'amiur-1',
        accounts: [{ account: '444455556666', instances: 1, templates: 2, recipes: 0 }],
      },
    },
  };
  expect(usesOf(usage).map(({ kind, says }) => `${kind}: ${says}`)).toEqual([
    'instances: instance i-1 (running, of Auto Scaling group web)',
    'instances: instance i-2 (stopped)',
    'templates: launch template lt-1, lt-2',
    'parameters: SSM parameter /golden/base/stable',
    'recipes: Image Builder recipe arn:aws:imagebuilder:us-east-1:111122223333:image-recipe/web/1.0.0',
    'children: made from it: ami-2 in us-east-1, web-b',
    'children: made from it: ami-3 in us-east-1, "mine", which is not ours',
    'others: account 444455556666: 1 instance, 2 launch templates (as of 2026-11-27T11:00:00.000Z)',
  ]);
});

test.each(['instances', 'templates', 'parameters', 'recipes', 'children', 'others', 'launched'] as const)(
  'without an answer about %s, nobody can say that the AMI is unused',
  (kind) => {
    expect(unknownOf({ ...nothing, [kind]: { unknown: 'AWS said no' } })).toEqual([
      expect.stringMatching(/: AWS said no$/),
    ]);
  },
);
