import { expect, test } from '@jest/globals';
import { childrenOfStrangers, descendantsIn, parentsIn, type FamilyMember } from '../../../core/usage/family.ts';

const region = 'us-east-1';
const at = (ami: string, where = region) => ({ region: where, ami });
const member = (ami: string, madeFrom?: string, build?: string, where = region): FamilyMember => ({
  ...at(ami, where),
  name: `name of ${ami}`,
  state: 'available',
  tags: build === undefined ? {} : { 'golden:recipe': build.split('-')[0] ?? '', 'golden:build': build },
  ...(madeFrom !== undefined && { madeFrom: at(madeFrom) }),
});

const base = member('ami-base', 'ami-vendor', 'base-1');
const copy = member('ami-copy', 'ami-base', 'base-1', 'eu-west-1');
const web = member('ami-web', 'ami-base', 'web-1');
const theirs = member('ami-theirs', 'ami-web');
const orphan = member('ami-orphan', 'ami-gone', 'app-1');
const members = [base, copy, web, theirs, orphan];

test('descendants are the AMIs made from an AMI and from these, but no copies of the same build', () => {
  const found = descendantsIn({ members, beyond: {} })(base);
  expect(found.map(({ ami, generation, build }) => [ami, generation, build])).toEqual([
    ['ami-web', 1, 'web-1'],
    ['ami-theirs', 2, undefined],
  ]);
});

test("what was made from a copy descends from the copy's original, too", () => {
  const inIreland = {
    ...member('ami-irish', undefined, 'irish-1', 'eu-west-1'),
    madeFrom: at('ami-copy', 'eu-west-1'),
  };
  expect(descendantsIn({ members: [...members, inIreland], beyond: {} })(base).map(({ ami }) => ami)).toContain(
    'ami-irish',
  );
});

test("EC2's line leads over an AMI that is gone", () => {
  expect(childrenOfStrangers(members).map(({ ami }) => ami)).toEqual(['ami-base', 'ami-orphan']);
  const line = [
    { ami: 'ami-orphan', madeFrom: at('ami-gone') },
    { ami: 'ami-gone', madeFrom: at('ami-base') },
    { ami: 'ami-base', madeFrom: at('ami-vendor') },
    { ami: 'ami-vendor' },
  ];
  const beyond = parentsIn(at('ami-orphan'), line);
  expect(descendantsIn({ members, beyond })(base)).toContainEqual({
    ...at('ami-orphan'),
    name: 'name of ami-orphan',
    state: 'available',
    generation: 2,
    recipe: 'app',
    build: 'app-1',
  });
  expect(descendantsIn({ members, beyond })(at('ami-vendor')).map(({ ami }) => ami)).toContain('ami-orphan');
});

test('a line that leads in a circle ends', () => {
  const circle = [member('ami-a', 'ami-b'), member('ami-b', 'ami-a')];
  expect(descendantsIn({ members: circle, beyond: {} })(at('ami-c'))).toEqual([]);
});
