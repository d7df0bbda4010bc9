import { expect, test } from '@jest/globals';
import { build, leftIn, nothing, pipeline } from '../../support/pipeline.ts';

test('an image whose instances never come up is refused', async () => {
  const simulation = pipeline({ scenario: { agents: [{ role: 'candidate', online: false }] } });
  expect(await build(simulation)).toMatchObject({
    error: 'WaitTimedOut',
    cause: expect.stringContaining('AwaitCandidate'),
  });
  expect(leftIn(simulation)).toEqual(nothing);
});
