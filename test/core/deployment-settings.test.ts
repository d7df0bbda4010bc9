import { expect, test } from '@jest/globals';
import { defaultSettings, parseSettings } from '../../core/deployment-settings.ts';

test('a deployment that says nothing has the defaults', () => {
  expect(parseSettings(undefined)).toEqual(defaultSettings);
  expect(parseSettings('{}')).toEqual(defaultSettings);
});

test('what a deployment says is taken, the rest is by default', () => {
  expect(parseSettings('{"channelRoot":"/golden-dev","securityGroups":["sg-1"]}')).toEqual({
    ...defaultSettings,
    channelRoot: '/golden-dev',
    securityGroups: ['sg-1'],
  });
});

test.each([
  ['no JSON', '{', /no JSON/],
  ['an unknown key', '{"chanelRoot":"/golden"}', /chanelRoot/],
  ['a value of the wrong type', '{"subnets":"subnet-1"}', /subnets/],
  ['a root that is no path', '{"channelRoot":"golden"}', /channelRoot/],
])('%s is refused by name', (_, text, named) => {
  expect(() => parseSettings(text)).toThrow(named);
});
