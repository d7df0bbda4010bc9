import { expect, test } from '@jest/globals';
import { sessionName } from '../../../core/accounts/account-role.ts';

const build = '20261207-030000-feea';
const ada = 'arn:aws:sts::111122223333:assumed-role/Admin/ada@example.com';
const long = 'a-recipe-with-a-name-of-exactly-forty-eight-char';

test.each([
  ['a build', { recipe: 'base', build }, `base-${build}`],
  [
    'who moved',
    { recipe: 'base', build, by: { verb: 'rollback', who: ada } },
    `rollback=base-${build}@ada-example.com`,
  ],
  [
    'who moved in the console',
    { recipe: 'base', build, by: { verb: 'revoke', who: 'the console (execution 1f2e)' } },
    `revoke=base-${build}@1f2e`,
  ],
  ['a build of a recipe with a long name', { recipe: long, build }, `${long.slice(0, 43)}-${build}`],
  [
    'both, where not all of it fits',
    { recipe: long, build, by: { verb: 'rollback', who: `${ada}-of-the-platform-team` } },
    `rollback=${long.slice(0, 21)}-${build}@ada-example.`,
  ],
])('a session in another account names %s', (_, about, name) => {
  expect(sessionName(about)).toBe(name);
  expect(name).toMatch(/^[\w+=,.@-]{2,64}$/);
});
