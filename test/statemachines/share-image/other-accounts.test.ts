// Copies in other accounts, as golden share sees and mends them by the roles of these accounts.
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Interfered, InterferedCall } from '../../../simulator/pipeline/interference.ts';
import { createSimulation, type Simulation } from '../../../simulator/pipeline/simulation.ts';
import { brisk } from '../../support/deployed.ts';
import { account, build, home, manifestIn, recipe } from '../../support/pipeline.ts';

const [first, second] = ['111122223333', '333344445555'] as const;
const [user, stranger] = ['777788889999', '999988887777'] as const;
const copyTo = [
  { account: first, kmsKey: 'alias/theirs', accounts: [user], publish: true },
  { account: second, externalId: 'golden-42' },
];
const target = { region: 'home', kmsKey: 'alias/golden', copyTo };
const catalog = { recipes: { base: { ...recipe, distribute: [target] } as object }, scripts: {}, version: '1.0.0' };

let strike: ((call: InterferedCall) => Interfered | undefined) | undefined;
let simulation: Simulation;
let published = '';
beforeAll(async () => {
  const interfere = { call: (call: InterferedCall) => strike?.(call) };
  simulation = createSimulation({ catalog, scenario: { delays: brisk }, interfere });
  published = manifestIn(simulation, await build(simulation)).build;
}, 60_000);
beforeEach(() => {
  strike = undefined;
});

const imageOf = (owner: string) => {
  const images = [...simulation.cloud.world.region(home).images.values()];
  const image = images.find((one) => one.owner === owner && one.state !== 'deregistered');
  if (!image) throw new Error(`${owner} has no image`);
  return image;
};
const snapshotsOf = (owner: string) =>
  imageOf(owner).mappings.map(({ snapshot = '' }) => simulation.cloud.world.region(home).snapshots.get(snapshot));
/** Who may use the image of each account, and its snapshots. */
const users = () =>
  Object.fromEntries(
    [account, first, second].map((owner) => [
      owner,
      JSON.stringify([imageOf(owner).permissions, snapshotsOf(owner).map((one) => [...(one?.sharedWith ?? [])])]),
    ]),
  );
const share = (input: object = {}) => simulation.finish(simulation.share({ recipe: 'base', ...input }));
const ofTheirs = ({ account: of }: InterferedCall) => of === first;

/** A stranger gets the copy of the first account, and its user loses it. */
function meddle() {
  imageOf(first).permissions = [{ UserId: stranger }];
  for (const snapshot of snapshotsOf(first)) {
    snapshot?.sharedWith.clear();
    snapshot?.sharedWith.add(stranger);
  }
  return users();
}

