import { expect, test } from '@jest/globals';
import { keysIn } from '../../support/disks.ts';
import {
  build,
  copied,
  home,
  imageIn,
  leftIn,
  manifestIn,
  optional,
  pipeline,
  targets,
} from '../../support/pipeline.ts';

test('each other target gets a copy of the first image, with its name and tags, under the key of the target', async () => {
  const simulation = pipeline();
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  const { name, tags, id } = imageIn(simulation, home);
  for (const { region, kmsKey } of [targets.copied, targets.optional]) {
    const copy = imageIn(simulation, region);
    expect(copy).toMatchObject({ name, sourceImage: id, sourceRegion: home });
    expect(Object.fromEntries(copy.tags)).toMatchObject({ team: 'platform', 'golden:build': tags.get('golden:build') });
    const { arn } = simulation.cloud.addKey(region, kmsKey);
    expect(Object.values(keysIn(simulation, region))).toEqual([arn]);
  }
});

test('an optional target whose region refuses everything neither fails the build nor hides what is left', async () => {
  const refused = ['CopyImage', 'DescribeImages', 'DescribeSnapshots'].map((action) => ({
    action: `ec2:${action}`,
    region: optional,
    error: 'AuthFailure',
  }));
  const simulation = pipeline({ scenario: { api: refused } });
  const execution = await build(simulation);
  expect(execution.status).toBe('SUCCEEDED');
  const manifest = manifestIn(simulation, execution);
  expect(manifest.status).toBe('published');
  expect(manifest.failure).toMatchObject({
    state: 'CleanUp',
    left: [expect.stringContaining(`images in ${optional}`)],
  });
  expect(Object.keys(leftIn(simulation).channels)).toEqual([home, copied]);
});
