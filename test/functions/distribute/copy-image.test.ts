import { expect, test } from '@jest/globals';
import { build, leftIn, manifestIn, pipeline } from '../../support/pipeline.ts';

test('an optional target whose region refuses everything neither fails the build nor hides what is left', async () => {
  const refused = ['CopyImage', 'DescribeImages', 'DescribeSnapshots'].map((action) => ({
    action: `ec2:${action}`,
    region: 'ap-southeast-2',
    error: 'AuthFailure',
  }));
  const simulation = pipeline({ scenario: { api: refused } });
  const execution = await build(simulation);
  expect(execution.status).toBe('SUCCEEDED');
  const manifest = manifestIn(simulation, execution);
  expect(manifest.status).toBe('published');
  expect(manifest.failure).toMatchObject({
    state: 'CleanUp',
    left: [expect.stringContaining('images in ap-southeast-2')],
  });
  expect(Object.keys(leftIn(simulation).channels)).toEqual(['us-east-1', 'eu-west-1']);
});
