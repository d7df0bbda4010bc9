import { expect, test } from '@jest/globals';
import { tooManyToRevoke } from '../../../core/channel/revocation.ts';
import { descendantsHit, instancesHit, instancesHits, usersHit } from '../../../core/channel/revoke-hits.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, n) => String(n).padStart(17, '0'));

test('what a revoke hits fits into a state, even if thousands of instances run and thousands of accounts use the images', () => {
  const at = { region: 'us-east-1', ami: 'ami-0123456789abcdef0' };
  const hit = { instances: instancesHit(at, numbers(5000)), ...usersHit(numbers(5000)) };
  expect(hit).toMatchObject({ instances: [{ ...at, count: 5000 }], moreUsers: 4900 });
  expect(JSON.stringify(hit).length).toBeLessThan(4096);
  const many = Array.from({ length: 3000 }, (_, n) => ({ recipe: 'child', build: `20261207-030000-${n}` }));
  const hits = { ...descendantsHit(many), ...instancesHits(many.flatMap(() => instancesHit(at, numbers(12)))) };
  expect(hits).toMatchObject({ moreDescendants: 2900, moreInstances: 2900 * 12 });
  expect(JSON.stringify(hits).length).toBeLessThan(64 * 1024);
  expect(instancesHit(at, [])).toEqual([]);
  expect(usersHit(['444455556666', '444455556666'])).toEqual({ sharedWith: ['444455556666'], moreUsers: 0 });
});

test('more builds than a state has room for are refused before anything is revoked, with what to do', () => {
  const images = ['us-east-1', 'eu-west-1', 'ap-southeast-2'].map((region) => ({
    region,
    ami: 'ami-0123456789abcdef0',
  }));
  const builds = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ recipe: 'child', build: `20261207-030000-${n}`, images }));
  expect(tooManyToRevoke({ moves: [], builds: builds(500) })).toBeUndefined();
  expect(tooManyToRevoke({ moves: [], builds: builds(3000) })).toMatch(
    /^20261207-030000-0 and 2999 builds made from it are more than one execution can revoke.*--descendants rebuild$/,
  );
});
