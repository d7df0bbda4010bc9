import { expect, test } from '@jest/globals';
import { buildName, buildNamePattern, clientToken, imageName, placeOfArn } from '../../../core/build/identity.ts';
import { execution } from '../../support/plan.ts';

test('a build is named after the start of its execution and the execution itself', () => {
  expect(buildName(execution)).toMatch(/^20261123-030000-[0-9a-f]{4}$/);
  expect(buildName(execution)).toMatch(buildNamePattern);
});

test('the same execution always means the same build, another one another build', () => {
  expect(buildName(execution)).toBe(buildName({ ...execution }));
  expect(buildName({ ...execution, id: `${execution.id}x` })).not.toBe(buildName(execution));
});

test('the start may be given in another time zone', () => {
  expect(buildName({ ...execution, startedAt: '2026-11-23T05:00:00+02:00' })).toBe(buildName(execution));
});

test('the image is named after recipe and build', () => {
  expect(imageName({ recipe: 'base', build: '20261123-030000-9f2c' })).toBe('base-20261123-030000-9f2c');
});

test('account and region come out of the execution ARN', () => {
  expect(placeOfArn(execution.id)).toEqual({ account: '111122223333', region: 'us-east-1' });
});

test('a client token is at most 64 ASCII characters, equal for equal parts and different for any other', () => {
  const token = clientToken('base', 1, undefined);
  expect(token).toMatch(/^[0-9a-f]{64}$/);
  expect(clientToken('base', 1, undefined)).toBe(token);
  expect(clientToken('base', 2, undefined)).not.toBe(token);
  expect(clientToken('ba', 'se1')).not.toBe(clientToken('base', '1'));
});
