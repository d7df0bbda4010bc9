// What a move changes beside the parameters of the pipeline's own account: launch templates, and the channel in other accounts.
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ChannelRecord } from '../../../core/channel/channel-record.ts';
import { saysUsage, type Hits } from '../../../core/usage/hits.ts';
import { ApiError } from '../../../simulator/aws/calls/actions.ts';
import type { Interference } from '../../../simulator/pipeline/interference.ts';
import { createSimulation, type Simulation } from '../../../simulator/pipeline/simulation.ts';
import { brisk } from '../../support/deployed.ts';
import { account, build, caller, consumer, copied, home, manifestIn, recipe, targets } from '../../support/pipeline.ts';

const [other, further] = ['111122223333', '333344445555'] as const;
const into = { account: other, kmsKey: 'alias/theirs', publish: true, accounts: ['777788889999'] };
const key = { kmsKey: 'alias/golden', accounts: [consumer] };
const plain = { ...recipe, distribute: [{ ...targets.home, ...key }, targets.copied] };
const rich = {
  ...recipe,
  distribute: [
    { ...targets.home, ...key, launchTemplate: { name: 'web', setDefault: true }, copyTo: [into, { account: further }] },
    { ...targets.copied, launchTemplate: { name: 'web' } },
  ],
};

function pipeline(first: object = rich, interfere: Interference = {}) {
  const recipes: Record<string, object> = { base: rich };
  const simulation = createSimulation({
    catalog: { recipes, scripts: {}, version: '1' },
    scenario: { delays: brisk },
    interfere,
  });
  recipes['base'] = first;
  for (const region of [home, copied])
    simulation.cloud.services.ec2['CreateLaunchTemplate']?.(
      {
        LaunchTemplateName: 'web',
        LaunchTemplateData: { ImageId: 'ami-0123456789abcdef0', InstanceType: 't3.small' },
        TagSpecifications: [{ ResourceType: 'launch-template', Tags: [{ Key: 'golden:recipe', Value: 'base' }] }],
      },
      { ...caller, region },
    );
  return { simulation, recipes };
}

async function built(simulation: Simulation): Promise<string> {
  const execution = await build(simulation, { recipe: 'base', force: true });
  expect([execution.status, execution.cause]).toEqual(['SUCCEEDED', undefined]);
  await simulation.pass(3600);
  return manifestIn(simulation, execution).build;
}

const move = (simulation: Simulation, input: object) => simulation.finish(simulation.move({ recipe: 'base', ...input }));
const buildOf = ({ cloud }: Simulation, region: string, ami: unknown) =>
  cloud.world.region(region).images.get(String(ami))?.tags.get('golden:build') ?? ami;

/** The build that a channel holds, by account and region. */
function held(simulation: Simulation, channel: string) {
  const of = (owner: string, region: string) => {
    const { parameters } = simulation.cloud.world.region(region);
    return buildOf(simulation, region, parameters.get(`${owner} /golden/base/${channel}`)?.versions.at(-1)?.value);
  };
  return [of(account, home), of(account, copied), of(other, home)];
}

/** The builds whose images the versions of the launch templates launch, with a star at the default. */
const versions = (simulation: Simulation) =>
  [home, copied].map((region) => {
    const [template] = simulation.cloud.world.region(region).launchTemplates.values();
    return (template?.versions ?? []).map(
      ({ number, data }) => `${String(buildOf(simulation, region, data['ImageId']))}${number === template?.default ? '*' : ''}`,
    );
  });
const old = 'ami-0123456789abcdef0';

const lastMove = (simulation: Simulation, channel = 'stable') =>
  (simulation.read({ recipe: 'base', channel }, 'channel') as ChannelRecord).moves.at(-1);
const imagesIn = ({ cloud }: Simulation, owner: string, id: string) =>
  [...cloud.world.region(home).images.values()].filter((one) => one.owner === owner && one.tags.get('golden:build') === id);

