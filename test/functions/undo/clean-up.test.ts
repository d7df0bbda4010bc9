import { expect, test } from '@jest/globals';
import { build, leftIn, oneImageEach, pipeline, regions } from '../../support/pipeline.ts';

test('a published build stays published when its manifest cannot be written', async () => {
  const simulation = pipeline();
  const put = simulation.cloud.services.s3['PutObject'];
  simulation.cloud.services.s3['PutObject'] = (input, from) => {
    if ((input as { Key: string }).Key.endsWith('/manifest.json'))
      throw Object.assign(new Error('no'), { name: 'AccessDenied' });
    return put?.(input, from);
  };
  const execution = await build(simulation);
  expect(execution.status).toBe('FAILED');
  expect(execution.cause).toContain('the manifest could not be written');
  expect(leftIn(simulation).images).toEqual(oneImageEach);
  expect(Object.keys(leftIn(simulation).channels)).toEqual(regions);
});
