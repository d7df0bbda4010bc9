import { expect, test } from '@jest/globals';
import { build, leftIn, nothing, pipeline } from '../../support/pipeline.ts';

const hour = 3600;

test('an image and copies that take EC2 many hours are waited for', async () => {
  const scenario = { delays: { createImage: 13 * hour, copyImage: 30 * hour } };
  const execution = await build(pipeline({ scenario }));
  expect(execution.status).toBe('SUCCEEDED');
  expect(execution.history.length).toBeLessThan(2500);
});

test('an image that is not made within the timeout of its recipe is given up, with how far it is and what to change', async () => {
  const simulation = pipeline({
    scenario: { delays: { createImage: 4 * hour } },
    changes: { image: { timeout: '2h' } },
  });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'FAILED', error: 'WaitTimedOut' });
  expect(execution.cause).toMatch(
    /ami-\w+ in us-east-1 is pending, snap-\w+ at [56]\d%; raise image.timeout in the recipe/,
  );
  expect(leftIn(simulation)).toEqual(nothing);
});