describe('a channel with launch templates, and copies in two accounts', () => {
  const { simulation } = pipeline();
  let [first, second] = ['', ''];
  beforeAll(async () => {
    first = await built(simulation);
    second = await built(simulation);
  }, 60_000);

  test('a plan names everything that would move, and moves nothing', async () => {
    const before = [held(simulation, 'stable'), versions(simulation)];
    const { output } = await move(simulation, { verb: 'rollback', plan: true });
    expect(JSON.parse(output ?? '{}').moves[0].move).toMatchObject({
      templates: [{ region: home, setDefault: true, before: 3, version: 2 }],
      accounts: { before: [{ region: home, account: other }], after: [{ account: other }, { account: further }] },
    });
    expect([held(simulation, 'stable'), versions(simulation)]).toEqual(before);
  });

  test("a rollback takes the other account's parameter along, and the default version that the earlier build made", async () => {
    expect(await move(simulation, { verb: 'rollback', who: 'arn:aws:sts::222233334444:assumed-role/Ops/ada' })).toMatchObject({
      status: 'SUCCEEDED',
    });
    expect(held(simulation, 'stable')).toEqual([first, first, first]);
    expect(versions(simulation)).toEqual([
      [old, `${first}*`, second],
      [`${old}*`, first, second],
    ]);
    const own = imagesIn(simulation, other, first)[0]?.id;
    expect(lastMove(simulation)).toMatchObject({
      verb: 'rollback',
      templates: [{ region: home, before: 3, version: 2 }],
      accounts: { after: expect.arrayContaining([{ region: home, account: other, ami: own }]) },
    });
  });

  test('the sessions in the other account are named after the move', () => {
    const names = simulation.cloud.calls
      .filter(({ action, by }) => action === 'AssumeRole' && by === 'MoveChannel')
      .map(({ params }) => (params as { RoleSessionName: string }).RoleSessionName);
    expect([...new Set(names)]).toEqual([`rollback=base-${first}@ada`]);
  });

  test('a promotion to another channel makes its parameter in the other account, and leaves the launch templates', async () => {
    const before = versions(simulation);
    expect(await move(simulation, { verb: 'promote', channel: 'prod', build: second })).toMatchObject({ status: 'SUCCEEDED' });
    expect(held(simulation, 'prod')).toEqual([second, second, second]);
    expect(versions(simulation)).toEqual(before);
  });

  test('a copy in another account that is not as its recipe says keeps every channel where it is', async () => {
    const [copy] = imagesIn(simulation, other, second);
    const permissions = copy?.permissions ?? [];
    if (copy) copy.permissions = [];
    const { error, cause } = await move(simulation, { verb: 'promote', channel: 'stable', build: second });
    expect([error, cause]).toEqual([
      'TargetsIncomplete',
      expect.stringContaining(`base-${second} in us-east-1 of account ${other}: ${copy?.id} is not shared with 777788889999`),
    ]);
    expect(held(simulation, 'stable')).toEqual([first, first, first]);
    if (copy) copy.permissions = permissions;
  });

  test('a role that does not let the pipeline in refuses the move before anything moves, for each account', async () => {
    const roles = new Map(simulation.cloud.world.roles);
    simulation.cloud.world.roles.clear();
    const moves = (simulation.read({ recipe: 'base', channel: 'prod' }, 'channel') as ChannelRecord).moves.length;
    const { error, cause } = await move(simulation, { verb: 'promote', channel: 'prod', build: first });
    expect(error).toBe('MoveRefused');
    for (const of of [other, further]) expect(cause).toMatch(new RegExp(`us-east-1 of account ${of}: sts:AssumeRole of .*AccessDenied`));
    expect(held(simulation, 'prod')).toEqual([second, second, second]);
    expect((simulation.read({ recipe: 'base', channel: 'prod' }, 'channel') as ChannelRecord).moves).toHaveLength(moves);
    for (const [arn, role] of roles) simulation.cloud.world.roles.set(arn, role);
  });

  test('a copy that is gone in another account refuses the move', async () => {
    const [copy] = imagesIn(simulation, other, second);
    if (copy) copy.state = 'deregistered';
    const { cause } = await move(simulation, { verb: 'promote', channel: 'stable', build: second });
    expect(cause).toContain(`${copy?.id} in us-east-1 of account ${other} is gone`);
    if (copy) copy.state = 'available';
  });

  test('a launch template that lost its tag refuses the move with what to do', async () => {
    const [template] = simulation.cloud.world.region(home).launchTemplates.values();
    template?.tags.delete('golden:recipe');
    const { error, cause } = await move(simulation, { verb: 'promote', channel: 'stable', build: second });
    expect([error, cause]).toEqual(['MoveRefused', expect.stringContaining('has no tag golden:recipe=base')]);
    template?.tags.set('golden:recipe', 'base');
  });

  test('a revoke moves the default version away from the image that it disables', async () => {
    expect(await move(simulation, { verb: 'promote', channel: 'stable', build: second })).toMatchObject({ status: 'SUCCEEDED' });
    expect(versions(simulation)[0]).toEqual([old, first, `${second}*`]);
    expect(await move(simulation, { verb: 'revoke', build: second, why: 'CVE' })).toMatchObject({ status: 'SUCCEEDED' });
    expect([held(simulation, 'stable'), held(simulation, 'prod')]).toEqual([
      [first, first, first],
      [first, first, first],
    ]);
    expect(versions(simulation)[0]).toEqual([old, `${first}*`, second]);
  });
});

