import { expect, test } from '@jest/globals';
import { instancesHit, usersHit } from '../../../core/channel/revocation.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, n) => String(n).padStart(17, '0'));

test('what a revoke hits fits into a state, even if thousands of instances run and thousands of accounts use the images', () => {
  const at = { region: 'us-east-1', ami: 'ami-0123456789abcdef0' };
  const hit = { instances: instancesHit(at, numbers(5000)), ...usersHit(numbers(5000)) };
  expect(hit).toMatchObject({ instances: [{ ...at, count: 5000 }], moreUsers: 4900 });
  expect(JSON.stringify(hit).length).toBeLessThan(4096);
  expect(instancesHit(at, [])).toEqual([]);
  expect(usersHit(['444455556666', '444455556666'])).toEqual({ sharedWith: ['444455556666'], moreUsers: 0 });
});
