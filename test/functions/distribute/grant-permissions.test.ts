// A recipe that makes its image public: only where it says so, and only where the account allows that.
import { expect, test } from '@jest/globals';
import { build, consumer, copied, home, imageIn, leftIn, nothing, pipeline, recipe } from '../../support/pipeline.ts';

const builder = { instanceTypes: recipe.builder.instanceTypes, rootVolume: { sizeGiB: 8 } };
const open = [
  { region: home, accounts: [consumer], allowPublic: true },
  { region: copied, accounts: [consumer] },
];
const distributed = (distribute: object[], more: object = {}) => ({ changes: { builder, distribute, ...more } });

test('everyone may launch it where the recipe says so, and its snapshots stay private', async () => {
  const simulation = pipeline({ ...distributed(open), scenario: { blockPublicImages: false } });
  expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  const users = (region: string) => imageIn(simulation, region).permissions;
  expect(users(home)).toEqual([{ UserId: consumer }, { Group: 'all' }]);
  expect(users(copied)).toEqual([{ UserId: consumer }]);
  const [mapping] = imageIn(simulation, home).mappings;
  const snapshot = simulation.cloud.world.region(home).snapshots.get(mapping?.snapshot ?? '');
  expect([...(snapshot?.sharedWith ?? [])]).toEqual([consumer]);
  const plan = simulation.share({ recipe: 'base', plan: true });
  expect(JSON.parse((await simulation.finish(plan)).output ?? '')).toMatchObject({
    images: [{ changes: [] }, { changes: [] }],
  });
});

test.each<[string, object, RegExp]>([
  [
    'the account blocks public access',
    distributed(open),
    /distribute\[0\]\.allowPublic: is true, but block public access for AMIs is block-new-sharing in us-east-1/,
  ],
  [
    'the image is encrypted by the recipe',
    { ...distributed(open, { builder: recipe.builder }), scenario: { blockPublicImages: false } },
    /distribute\[0\]\.allowPublic: is true, but the image would be encrypted.*: builder\.rootVolume/,
  ],
  [
    'EBS encrypts every volume of the account',
    { ...distributed(open), scenario: { blockPublicImages: false, encryption: [{ region: home }] } },
    /distribute\[0\]\.allowPublic: is true, but the image would be encrypted.*: EBS encrypts every new volume in us-east-1/,
  ],
])('refused before anything is made: %s', async (_, setting, says) => {
  const simulation = pipeline(setting);
  const { error, cause } = await build(simulation);
  expect({ error, cause }).toEqual({ error: 'RecipeInvalid', cause: expect.stringMatching(says) });
  expect(leftIn(simulation)).toEqual(nothing);
});
