import { expect, test } from '@jest/globals';
import { accountsIn, chooseReport } from '../../../core/usage/usage-reports.ts';
import { allVersions, reportedTypes, type UsageReport } from '../../../core/usage/uses.ts';

const now = new Date('2026-11-27T12:00:00.000Z');
const types = reportedTypes.map((type) => ({ type, depth: allVersions }));
const report = (changes: Partial<UsageReport> = {}): UsageReport => ({
  report: 'amiur-1',
  ami: 'ami-1',
  state: 'available',
  createdAt: '2026-11-27T11:00:00.000Z',
  accounts: [],
  types,
  ...changes,
});

test.each<[says: string, reports: Partial<UsageReport>[], use: RegExp, ask: boolean]>([
  ['no report', [], /^EC2 has no usage report/, true],
  ['a new one', [{}], /^amiur-1$/, false],
  ['one of two days', [{ createdAt: '2026-11-25T13:00:00.000Z' }], /^amiur-1$/, true],
  ['one of a week', [{ createdAt: '2026-11-20T11:00:00.000Z' }], /^the last usage report, amiur-1, is of/, true],
  ['one of some accounts', [{ accounts: ['111122223333'] }], /^EC2 has no usage report of all/, true],
  ['one of instances only', [{ types: [{ type: 'ec2:Instance' }] }], /^EC2 has no usage report of all/, true],
  [
    'one of few versions',
    [{ types: types.map((one) => ({ ...one, depth: 20 })) }],
    /^EC2 has no usage report of all/,
    true,
  ],
  ['one that is made', [{ state: 'pending' }], /^EC2 has not completed its usage report amiur-1/, false],
  ['one that EC2 could not make', [{ state: 'error', reason: 'Broken' }], /could not make.*amiur-1: Broken/, true],
  [
    'an older one beside one that is made',
    [{ createdAt: '2026-11-25T13:00:00.000Z' }, { report: 'amiur-2', state: 'pending' }],
    /^amiur-1$/,
    false,
  ],
])('with %s, the answer and the request to EC2 are right', (_says, reports, use, ask) => {
  const choice = chooseReport(reports.map(report), now);
  expect(choice.use.known?.report ?? choice.use.unknown).toMatch(use);
  expect(choice.ask).toBe(ask);
});

test('the lines of a report are summed by account, and lines of other reports are left out', () => {
  const line = (account: string, type: string, count: number, of = 'amiur-1') => ({ report: of, account, type, count });
  const entries = [
    line('444455556666', 'ec2:Instance', 3),
    line('444455556666', 'imagebuilder:ImageRecipe', 1),
    line('444455556666', 'imagebuilder:ContainerRecipe', 1),
    line('111122223333', 'ec2:LaunchTemplate', 2),
    line('111122223333', 'ec2:Instance', 9, 'amiur-2'),
  ];
  expect(accountsIn(report(), entries).accounts).toEqual([
    { account: '111122223333', instances: 0, templates: 2, recipes: 0 },
    { account: '444455556666', instances: 3, templates: 0, recipes: 2 },
  ]);
});