describe('the users of a copy in another account are what the deployed recipe says', () => {
  test('a plan shows the copies with what would change there, and changes nothing', async () => {
    const wrong = meddle();
    const { status, output } = await share({ plan: true });
    expect(status).toBe('SUCCEEDED');
    const { id } = imageOf(first);
    expect(JSON.parse(output ?? '')).toMatchObject({
      images: [
        { region: home, ami: imageOf(account).id, changes: [] },
        {
          region: home,
          account: first,
          ami: id,
          build: published,
          channels: ['stable'],
          changes: [
            `revoke ${id} from ${stranger}`,
            `grant ${id} to ${user}`,
            expect.stringMatching(`^revoke snap-\\w+ from ${stranger}$`),
            expect.stringMatching(`^grant snap-\\w+ to ${user}$`),
          ],
        },
        { region: home, account: second, ami: imageOf(second).id, changes: [] },
      ],
      failures: [],
    });
    expect(users()).toEqual(wrong);
  });

  test('an execution makes it so, and writes down who may use the copy', async () => {
    meddle();
    expect(await share({ who: 'Ada' })).toMatchObject({ status: 'SUCCEEDED' });
    expect(users()).toMatchObject({ [first]: JSON.stringify([[{ UserId: user }], [[user]]]) });
    expect(simulation.read({ recipe: 'base', build: published }, 'sharing')).toMatchObject({
      targets: [{ region: home, accounts: [] }],
      copies: expect.arrayContaining([{ region: home, account: first, accounts: [user] }]),
      changes: [{ regions: [home, `${home} of account ${first}`, `${home} of account ${second}`] }],
    });
  });

  test('a deployed change of the lists reaches the copy, and so does a build that is named', async () => {
    const into = [{ ...copyTo[0], accounts: [stranger] }, copyTo[1]];
    catalog.recipes.base = { ...recipe, distribute: [{ ...target, copyTo: into }] };
    expect(await share({ build: published })).toMatchObject({ status: 'SUCCEEDED' });
    expect(users()).toMatchObject({ [first]: JSON.stringify([[{ UserId: stranger }], [[stranger]]]) });
    catalog.recipes.base = { ...recipe, distribute: [target] };
    expect(await share()).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('an account that is no target any more keeps its users, and the output says so', async () => {
    catalog.recipes.base = { ...recipe, distribute: [{ ...target, copyTo: [copyTo[0]] }] };
    const { output } = await share({ plan: true });
    expect(JSON.parse(output ?? '')).toMatchObject({
      notes: [expect.stringContaining(`of account ${second} is no target of base any more`)],
    });
    catalog.recipes.base = { ...recipe, distribute: [target] };
  });
});

describe('an account that refuses a part has exactly its old users or exactly the new ones, and that is told', () => {
  const refused: Interfered = { error: 'UnauthorizedOperation', message: 'no', effect: false };
  const once = (matches: (call: InterferedCall) => boolean) => {
    let struck = false;
    return (call: InterferedCall) => {
      if (struck || !matches(call)) return undefined;
      struck = true;
      return refused;
    };
  };

  test.each<[string, (call: InterferedCall) => boolean]>([
    ['the role refuses the image', (call) => ofTheirs(call) && call.action === 'ModifyImageAttribute'],
    ['the role refuses a snapshot', (call) => ofTheirs(call) && call.action === 'ModifySnapshotAttribute'],
    ['no role is given to ApplyShare', ({ by, action }) => by === 'ApplyShare' && action === 'AssumeRole'],
  ])('%s', async (_, matches) => {
    const right = users();
    const wrong = meddle();
    strike = once(matches);
    const { error, cause } = await share();
    expect({ error, cause }).toEqual({ error: 'ShareFailed', cause: expect.stringContaining(`of account ${first}: `) });
    expect(users()).toEqual(wrong);
    strike = undefined;
    expect(await share()).toMatchObject({ status: 'SUCCEEDED' });
    expect(users()).toEqual(right);
  });

  test('a role that lets nobody in is a failure of its account, and the others are done', async () => {
    meddle();
    imageOf(account).permissions = [{ UserId: stranger }];
    const arn = `arn:aws:iam::${second}:role/golden-copy-target`;
    const { roles } = simulation.cloud.world;
    const role = roles.get(arn);
    roles.delete(arn);
    const { output } = await share({ plan: true });
    expect(JSON.parse(output ?? '')).toMatchObject({ failures: [{ region: home, account: second }] });
    const { error, cause } = await share();
    if (role) roles.set(arn, role);
    expect({ error, cause }).toEqual({
      error: 'ShareFailed',
      cause: expect.stringMatching(`^${home} of account ${second}: sts:AssumeRole of ${arn} .*AccessDenied`),
    });
    expect(users()).toMatchObject({ [account]: '[[],[[]]]', [first]: JSON.stringify([[{ UserId: user }], [[user]]]) });
  });

  test('VerifyShare that may not look any more says that the users are not read back', async () => {
    const right = users();
    meddle();
    strike = ({ by, action }) => (by === 'VerifyShare' && action === 'AssumeRole' ? refused : undefined);
    expect(await share()).toMatchObject({ error: 'ShareFailed', cause: expect.stringContaining(`account ${first}`) });
    expect(users()).toEqual(right);
  });

  test.each(['AssumeRole', 'ModifyImageAttribute', 'ModifySnapshotAttribute', 'DescribeImageAttribute'])(
    '%s that is throttled, breaks off or loses its answer is asked again',
    async (action) => {
      const right = users();
      for (const fate of [{ ...refused, error: 'RequestLimitExceeded' }, 'before', 'after'] as Interfered[]) {
        meddle();
        let struck = false;
        strike = (call) => {
          if (struck || call.action !== action) return undefined;
          struck = true;
          return fate;
        };
        expect(await share()).toMatchObject({ status: 'SUCCEEDED' });
        expect(users()).toEqual(right);
      }
    },
  );
});
