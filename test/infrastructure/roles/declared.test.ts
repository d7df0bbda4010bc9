import { expect, test } from '@jest/globals';
import { declaredFunctions, grantProblems, type Declared } from '../../../infrastructure/roles/declared.ts';
import { grantsIn } from '../../../infrastructure/roles/grants.ts';
import { anything, type GrantTable } from '../../../infrastructure/roles/policies.ts';

const table = grantsIn({ name: 'golden-image-dev', channelRoot: '/golden', topic: 'topic' });
const seal: Declared = { key: 'seal', byEvents: false, actions: ['ec2:StopInstances'] };

test('every action that a function declares has a grant, and every grant a function', () => {
  expect(grantProblems(declaredFunctions, table)).toEqual([]);
});

const stops: GrantTable = { 'ec2:StopInstances': anything };

test.each<[string, Declared[], GrantTable, RegExp]>([
  [
    'an action without a row',
    [seal],
    {},
    /^seal declares ec2:StopInstances, for which .*grants-of-ec2\.ts has no row\.$/,
  ],
  [
    'an action whose row is for other functions',
    [seal, { ...seal, key: 'launch' }],
    { 'ec2:StopInstances': { launch: anything } },
    /^seal declares ec2:StopInstances, whose row in .* is only for launch\.$/,
  ],
  [
    'a row that no function needs',
    [seal],
    { ...stops, 'ec2:CopyImage': anything },
    /^No function declares ec2:CopyImage, for which .*grants-of-ec2\.ts has a row\.$/,
  ],
  [
    'grants for a function that does not declare the action',
    [seal],
    { 'ec2:StopInstances': { sweep: anything, others: anything } },
    /^The row of ec2:StopInstances in .* has grants for sweep, which no function needs\.$/,
  ],
  [
    'grants for others where every function has its own',
    [seal],
    { 'ec2:StopInstances': { seal: anything, others: anything } },
    /has grants for others, which no function needs\.$/,
  ],
])('%s is a problem', (_, functions, grants, problem) => {
  expect(grantProblems(functions, grants)).toEqual([expect.stringMatching(problem)]);
});
