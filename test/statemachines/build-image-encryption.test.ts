// Which key encrypts what, from the source image to what is published.
import { expect, test } from '@jest/globals';
import { addSource, keysIn, ownSource } from '../support/disks.ts';
import { build, pipeline, recipe } from '../support/pipeline.ts';

const builder = { ...recipe.builder, rootVolume: { sizeGiB: 8 } };

test.each<[string, { device: string; key?: string }]>([
  ['plain', { device: '/dev/sdf' }],
  ['under another key', { device: '/dev/sdf', key: 'alias/other' }],
])('a second disk of the source that is %s goes under the key of the home target', async (_, second) => {
  const distribute = [{ region: 'us-east-1', kmsKey: 'alias/golden', accounts: ['444455556666'] }];
  const simulation = pipeline({ changes: { builder, source: ownSource, distribute } });
  addSource(simulation, [{ device: '/dev/xvda' }, second]);
  expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  const { arn } = simulation.cloud.keys.get('us-east-1')!.get('alias/golden')!;
  expect(keysIn(simulation, 'us-east-1')).toEqual({ '/dev/xvda': arn, '/dev/sdf': arn });
});
