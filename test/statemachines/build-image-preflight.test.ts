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

  const builder = { ...recipe.builder, subnets: ['subnet-0000000a'] };
  const subnets = [{ id: 'subnet-0000000a', vpc: 'vpc-0000000a', route: 'none' }];
  test.each<[string, Record<string, unknown>, object, string]>([
    ['no default VPC', {}, { defaultVpc: 'absent' }, 'builder.subnets: us-east-1 has no default VPC'],
    [
      'a default VPC without subnets',
      {},
      { defaultVpc: 'without subnets' },
      'builder.subnets: us-east-1 has no default',
    ],
    ['a default group that lets nothing out', {}, { defaultGroup: 'empty' }, 'builder.securityGroups: the default'],
    ['a private subnet without endpoints', { builder }, { subnets }, 'builder.subnets[0]: no route leads out'],
  ])('%s', async (_, changes, network, said) => {
    const { error, cause } = await refusal({ changes, scenario: { network } });
    expect(error).toBe('RecipeInvalid');
    expect(cause).toContain(said);
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

test.each([
  ['behind a NAT gateway', [{ id: 'subnet-0000000a', vpc: 'vpc-0000000a', route: 'nat' }], []],
  ['with interface endpoints', [{ id: 'subnet-0000000a', vpc: 'vpc-0000000a', route: 'none' }], ['ssm', 'ssmmessages']],
])('a build in a private subnet %s is published', async (_, subnets, services) => {
  const endpoints = services.map((service) => ({ vpc: 'vpc-0000000a', service }));
  const changes = { builder: { ...recipe.builder, subnets: ['subnet-0000000a'] } };
  const scenario = { network: { defaultVpc: 'absent', subnets, endpoints } };
  expect((await build(pipeline({ changes, scenario }))).status).toBe('SUCCEEDED');
});

test('a group that lets nothing out keeps the agent from coming online where Resolve may not look at groups', async () => {
  const api = [{ action: 'ec2:DescribeSecurityGroups', error: 'UnauthorizedOperation' }];
  const simulation = pipeline({ scenario: { network: { defaultGroup: 'empty' }, api } });
  expect(await build(simulation)).toMatchObject({ status: 'FAILED', error: 'WaitTimedOut' });
});
