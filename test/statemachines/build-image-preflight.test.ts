// What Resolve finds out before anything is made.
import { describe, expect, test } from '@jest/globals';
import { build, leftIn, manifestIn, pipeline, recipe, type Setting } from '../support/pipeline.ts';

/** How Resolve refuses a build, and that nothing was called that makes something. */
async function refusal(setting: Setting) {
  const simulation = pipeline(setting);
  const { error, cause, status } = await build(simulation);
  expect(status).toBe('FAILED');
  expect(leftIn(simulation)).toMatchObject({ instances: [], images: [], snapshots: [] });
  expect(simulation.cloud.calls.map(({ action }) => action)).not.toContain('RunInstances');
  return { error, cause };
}

describe('Resolve refuses within its first state, and nothing is launched', () => {
  test('a target in a region that is not enabled', async () => {
    const distribute = [...recipe.distribute, { region: 'me-south-1', kmsKey: 'alias/golden-me' }];
    const { error, cause } = await refusal({ changes: { distribute }, scenario: { disabledRegions: ['me-south-1'] } });
    expect(error).toBe('RecipeInvalid');
    expect(cause).toContain('distribute[3].region: me-south-1 is not enabled for account 222233334444');
  });

  test('a source that is not there, together with everything else that is wrong', async () => {
    const source = { ami: 'ami-0123456789abcdef0', owner: 'amazon' };
    const distribute = [...recipe.distribute, { region: 'me-south-1', kmsKey: 'alias/golden-me' }];
    const { error, cause } = await refusal({
      changes: { source, distribute },
      scenario: { disabledRegions: ['me-south-1'] },
    });
    expect(error).toBe('SourceNotFound');
    expect(cause).toMatch(/no source image for ami-0123456789abcdef0[^]*Also wrong:\ndistribute\[3\]\.region: /);
  });
});

test('a look that the role is denied is a note in the manifest, and the build is published', async () => {
  const api = [
    { action: 'ec2:DescribeRegions', error: 'UnauthorizedOperation' },
    { action: 'ec2:DescribeInstanceTypes', error: 'UnauthorizedOperation' },
  ];
  const simulation = pipeline({ scenario: { api } });
  const execution = await build(simulation);
  expect(execution.status).toBe('SUCCEEDED');
  expect(manifestIn(simulation, execution).notes).toEqual([
    expect.stringMatching(/^builder\.instanceTypes: could not look at .*ec2:DescribeInstanceTypes/),
    expect.stringMatching(/^distribute: could not look at .*ec2:DescribeRegions/),
  ]);
});
