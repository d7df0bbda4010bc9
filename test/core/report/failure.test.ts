import { expect, test } from '@jest/globals';
import { failureMessage, placedMessage } from '../../../core/report/failure.ts';
import { failureSummary } from '../../../core/report/failure-summary.ts';
import type { Plan } from '../../../core/build/plan.ts';
import { failingTail } from '../../../core/guest/command-output.ts';

test('the message of a failed function is found in its cause', () => {
  const Cause = JSON.stringify({ errorType: 'ImageFailed', errorMessage: 'ami-1 is failed', trace: [] });
  expect(failureMessage({ Error: 'ImageFailed', Cause })).toBe('ami-1 is failed');
});

test.each([
  ['plain words', 'plain words'],
  ['{"a":1}', '{"a":1}'],
])('a cause that is %s stays as it is', (Cause, message) => {
  expect(failureMessage({ Error: 'X', Cause })).toBe(message);
});

test('time-outs have no cause but get words', () => {
  expect(failureMessage({ Error: 'States.HeartbeatTimeout' })).toContain('AWS did not finish');
  expect(failureMessage({ Error: 'Unheard.Of' })).toBe('Step Functions gives no cause');
});

test('a failure inside a Map is told with the name of its step, check or region', () => {
  const plan = {
    provision: [{ name: 'patch' }],
    checks: [{ name: 'boots' }],
    document: { distribute: [{ region: 'eu-west-1' }] },
  } as unknown as Plan;
  const told = (map: string, message = 'AWS said no') => placedMessage(message, { state: 'X', map, index: 0 }, plan);
  expect(told('Provision')).toBe('"patch": AWS said no');
  expect(told('Check')).toBe('"boots": AWS said no');
  expect(told('Copy')).toBe('eu-west-1: AWS said no');
  expect(told('Check', '"boots" ended with 1')).toBe('"boots" ended with 1');
  expect(placedMessage('AWS said no', { state: 'Launch' }, plan)).toBe('AWS said no');
});

test('the last word of a failure says where, what was undone and what is left', () => {
  const failure = {
    state: 'Seal',
    error: 'BuilderFailed',
    cause: 'i-1 died',
    undone: ['terminated i-2'],
    left: ['volume vol-1'],
    kept: [],
  };
  expect(failureSummary(failure)).toBe('Seal: i-1 died\nLEFT BEHIND: volume vol-1\nundone: terminated i-2');
});

test('the last word says what is kept, until when, and how to go on with it', () => {
  const kept = [
    { region: 'us-east-1', ami: 'ami-1', snapshots: ['snap-1'], expires: '2026-12-01T00:00:00.000Z' },
    { region: 'eu-west-1', ami: 'ami-2', snapshots: ['snap-2'], expires: '2026-12-01T00:00:00.000Z' },
    { region: 'eu-west-3', ami: 'ami-3', snapshots: ['snap-3'], expires: null },
  ];
  const failure = { state: 'Check', error: 'CheckFailed', cause: 'no', undone: ['terminated i-2'], left: [], kept };
  const identity = { recipe: 'base', build: '20261123-030000-9f2c' };
  expect(failureSummary(failure, identity)).toBe(
    [
      'Check: no',
      'kept until 2026-12-01T00:00:00.000Z: ami-1 in us-east-1, ami-2 in eu-west-1',
      'kept without an end: ami-3 in eu-west-3',
      'to go on with it, start {"recipe": "base", "build": "20261123-030000-9f2c"}',
      'undone: terminated i-2',
    ].join('\n'),
  );
});

test('a variant does not go on alone, so the last word names the recipe and says what is left to do', () => {
  const kept = [{ region: 'us-east-1', ami: 'ami-1', snapshots: [], expires: null }];
  const held = { instance: 'i-1', region: 'us-east-1', role: 'candidate' as const, until: '2026-11-23T05:00:00Z' };
  const failure = { state: 'Check', error: 'CheckFailed', cause: 'no', undone: [], left: [], kept, held };
  const identity = { recipe: 'base-arm64', build: '20261123-030000-9f2c', variantOf: 'base' };
  expect(failureSummary(failure, identity).split('\n').slice(1)).toEqual([
    'HELD until 2026-11-23T05:00:00Z: candidate i-1 in us-east-1',
    'golden shell base-arm64-20261123-030000-9f2c opens a session on it, golden cancel base-arm64-20261123-030000-9f2c ends it now',
    'kept without an end: ami-1 in us-east-1',
    'to build all variants again, start {"recipe": "base"}',
  ]);
});

test('the last word fits into what Step Functions takes', () => {
  const failure = {
    state: 'Seal',
    error: 'E',
    cause: 'x'.repeat(50_000),
    undone: [],
    left: ['volume vol-1'],
    kept: [],
  };
  expect(failureSummary(failure).length).toBeLessThanOrEqual(32_768);
  expect(failureSummary(failure)).toMatch(/LEFT BEHIND: volume vol-1$/);
});

test('the end of the output is what remains of it, the error stream first', () => {
  const stdout = Array.from({ length: 100 }, (_, line) => `line ${line}`).join('\n');
  const tail = failingTail(stdout, 'No space left on device\n');
  expect(tail).toMatch(/^--- end of stderr\nNo space left on device\n--- end of stdout\nline 80\n/);
  expect(tail).toMatch(/line 99$/);
});

test('a silent failure says that it was silent', () => {
  expect(failingTail('', '\n')).toBe('it printed nothing');
});
