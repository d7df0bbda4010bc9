import { expect, test } from '@jest/globals';
import { account, build, launched, leftIn, nothing, pipeline } from '../../support/pipeline.ts';

test('a builder that dies under the build is told as such', async () => {
  const simulation = pipeline();
  simulation.clock.at(simulation.clock.now() + 30_000, () => {
    const [builder] = launched(simulation, 'builder');
    const terminate = simulation.cloud.services.ec2['TerminateInstances'];
    terminate?.({ InstanceIds: [builder?.id] }, { account, region: 'us-east-1' });
  });
  expect(await build(simulation)).toMatchObject({
    error: 'BuilderFailed',
    cause: expect.stringContaining('AwaitBuilder'),
  });
  expect(leftIn(simulation)).toEqual(nothing);
});