describe('a revoke of a build with copies in other accounts', () => {
  const { simulation } = pipeline();
  let [first, second] = ['', ''];
  let before: unknown;
  beforeAll(async () => {
    first = await built(simulation);
    second = await built(simulation);
    before = usersOf(simulation, second);
  }, 60_000);

  const revoke = () => move(simulation, { verb: 'revoke', build: second, why: 'CVE' });

  test('is refused before anything changes where a role does not let the pipeline in', async () => {
    const roles = new Map(simulation.cloud.world.roles);
    for (const arn of roles.keys()) if (arn.includes(further)) simulation.cloud.world.roles.delete(arn);
    expect(await revoke()).toMatchObject({
      error: 'MoveRefused',
      cause: expect.stringContaining(`us-east-1 of account ${further}: sts:AssumeRole`),
    });
    expect(usersOf(simulation, second)).toEqual(before);
    expect(held(simulation, 'stable')).toEqual([second, second, second]);
    for (const [arn, role] of roles) simulation.cloud.world.roles.set(arn, role);
  });

  test('tells who uses the copies in their accounts, and what a role does not let it see', async () => {
    const { ec2 } = simulation.cloud.services;
    const [copy] = imagesIn(simulation, other, second);
    const launch = { ImageId: copy?.id, InstanceType: 't3.small', MinCount: 1, MaxCount: 1 };
    ec2['RunInstances']?.(launch, { ...caller, account: other });
    const { DescribeImageReferences: real } = ec2;
    ec2['DescribeImageReferences'] = (input, from) => {
      if (from.account === further) throw new ApiError('UnauthorizedOperation', 'no', 403);
      return real?.(input, from);
    };
    const { output } = await move(simulation, { verb: 'revoke', build: second, why: 'CVE', plan: true });
    ec2['DescribeImageReferences'] = real as NonNullable<typeof real>;
    const lines = saysUsage((JSON.parse(output ?? '{}') as { usage: Hits }).usage);
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(new RegExp(`^uses ${copy?.id} in ${home} of ${other}: instance i-\\w+ \\(`)),
        expect.stringMatching(
          new RegExp(`^nobody can tell who uses ami-\\w+ in ${home} of ${further}, launch templates: ec2:DescribeImageRef`),
        ),
      ]),
    );
    expect(lines.filter((line) => line.includes(other) && line.startsWith('nobody'))).toEqual([]);
  });

  test('disables them, and takes the permissions on all snapshots', async () => {
    expect(await revoke()).toMatchObject({ status: 'SUCCEEDED' });
    const seen = usersOf(simulation, second);
    expect(seen.map(({ owner, region }) => [owner, region])).toEqual([
      [account, home],
      [other, home],
      [further, home],
      [account, copied],
    ]);
    for (const image of seen) expect(image).toMatchObject({ state: 'disabled', users: [], readers: [[]] });
  });

  test('is undone by a restore, which gives exactly the saved permissions back', async () => {
    expect(await move(simulation, { verb: 'restore', build: second })).toMatchObject({ status: 'SUCCEEDED' });
    expect(usersOf(simulation, second)).toEqual(before);
    expect(held(simulation, 'stable')).toEqual([first, first, first]);
  });

  test('leaves everything as it was where an account refuses halfway, and says which', async () => {
    const { ec2 } = simulation.cloud.services;
    const { DisableImage: disable } = ec2;
    ec2['DisableImage'] = (input, from) => {
      if (from.account === further) throw Object.assign(new Error('no'), { name: 'UnauthorizedOperation' });
      return disable?.(input, from);
    };
    const { error, cause } = await revoke();
    expect([error, cause]).toEqual(['AwsRefused', expect.stringContaining('ec2:DisableImage')]);
    expect(usersOf(simulation, second)).toEqual(before);
    ec2['DisableImage'] = disable as NonNullable<typeof disable>;
  });
});

