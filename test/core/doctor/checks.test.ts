import { expect, test } from '@jest/globals';
import { driftCheck, nodeCheck, stackCheck, versionChecks } from '../../../core/doctor/checks.ts';

test.each([
  ['20.19.0', 'right'],
  ['24.1.0', 'right'],
  ['20.18.9', 'wrong'],
  ['18.20.0', 'wrong'],
])('Node %s is %s', (version, status) => {
  expect(nodeCheck(version, '20.19')).toMatchObject({ status });
});

const here = { code: '0.1.0-aaa', recipes: 'bbb' };
test.each([
  { deployed: here, statuses: ['right', 'right'] },
  { deployed: { code: '0.1.0-aaa', recipes: 'ccc' }, statuses: ['right', 'note'] },
  { deployed: { code: '0.0.9-aaa', recipes: undefined }, statuses: ['note', 'note'] },
])('deployed $deployed beside this folder is $statuses', ({ deployed, statuses }) => {
  expect(versionChecks(deployed, here).map(({ status }) => status)).toEqual(statuses);
});

test.each([
  [undefined, 'note'],
  [{ status: 'UPDATE_COMPLETE' }, 'right'],
  [{ status: 'UPDATE_IN_PROGRESS' }, 'note'],
  [{ status: 'UPDATE_ROLLBACK_FAILED', reason: 'no' }, 'wrong'],
])('a stack %j is %s', (found, status) => {
  expect(stackCheck('s', found)).toMatchObject({ status });
});

test('of many drifted resources ten are named', () => {
  const drifted = Array.from({ length: 12 }, (_, index) => ({
    id: `R${index}`,
    type: 'T',
    status: 'DELETED',
    properties: [],
  }));
  expect(driftCheck(drifted).says).toMatch(/R9 \(T\) DELETED and 2 more$/);
});
