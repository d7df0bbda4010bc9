import { expect, test } from '@jest/globals';
import { regionStackParameters, stackStep } from '../../../core/deployment/region-stack.ts';

const to = 'golden-image-dev-us-east-1';
const ours = { 'golden:events-to': to, 'golden:version': 'v2' };

test.each([
  [undefined, true, 'create'],
  [undefined, false, 'none'],
  ['CREATE_COMPLETE', true, 'keep'],
  ['UPDATE_COMPLETE', true, 'keep'],
  ['UPDATE_ROLLBACK_COMPLETE', true, 'update'],
  ['CREATE_COMPLETE', false, 'remove'],
  ['ROLLBACK_COMPLETE', true, 'replace'],
  ['ROLLBACK_COMPLETE', false, 'remove'],
  ['ROLLBACK_FAILED', true, 'replace'],
  ['CREATE_FAILED', true, 'replace'],
  ['DELETE_FAILED', true, 'replace'],
  ['DELETE_FAILED', false, 'remove'],
  ['UPDATE_ROLLBACK_FAILED', true, 'replace'],
  ['CREATE_IN_PROGRESS', true, 'wait'],
  ['DELETE_IN_PROGRESS', false, 'wait'],
  ['UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', true, 'wait'],
  ['REVIEW_IN_PROGRESS', true, 'refuse'],
])('a stack that is %s and wanted: %s leads to %s', (status, wanted, step) => {
  const stack = status === undefined ? undefined : { status, tags: ours };
  expect(stackStep(stack, { wanted, to, version: 'v2' }).step).toBe(step);
});

test.each([{}, { 'golden:events-to': 'golden-image-prod-us-east-1', 'golden:version': 'v2' }])(
  'a stack with the tags %j is not ours, whatever its state',
  (tags) => {
    for (const status of ['CREATE_COMPLETE', 'ROLLBACK_COMPLETE', 'DELETE_FAILED', 'CREATE_IN_PROGRESS'])
      for (const wanted of [true, false])
        expect(stackStep({ status, tags }, { wanted, to, version: 'v2' }).step).toBe('refuse');
  },
);

test('a stack of another version is updated, and both versions are told', () => {
  const stack = { status: 'CREATE_COMPLETE', tags: { ...ours, 'golden:version': 'v1' } };
  expect(stackStep(stack, { wanted: true, to, version: 'v2' })).toEqual({
    step: 'update',
    why: 'it is of version v1, current is v2',
  });
});

test('events go to the default bus of the home region, in its partition', () => {
  expect(regionStackParameters('cn-north-1', '111122223333', 'role')['HomeBus']).toBe(
    'arn:aws-cn:events:cn-north-1:111122223333:event-bus/default',
  );
});
