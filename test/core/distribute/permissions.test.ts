import { expect, test } from '@jest/globals';
import {
  imageRequests,
  permissionChange,
  snapshotRequests,
  listedUsers,
} from '../../../core/distribute/permissions.ts';

const owner = '111122223333';
const a = '444455556666';
const b = '555566667777';
const organization = 'arn:aws:organizations::111122223333:organization/o-exampleorgid';
const unit = 'arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-ab12-cdefgh34';
const many = (count: number, first = 300_000_000_000) =>
  Array.from({ length: count }, (_, index) => String(first + index));

test('the users of a target are its accounts, organizations and OUs', () => {
  expect(listedUsers({ accounts: [a], organizations: [organization], organizationalUnits: [unit] })).toEqual([
    a,
    organization,
    unit,
  ]);
});

test.each<[string, string[], string[], string[], string[]]>([
  ['nobody may use it, as before', [], [], [], []],
  ['everybody who may use it is named', [a, organization], [organization, a], [], []],
  ['a user is missing', [a, b], [a], [b], []],
  ['a user is too many', [a], [a, b], [], [b]],
  ['one user takes the place of another', [b], [a], [b], [a]],
  ['the image is public and should not be', [a], [a, 'all'], [], ['all']],
  ['the list is empty now', [], [a, organization, unit], [], [a, organization, unit]],
  ['an account is named twice', [a, a], [], [a], []],
  ['the recipe names the account that owns the image', [owner, a], [a], [], []],
  ['EC2 shows the account that owns the image', [a], [owner, a], [], []],
])('what changes if %s', (_, wanted, found, add, remove) => {
  expect(permissionChange(wanted, found, owner)).toEqual({ add, remove });
});

test('a grant counts the account that owns the image as any other', () => {
  expect(permissionChange([owner, a], [a])).toEqual({ add: [owner], remove: [] });
  expect(permissionChange([a], [owner, a])).toEqual({ add: [], remove: [owner] });
});

test('an image changes in one request that adds and removes', () => {
  expect(imageRequests({ add: [a], remove: [b] })).toEqual([{ add: [a], remove: [b] }]);
  expect(imageRequests({ add: [], remove: [] })).toEqual([]);
});

test('a change of an image that EC2 takes in no single request removes first', () => {
  const requests = imageRequests({ add: many(10_001), remove: many(3, 900_000_000_000) });
  expect(requests.map(({ add, remove }) => [add.length, remove.length])).toEqual([
    [0, 3],
    [10_000, 0],
    [1, 0],
  ]);
});

test.each([
  [0, []],
  [1, [1]],
  [500, [500]],
  [501, [500, 1]],
  [1000, [500, 500]],
])('%i accounts of a snapshot go in requests of %j, added apart from removed', (count, sizes) => {
  const { add, remove } = snapshotRequests({ add: many(count), remove: many(count, 900_000_000_000) });
  expect(add.map((one) => [one.add.length, one.remove.length])).toEqual(sizes.map((size) => [size, 0]));
  expect(remove.map((one) => [one.add.length, one.remove.length])).toEqual(sizes.map((size) => [0, size]));
});
