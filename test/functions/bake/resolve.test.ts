import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { createSimulation } from '../../../simulator/pipeline/simulation.ts';
import {
  artifactKeys,
  build,
  launched,
  leftIn,
  manifestIn,
  nothing,
  onlyManifest,
  pipeline,
  recipe,
  type Setting,
  statesEntered,
} from '../../support/pipeline.ts';

/** How Resolve refuses a build, and that nothing was called that makes something. */
async function refusal(setting: Setting) {
  const simulation = pipeline(setting);
  const { error, cause, status } = await build(simulation);
  expect(status).toBe('FAILED');
  expect(leftIn(simulation)).toMatchObject({ instances: [], images: [], snapshots: [] });
  expect(simulation.cloud.calls.map(({ action }) => action)).not.toContain('RunInstances');
  return { error, cause };
}

const consumer = '444455556666';

/** A build of README.md's example of a recipe, shared in both its regions, in an account with some settings. */
async function sampleIn(encryption: object[]) {
  const [, text = ''] = /```yaml\n([^]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? [];
  const document = parse(text) as { name: string; distribute: object[] };
  const distribute = document.distribute.map((target) => ({ ...target, accounts: [consumer] }));
  const catalog = { recipes: { [document.name]: { ...document, distribute } }, scripts: {}, version: '1.0.0' };
  const keys = ['us-east-1', 'eu-west-1'].map((region) => ({ region, alias: 'alias/ebs' }));
  const simulation = createSimulation({ catalog, scenario: { encryption, keys } });
  return { simulation, execution: await build(simulation, { recipe: document.name }) };
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

  test('more volumes than an instance type takes, the network interface counted', async () => {
    const volumes = Array.from({ length: 27 }, (_, index) => {
      const letters = index < 20 ? String.fromCharCode(102 + index) : `b${String.fromCharCode(97 + index - 20)}`;
      return { device: `/dev/xvd${letters}`, sizeGiB: 1 };
    });
    const { error, cause } = await refusal({ changes: { builder: { ...recipe.builder, volumes } } });
    expect(error).toBe('RecipeInvalid');
    expect(cause).toContain('builder.volumes: the builder would have 28 volumes');
    expect(cause).toContain('t3.small takes 27, t3a.small takes 27');
  });

  test('an image whose root is an instance store', async () => {
    const simulation = pipeline({ changes: { source: { filter: { name: 'old-*' }, owner: '999999999999' } } });
    const old = { region: 'us-east-1', name: 'old-1', owner: '999999999999', public: true, mappings: [] };
    simulation.cloud.addImage({ ...old, instanceStore: true, virtualization: 'paravirtual' });
    const { error, cause } = await build(simulation);
    expect(error).toBe('RecipeInvalid');
    expect(cause).toMatch(
      /source: the root of ami-\w+ "old-1" is an instance store.*golden register.*\n.*takes hvm images/,
    );
    const planned = await simulation.finish(simulation.plan({ recipe: 'base' }));
    expect(planned.status).toBe('SUCCEEDED');
    expect(JSON.parse(planned.output ?? '{}')).toMatchObject({
      status: 'refused',
      problems: expect.arrayContaining([
        expect.objectContaining({
          path: ['source'],
          message: expect.stringMatching(/is an instance store.*take an image/),
        }),
      ]),
    });
  });

  test('an image that the Allowed AMIs of the account hide', async () => {
    const { error, cause } = await refusal({ scenario: { allowedImages: { providers: ['999999999999'] } } });
    expect(error).toBe('SourceNotFound');
    expect(cause).toContain('Allowed AMIs are enabled in us-east-1 and may hide the image; add its owner');
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

test('a build in a subnet that another account shares, with endpoints out of sight, is published with a note', async () => {
  const vpc = 'vpc-0000000a';
  const network = {
    subnets: [{ id: 'subnet-0000000a', vpc, route: 'none', sharedBy: '444455556666' }],
    securityGroups: [{ id: 'sg-0000000a', vpc }],
    endpoints: ['ssm', 'ssmmessages'].map((service) => ({ vpc, service })),
  };
  const builder = { ...recipe.builder, subnets: ['subnet-0000000a'], securityGroups: ['sg-0000000a'] };
  const simulation = pipeline({ changes: { builder }, scenario: { network } });
  const execution = await build(simulation);
  expect(execution.status).toBe('SUCCEEDED');
  expect(manifestIn(simulation, execution).notes).toEqual([
    expect.stringContaining('subnet-0000000a is shared by account 444455556666'),
  ]);
});

test('publicIp gives builder and candidate an address where the subnet gives none, with the groups of the recipe', async () => {
  const network = {
    subnets: [{ id: 'subnet-0000000a', vpc: 'vpc-0000000a', route: 'internet' }],
    securityGroups: [{ id: 'sg-0000000a', vpc: 'vpc-0000000a' }],
  };
  const placed = { subnets: ['subnet-0000000a'], securityGroups: ['sg-0000000a'], publicIp: true };
  const simulation = pipeline({ changes: { builder: { ...recipe.builder, ...placed } }, scenario: { network } });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  const instances = [...simulation.cloud.world.region('us-east-1').instances.values()];
  const place = { subnet: expect.objectContaining({ id: 'subnet-0000000a' }) as unknown, publicIp: true };
  expect(instances).toMatchObject([place, place].map((one) => ({ ...one, securityGroups: ['sg-0000000a'] })));
  expect(leftIn(simulation).instances).toEqual([]);
});

test('a group that lets nothing out keeps the agent from coming online where Resolve may not look at groups', async () => {
  const api = [{ action: 'ec2:DescribeSecurityGroups', error: 'UnauthorizedOperation' }];
  const simulation = pipeline({ scenario: { network: { defaultGroup: 'empty' }, api } });
  expect(await build(simulation)).toMatchObject({ status: 'FAILED', error: 'WaitTimedOut' });
});

describe('a filter without an architecture', () => {
  const source = { filter: { name: 'vendor-*' }, owner: '999999999999' };
  const built = async (builder: object, scenario = {}) => {
    const simulation = pipeline({ changes: { source, builder: { ...recipe.builder, ...builder } }, scenario });
    const image = { region: 'us-east-1', owner: '999999999999', public: true };
    const at = simulation.clock.now();
    const older = simulation.cloud.addImage({ ...image, name: 'vendor-1-x86_64', createdAt: at - 2000 });
    const newer = simulation.cloud.addImage({ ...image, name: 'vendor-1-arm64', architecture: 'arm64', createdAt: at });
    const { status, cause = '' } = await build(simulation);
    const started = [...simulation.cloud.world.region('us-east-1').instances.values()].map((one) => one.image);
    return { status, cause, started, older: older.id, newer: newer.id };
  };

  test('takes the newest image of the architecture of the builder', async () => {
    const { status, started, older } = await built({ instanceTypes: ['t3.small'] });
    expect([status, started[0]]).toEqual(['SUCCEEDED', older]);
  });

  test('does so by the name of the instance type where the role may not ask', async () => {
    const api = [{ action: 'ec2:DescribeInstanceTypes', error: 'UnauthorizedOperation' }];
    const { status, started, newer } = await built({ instanceTypes: ['t4g.small'] }, { api });
    expect([status, started[0]]).toEqual(['SUCCEEDED', newer]);
  });
});

test('a deprecated image of others is taken where there is no other, with a note', async () => {
  const source = { filter: { name: 'vendor-*' }, owner: '999999999999' };
  const simulation = pipeline({ changes: { source } });
  const at = simulation.clock.now() - 86_400_000;
  const image = { region: 'us-east-1', name: 'vendor-1', owner: '999999999999', public: true };
  const { id } = simulation.cloud.addImage({ ...image, createdAt: at, deprecatedAt: at });
  const execution = await build(simulation);
  expect(execution.status).toBe('SUCCEEDED');
  const { notes } = manifestIn(simulation, execution);
  expect(notes).toEqual([
    expect.stringContaining(`source: ${id} "vendor-1" in us-east-1 was deprecated on 2026-11-22`),
  ]);
});

describe('a base without the SSM agent', () => {
  const source = { parameter: '/aws/service/debian/release/13/latest/amd64', owner: '136693071363' };

  test('is never online, as a note has said', async () => {
    const simulation = pipeline({ changes: { source } });
    expect(await build(simulation)).toMatchObject({ status: 'FAILED', error: 'WaitTimedOut' });
    expect(onlyManifest(simulation)?.notes).toEqual([
      expect.stringMatching(/^source: images of Debian come without the SSM agent.*builder\.installAgent: true/),
    ]);
  });

  test('is baked once the recipe installs the agent, and the image has the agent', async () => {
    const userData = '#cloud-config\nwrite_files: []\n';
    const builder = { ...recipe.builder, installAgent: true, userData };
    const simulation = pipeline({ changes: { source, builder } });
    const execution = await build(simulation);
    expect(execution.status).toBe('SUCCEEDED');
    expect(launched(simulation, 'builder')[0]?.userData).toContain(userData);
    expect(launched(simulation, 'candidate')[0]?.userData).not.toContain(userData);
    expect(manifestIn(simulation, execution).notes).toBeUndefined();
  });

  test('gets no agent in a subnet from which S3 is out of reach', async () => {
    const builder = { ...recipe.builder, installAgent: true, subnets: ['subnet-0000000a'] };
    const vpc = 'vpc-0000000a';
    const network = {
      subnets: [{ id: 'subnet-0000000a', vpc, route: 'none' }],
      endpoints: [
        { vpc, service: 'ssm' },
        { vpc, service: 'ssmmessages' },
      ],
    };
    const execution = await build(pipeline({ changes: { source, builder }, scenario: { network } }));
    expect(execution).toMatchObject({ status: 'FAILED', error: 'WaitTimedOut' });
  });
});

test('a source of somebody else is refused before anything is launched', async () => {
  const simulation = pipeline();
  const image = simulation.cloud.addImage({
    name: 'al2023-ami-evil',
    owner: '999999999999',
    region: 'us-east-1',
    public: true,
  });
  const execution = await build(simulation, {
    recipe: 'base',
    overrides: { source: { parameter: null, ami: image.id }, publish: null },
  });
  expect(execution).toMatchObject({ error: 'SourceNotTrusted', cause: expect.stringContaining('999999999999') });
  expect(leftIn(simulation)).toEqual(nothing);
  expect(launched(simulation, 'builder')).toEqual([]);
});

test('an image of the right name and another owner is never found by a filter', async () => {
  const simulation = pipeline();
  simulation.cloud.addImage({ name: 'al2023-ami-9999', owner: '999999999999', region: 'us-east-1', public: true });
  const overrides = {
    source: { parameter: null, filter: { name: 'al2023-ami-*', architecture: 'x86_64' } },
    publish: null,
  };
  const execution = await build(simulation, { recipe: 'base', overrides });
  expect(manifestIn(simulation, execution).source).toMatchObject({ owner: '137112412989' });
});

test.each([
  ['an unknown recipe', { recipe: 'nope' }, 'there is no recipe "nope"'],
  ['no recipe', {}, 'recipe: must be'],
  ['a name instead of an object', 'base', 'the execution input must be an object'],
  ['null', null, 'the execution input must be an object'],
  [
    'a wrong override',
    { recipe: 'base', overrides: { builder: { instanceTypes: [] }, distribute: [{ region: 'mars-1' }] } },
    'distribute[0].region',
  ],
  [
    'a step for another system',
    { recipe: 'base', overrides: { provision: [{ powershell: 'x' }], checks: [], publish: null } },
    'provision[0].powershell',
  ],
])('%s is refused with everything that is wrong, and nothing is created', async (_, input, problem) => {
  const simulation = pipeline();
  expect(await build(simulation, input)).toMatchObject({
    error: 'RecipeInvalid',
    cause: expect.stringContaining(problem),
  });
  expect(leftIn(simulation)).toEqual(nothing);
  expect(artifactKeys(simulation)).toEqual([]);
});

test('the sample recipe is refused in its first state where EBS encrypts by default, with both its targets', async () => {
  const { simulation, execution } = await sampleIn([{}]);
  expect(execution).toMatchObject({ status: 'FAILED', error: 'RecipeInvalid' });
  expect(execution.cause).toMatch(/distribute\[0\]: is shared, .*EBS encrypts every new volume in us-east-1.*kmsKey$/m);
  expect(execution.cause).toMatch(/distribute\[1\]: is shared, .*AWS-managed key of eu-west-1.*kmsKey$/m);
  expect(statesEntered(execution)).not.toContain('Launch');
  expect(simulation.cloud.calls.map(({ action }) => action)).not.toContain('RunInstances');
});

test('the sample recipe is published where EBS encrypts by default under a key that can be shared', async () => {
  const { execution } = await sampleIn([
    { region: 'us-east-1', key: 'alias/ebs' },
    { region: 'eu-west-1', key: 'alias/ebs' },
  ]);
  expect(execution).toMatchObject({ status: 'SUCCEEDED' });
});
