import { expect, test } from '@jest/globals';
import { build, launched, pipeline, recipe, targets } from '../../support/pipeline.ts';

const license = (region: string) =>
  `arn:aws:license-manager:${region}:111122223333:license-configuration:lic-0123456789abcdef0123456789abcdef`;
const host = 'h-0000000a';
const on = (builder: object, scenario: object = {}, image: object = recipe.image) =>
  pipeline({ scenario, changes: { distribute: [targets.home], builder: { ...recipe.builder, ...builder }, image } });

test('builder and candidate have the tags, the metadata options, the host, the placement group and the licences, and the candidate alone a key pair', async () => {
  const placed = { tenancy: 'host', hostId: host, placementGroup: 'builders', licenses: [license('us-east-1')] };
  const imds = { hopLimit: 3, tags: true, ipv6: true };
  const simulation = on({ ...placed, candidateKeyPair: 'admin', imds, tags: { team: 'images', Name: 'mine' } });
  const execution = await build(simulation);
  expect(execution.cause).toBeUndefined();
  for (const role of ['builder', 'candidate'])
    expect(launched(simulation, role)).toMatchObject([
      {
        hardware: { tenancy: 'host', hostId: host, group: 'builders', licenses: [license('us-east-1')] },
        metadata: { HttpTokens: 'required', HttpPutResponseHopLimit: 3, InstanceMetadataTags: 'enabled', HttpProtocolIpv6: 'enabled' },
      },
    ]);
  expect(['builder', 'candidate'].map((role) => launched(simulation, role)[0]?.keyPair)).toEqual([undefined, 'admin']);
  const tagged = launched(simulation, 'builder')[0]?.tags;
  expect(Object.fromEntries(tagged ?? [])).toMatchObject({ team: 'images', Name: 'mine', 'golden:role': 'builder' });
  const [image] = [...simulation.cloud.world.region('us-east-1').images.values()].filter(({ tags }) => tags.has('golden:build'));
  expect(image?.tags.get('team')).toBe('platform');
});

test('a host without room is a place without room', async () => {
  const dedicatedHosts = [{ id: host, family: 't3', instances: 0 }];
  const execution = await build(on({ tenancy: 'host', hostId: host, instanceTypes: ['t3.small'] }, { dedicatedHosts }));
  expect(execution).toMatchObject({ error: 'CapacityUnavailable', cause: expect.stringContaining('InsufficientCapacityOnHost') });
});

test.each<[string, object, string, string]>([
  ['a host that does not exist', { tenancy: 'host', hostId: 'h-0000000b' }, 'RecipeInvalid', 'builder.hostId: h-0000000b does not exist in us-east-1'],
  ['a host of other types', { tenancy: 'host', hostId: host, instanceTypes: ['m5.large'] }, 'RecipeInvalid', 'builder.hostId: h-0000000a is for t3, and none of m5.large is'],
  ['a key pair that does not exist', { candidateKeyPair: 'admin' }, 'RecipeInvalid', 'builder.candidateKeyPair: there is no key pair admin in us-east-1'],
  ['a licence of another region', { licenses: [license('eu-west-1')] }, 'RecipeInvalid', 'builder.licenses[0]: is of eu-west-1'],
])('%s is refused with the key of the recipe', async (_what, builder, error, message) => {
  const dedicatedHosts = [{ id: host, family: 't3' }];
  const execution = await build(on(builder, { dedicatedHosts, keyPairs: [{ name: 'other' }] }));
  expect(execution).toMatchObject({ status: 'FAILED', error });
  expect(execution.cause).toContain(message);
});
