import { expect, test } from '@jest/globals';
import {
  afterAttempt,
  attemptAt,
  failedStepLine,
  failedStepOf,
  onlyAttempt,
} from '../../../../core/guest/steps/attempts.ts';
import type { Command } from '../../../../core/guest/command.ts';

const once: Command = { index: 0, name: 'npm', document: 'd', parameters: {}, timeoutSeconds: 60 };
const thrice: Command = { ...once, attempts: 3, delaySeconds: 30 };
const failed = { status: 'Failed', details: 'Failed', exitCode: 7 };
const timedOut = { status: 'TimedOut', details: 'Execution Timed Out', exitCode: -1 };
const running = { status: 'InProgress', details: 'InProgress', exitCode: -1 };
const undelivered = { status: 'Failed', details: 'Undeliverable', exitCode: -1 };
const done = { status: 'Success', details: 'Success', exitCode: 0 };

test.each([
  ['the only attempt failed', once, 1, failed, 'await'],
  ['the first of three failed', thrice, 1, failed, 'next'],
  ['the second of three ran out of time', thrice, 2, timedOut, 'next'],
  ['the last of three failed', thrice, 3, failed, 'await'],
  ['the last one failed and may fail', { ...thrice, goesOn: true as const }, 3, failed, 'record'],
  ['the only one failed and may fail', { ...once, goesOn: true as const }, 1, failed, 'record'],
  ['an attempt is under way', thrice, 1, running, 'await'],
  ['an attempt succeeded', thrice, 1, done, 'await'],
  ['SSM never delivered an attempt', thrice, 1, undelivered, 'await'],
  ['SSM does not know an attempt yet', thrice, 1, undefined, 'await'],
] as const)('after %s', (_, command, number, state, expected) => {
  expect(afterAttempt(command, number, state)).toBe(expected);
});

test('a step without retry has one attempt, which ends the build', () => {
  expect(attemptAt(once, 1)).toEqual(onlyAttempt);
});

test('only the last attempt ends the build, and one that may fail passes once it is recorded', () => {
  expect([1, 2, 3].map((number) => attemptAt(thrice, number))).toEqual([
    { number: 1, of: 3, ifItFails: 'retry', delay: 30 },
    { number: 2, of: 3, ifItFails: 'retry', delay: 30 },
    { number: 3, of: 3, ifItFails: 'abort', delay: 0 },
  ]);
  const may = { ...thrice, goesOn: true as const };
  expect(attemptAt(may, 3)).toMatchObject({ ifItFails: 'retry', delay: 1 });
  expect(attemptAt(may, 3, true)).toMatchObject({ ifItFails: 'pass' });
});

test('a step that failed is told in one line, with its exit code or that it ran out of time', () => {
  expect(failedStepLine(failedStepOf(thrice, 'c', failed, ''))).toBe(
    'the step "npm" failed in all its 3 attempts (exit code 7), and the build went on, as its onFailure says',
  );
  expect(failedStepLine(failedStepOf(once, 'c', timedOut, ''))).toBe(
    'the step "npm" failed (Execution Timed Out), and the build went on, as its onFailure says',
  );
});
