import { expect, test } from '@jest/globals';
import { explainFailure, failureNames } from '../../core/failure-names.ts';

test('every failure has a meaning and advice, each a part of a sentence', () => {
  for (const name of failureNames) {
    const { means = '', advice = '' } = explainFailure(name) ?? {};
    expect([name, means, advice]).toEqual([
      name,
      expect.stringMatching(/^.{15,}[^.]$/),
      expect.stringMatching(/^.{15,}[^.]$/),
    ]);
  }
});

test('a name that is not ours is not explained', () => {
  expect(explainFailure('States.Timeout')).toBeUndefined();
});