/** Owner, state and users of every image of a build, and the readers of its snapshots. */
function usersOf({ cloud }: Simulation, id: string) {
  return [home, copied].flatMap((region) => {
    const { images, snapshots } = cloud.world.region(region);
    return [...images.values()]
      .filter(({ tags }) => tags.get('golden:build') === id)
      .map(({ owner, state, permissions, mappings }) => ({
        owner,
        region,
        state,
        users: structuredClone(permissions),
        readers: mappings.map(({ snapshot = '' }) => [...(snapshots.get(snapshot)?.sharedWith ?? [])].toSorted()),
      }));
  });
}

describe('a build from before the recipe had launch templates and other accounts', () => {
  const { simulation, recipes } = pipeline(plain);
  let [first, second] = ['', ''];
  beforeAll(async () => {
    first = await built(simulation);
    const [{ copyTo: _, ...alone }, elsewhere] = rich.distribute as [{ copyTo?: object }, object];
    recipes['base'] = { ...rich, distribute: [alone, elsewhere] };
    second = await built(simulation);
  }, 60_000);

  test('gets versions of the launch templates when the channel goes back to it, once', async () => {
    expect(await move(simulation, { verb: 'rollback' })).toMatchObject({ status: 'SUCCEEDED' });
    const after = [
      [old, second, `${first}*`],
      [`${old}*`, second, first],
    ];
    expect(versions(simulation)).toEqual(after);
    const [template] = simulation.cloud.world.region(home).launchTemplates.values();
    expect(template?.versions.at(-1)?.description).toMatch(`recipe base, build ${first}, image ami-`);
    expect(lastMove(simulation)?.templates).toEqual([
      expect.objectContaining({ region: home, before: 2, version: 3, makes: true }),
      expect.objectContaining({ region: copied, before: 1, version: 3, makes: true }),
    ]);
    await move(simulation, { verb: 'promote', channel: 'stable', build: second });
    await move(simulation, { verb: 'rollback', build: first });
    expect(versions(simulation)).toEqual(after);
  });

  test('is refused where the channel is in an account in which it has no copy, with what to do', async () => {
    recipes['base'] = rich;
    const third = await built(simulation);
    const { error, cause } = await move(simulation, { verb: 'rollback', build: first });
    expect([error, cause]).toEqual([
      'MoveRefused',
      expect.stringContaining(
        `${first} has no copy in us-east-1 of account ${other}, where the channel has one; golden distribute base --build ${first} makes it`,
      ),
    ]);
    expect(held(simulation, 'stable')).toEqual([third, third, third]);
  });

  test('goes to a channel that was never in that account, which says so', async () => {
    const { status, output } = await move(simulation, { verb: 'promote', channel: 'canary', build: first });
    expect(status).toBe('SUCCEEDED');
    expect(held(simulation, 'canary')).toEqual([first, first, undefined]);
    expect(JSON.parse(output ?? '{}').moves[0].notes).toEqual([
      `${first} has no copy in us-east-1 of account ${other}, and the channel has no parameter there`,
    ]);
  });
});
