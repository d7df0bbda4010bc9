import { expect, test } from '@jest/globals';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { build, launched, pipeline, recipe, targets } from '../../support/pipeline.ts';

const vpc = 'vpc-0000000a';
const network = {
  vpcs: [{ id: vpc, tags: { Name: 'build' } }],
  subnets: [
    { id: 'subnet-0000000a', vpc, zone: 'a', freeAddresses: 20, tags: { tier: 'private', env: 'prod' } },
    { id: 'subnet-0000000b', vpc, zone: 'b', freeAddresses: 200, tags: { tier: 'private', env: 'prod' } },
    { id: 'subnet-0000000c', vpc, zone: 'c', route: 'none', tags: { tier: 'isolated' } },
    { id: 'subnet-0000000d', vpc: 'vpc-0000000b', tags: { tier: 'private', env: 'prod' } },
    { id: 'subnet-0000000e', vpc: 'vpc-0000000c', sharedBy: '111122223333', tags: { tier: 'shared' } },
  ],
  securityGroups: [
    { id: 'sg-0000000a', vpc, tags: { use: 'images' } },
    { id: 'sg-0000000b', vpc: 'vpc-0000000b', tags: { use: 'images' } },
  ],
};
const tagged = (asked: object, more: object = {}): Simulation =>
  pipeline({
    scenario: { network, ...more },
    changes: { distribute: [targets.home], builder: { ...recipe.builder, instanceTypes: ['t3.small'], network: asked } },
  });
const places = (simulation: Simulation, role: string) =>
  launched(simulation, role).map(({ subnet, securityGroups }) => `${subnet.id} ${securityGroups.join()}`);

test('builder and candidate are launched in the subnets and groups that have the tags', async () => {
  const asked = { vpc: { Name: 'build' }, subnets: { tier: 'private', env: 'p*' }, securityGroups: { use: 'images' } };
  const api = [{ action: 'ec2:RunInstances', times: 1, error: 'InsufficientInstanceCapacity', message: 'none' }];
  const simulation = tagged(asked, { api });
  const execution = await build(simulation);
  expect(execution.cause).toBeUndefined();
  expect(places(simulation, 'builder')).toEqual(['subnet-0000000a sg-0000000a']);
  expect(places(simulation, 'candidate')).toEqual(['subnet-0000000b sg-0000000a']);
});

test.each<[string, object, string]>([
  ['several VPCs have such subnets', { subnets: { tier: 'private' } }, 'builder.network.subnets: tier=private is on subnets of 2 VPCs'],
  ['no VPC has the tags', { vpc: { Name: 'none' }, subnets: { tier: 'private' } }, 'builder.network.vpc: no VPC of us-east-1 has Name=none'],
  ['no subnet has the tags', { subnets: { tier: 'public' } }, 'builder.network.subnets: no subnet of us-east-1 has tier=public; there are subnet-'],
  ['another account has tagged the subnet that it shares', { subnets: { tier: 'shared' } }, 'builder.network.subnets: no subnet of us-east-1 has tier=shared'],
  ['no route leads out of the subnet', { subnets: { tier: 'isolated' } }, 'builder.network.subnets: no route leads out of subnet-0000000c'],
])('a build is refused before it costs anything where %s', async (_what, asked, message) => {
  const simulation = tagged(asked);
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'FAILED', error: 'RecipeInvalid' });
  expect(execution.cause).toContain(message);
  expect(execution.cause).not.toContain('default VPC');
  expect(launched(simulation, 'builder')).toEqual([]);
});

test('the simulated account has what a recipe names by tags', async () => {
  const asked = { vpc: { Name: 'build' }, subnets: { tier: 'private', env: 'p*' }, securityGroups: { use: 'images' } };
  const simulation = pipeline({ changes: { distribute: [targets.home], builder: { ...recipe.builder, network: asked } } });
  expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
});
