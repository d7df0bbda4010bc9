import { expect, test } from '@jest/globals';
import { build, pipeline, recipe } from '../../support/pipeline.ts';

test.each(['us-gov-west-1', 'cn-north-1', 'eusc-de-east-1'])('a build is published in %s', async (region) => {
  const builder = { instanceTypes: ['t3.small'] };
  const simulation = pipeline({ region, changes: { builder, distribute: [{ region }] } });
  const execution = await build(simulation, { recipe: recipe.name });
  expect([execution.status, execution.cause]).toEqual(['SUCCEEDED', undefined]);
});
