import { expect, test } from '@jest/globals';
import { isFirstTry } from '../../../core/start/first-try.ts';

const id = 'arn:aws:states:us-east-1:111122223333:execution:build-image:first';
const plan = { execution: id, startedAt: '2026-11-23T03:00:00.000Z' };
const soon = new Date('2026-11-23T03:59:59.000Z');

test.each<[string, boolean, Parameters<typeof isFirstTry>]>([
  ['the execution that planned the build need not look first', true, [plan, { id }, soon]],
  ['an execution that goes on with the build of another one looks', false, [plan, { id: `${id}-2` }, soon]],
  ['so does one whose build was undone before', false, [{ ...plan, resumedAt: plan.startedAt }, { id }, soon]],
  ['so does one that was redriven later', false, [plan, { id }, new Date('2026-11-23T04:00:00.000Z')]],
])('%s', (_, first, [of, own, now]) => {
  expect(isFirstTry(of, own, now)).toBe(first);
});
