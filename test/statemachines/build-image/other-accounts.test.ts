import { beforeAll, describe, expect, test } from '@jest/globals';
import { account, build, consumer, copied, home, manifestIn, pipeline } from '../../support/pipeline.ts';
import type { Execution } from '../../../simulator/states/step-functions.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';

const [first, second] = ['111122223333', '333344445555'] as const;
const distribute = [
  {
    region: 'home',
    kmsKey: 'alias/golden',
    accounts: [consumer],
    copyTo: [
      { account: first, kmsKey: 'alias/theirs', accounts: ['777788889999'], publish: true },
      { account: second, externalId: 'golden-42' },
    ],
  },
  { region: copied, kmsKey: 'alias/golden-eu', copyTo: [{ account: first, kmsKey: 'alias/theirs', publish: true }] },
];

const imagesOf = ({ cloud }: Simulation, owner: string, region: string) =>
  [...cloud.world.region(region).images.values()].filter((one) => one.owner === owner && one.state !== 'deregistered');
const snapshotsOf = ({ cloud }: Simulation, owner: string, region: string) =>
  [...cloud.world.region(region).snapshots.values()].filter((one) => one.owner === owner);
const parameterIn = ({ cloud }: Simulation, owner: string, region: string) =>
  cloud.world.region(region).parameters.get(`${owner} /golden/base/stable`)?.versions.at(-1)?.value;

/** Everything that is lent to other accounts, and what a recipe does not name. */
function lent(simulation: Simulation) {
  const { keys } = simulation.cloud;
  return [home, copied].flatMap((region) => [
    ...imagesOf(simulation, account, region).flatMap(({ permissions }) => permissions.map(({ UserId }) => UserId)),
    ...snapshotsOf(simulation, account, region).flatMap(({ sharedWith }) => [...sharedWith]),
    ...[...(keys.get(region)?.values() ?? [])].flatMap(({ grants }) => [...grants.values()].map(({ name }) => name)),
  ]);
}

describe('a recipe with copies in two other accounts', () => {
  let simulation: Simulation;
  let execution: Execution;
  beforeAll(async () => {
    simulation = pipeline({ changes: { distribute } });
    execution = await build(simulation);
  });

  test('gives each account an image of its own, under that key of it, with tags, users and IMDSv2', () => {
    expect(execution).toMatchObject({ status: 'SUCCEEDED' });
    const [own] = imagesOf(simulation, account, home);
    const [image, ...others] = imagesOf(simulation, first, home);
    expect(others).toEqual([]);
    expect(image).toMatchObject({
      name: own?.name,
      sourceImage: own?.id,
      state: 'available',
      imdsSupport: 'v2.0',
      permissions: [{ UserId: '777788889999' }],
    });
    const theirs = simulation.cloud.addKey(home, 'alias/theirs', 'enabled', first).arn;
    for (const snapshot of snapshotsOf(simulation, first, home)) {
      expect(snapshot.keyArn).toBe(theirs);
      expect([...snapshot.sharedWith]).toEqual(['777788889999']);
      expect(snapshot.tags.get('golden:build')).toBe(own?.tags.get('golden:build'));
    }
    expect(imagesOf(simulation, second, home)).toEqual([expect.objectContaining({ permissions: [], state: 'available' })]);
    expect(imagesOf(simulation, first, copied)).toHaveLength(1);
    expect(imagesOf(simulation, second, copied)).toEqual([]);
  });

  test('lends nothing any more', () => {
    expect([...new Set(lent(simulation))]).toEqual([consumer]);
  });

  test("has the channel's parameter in the accounts that ask for it", () => {
    for (const region of [home, copied])
      expect(parameterIn(simulation, first, region)).toBe(imagesOf(simulation, first, region)[0]?.id);
    expect(parameterIn(simulation, second, home)).toBeUndefined();
    expect(parameterIn(simulation, account, home)).toBe(imagesOf(simulation, account, home)[0]?.id);
  });

  test('tells of every copy in the manifest', () => {
    const at = (owner: string, region: string) => imagesOf(simulation, owner, region)[0]?.id;
    const parameter = '/golden/base/stable';
    expect(manifestIn(simulation, execution).cost?.inOtherAccounts).toBeGreaterThan(0);
    expect(manifestIn(simulation, execution).copiedTo).toEqual(
      [
        { region: home, account: first, ami: at(first, home), accounts: ['777788889999'], parameter },
        { region: home, account: second, ami: at(second, home), accounts: [], parameter: null },
        { region: copied, account: first, ami: at(first, copied), accounts: [], parameter },
      ].map((copy) => ({ ...copy, snapshots: expect.anything(), status: 'published', error: null })),
    );
  });
});
