import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ChannelRecord } from '../../core/channel/channel-record.ts';
import type { RevokeHits } from '../../core/channel/revoke-hits.ts';
import { saysUsage, type Hits } from '../../core/usage/hits.ts';
import { heldContent } from '../../core/channel/held-content.ts';
import { crash } from '../../simulator/pipeline/interference.ts';
import { createSimulation, type Simulation } from '../../simulator/pipeline/simulation.ts';
import { brisk } from '../support/deployed.ts';
import { account, build, caller, manifestIn, pipeline, recipe, regions, statesEntered, type Setting } from '../support/pipeline.ts';

const brief = ({ scenario, ...setting }: Setting = {}): Simulation =>
  pipeline({ ...setting, scenario: { delays: brisk, ...(scenario as object | undefined) } });

/** What a channel holds in each region: the id of the build whose image it is. */
function held({ cloud }: Simulation, channel: string): Record<string, string | undefined> {
  return Object.fromEntries(
    regions.flatMap((region) => {
      const { parameters, images } = cloud.world.region(region);
      const value = parameters.get(`${account} /golden/base/${channel}`)?.versions.at(-1)?.value;
      return value === undefined ? [] : [[region, images.get(value)?.tags.get('golden:build') ?? value]];
    }),
  );
}
const everywhere = (id: string) => Object.fromEntries(regions.map((region) => [region, id]));

const record = (simulation: Simulation, channel: string): ChannelRecord =>
  simulation.read({ recipe: 'base', channel }, 'channel') as ChannelRecord;
const move = (simulation: Simulation, input: object) => simulation.finish(simulation.move({ recipe: 'base', ...input }));
const told = (simulation: Simulation, channel: string) =>
  record(simulation, channel).moves.map(({ verb, from, to, failure }) => [verb, from?.build, to.build, failure?.error]);

/** Builds so many times, a day apart. */
async function built(simulation: Simulation, times: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < times; n++) {
    const execution = await build(simulation, { recipe: 'base', force: true });
    expect(execution).toMatchObject({ status: 'SUCCEEDED' });
    ids.push(manifestIn(simulation, execution).build);
    await simulation.pass(3600);
  }
  return ids;
}

describe('a channel is moved by hand', () => {
  const simulation = brief();
  let [first, second, third] = ['', '', ''];
  beforeAll(async () => {
    [first = '', second = '', third = ''] = await built(simulation, 3);
  }, 60_000);

  test('a build that is published moves its channel, and the history says so', () => {
    expect(told(simulation, 'stable')).toEqual([
      ['publish', undefined, first, undefined],
      ['publish', first, second, undefined],
      ['publish', second, third, undefined],
    ]);
    expect(record(simulation, 'stable')).not.toHaveProperty('underway');
  });

  test('a plan says what a rollback would do, and changes nothing', async () => {
    const { status, output } = await move(simulation, { verb: 'rollback', plan: true });
    expect(status).toBe('SUCCEEDED');
    expect(JSON.parse(output ?? '')).toMatchObject({
      moves: [{ channel: 'stable', move: { from: { build: third }, to: { build: second } } }],
    });
    expect(held(simulation, 'stable')).toEqual(everywhere(third));
  });

  test('a promotion points the channel at what the recipe publishes now, and makes the channel', async () => {
    const { status } = await move(simulation, { verb: 'promote', channel: 'prod', why: 'tested', who: 'Ada' });
    expect([status, held(simulation, 'prod')]).toEqual(['SUCCEEDED', everywhere(third)]);
    expect(record(simulation, 'prod').moves).toMatchObject([{ who: 'Ada', why: 'tested', to: { build: third } }]);
  });

  test('a rollback goes back to the build before, and the next one to the build before that', async () => {
    expect((await move(simulation, { verb: 'rollback' })).status).toBe('SUCCEEDED');
    expect(held(simulation, 'stable')).toEqual(everywhere(second));
    expect((await move(simulation, { verb: 'rollback' })).status).toBe('SUCCEEDED');
    expect(held(simulation, 'stable')).toEqual(everywhere(first));
    expect(held(simulation, 'prod')).toEqual(everywhere(third));
    expect(record(simulation, 'stable').moves.at(-1)?.who).toMatch(/^the console \(execution move-\d+\)$/);
  });

  test('where there is nothing to go back to, the rollback is refused and nothing is written down', async () => {
    const moves = record(simulation, 'stable').moves.length;
    expect(await move(simulation, { verb: 'rollback' })).toMatchObject({
      error: 'MoveRefused',
      cause: expect.stringContaining('nothing to roll /golden/base/stable back to'),
    });
    expect(record(simulation, 'stable').moves).toHaveLength(moves);
  });

  test('a rollback of a channel that was never there makes none, and names the channels', async () => {
    const before = simulation.cloud.world.region('us-east-1').parameters.size;
    expect(await move(simulation, { verb: 'rollback', channel: 'prdo' })).toMatchObject({
      error: 'MoveRefused',
      cause: expect.stringContaining('/golden/base/prdo never held a build, so nothing is rolled back'),
    });
    expect(await move(simulation, { verb: 'rollback', channel: 'prdo', build: second })).toMatchObject({
      error: 'MoveRefused',
      cause: expect.stringContaining('the channels of base are stable, prod'),
    });
    expect(simulation.cloud.world.region('us-east-1').parameters.size).toBe(before);
  });

  test('a rollback to a build gives a channel its parameters back that somebody deleted', async () => {
    for (const region of regions) simulation.cloud.world.region(region).parameters.delete(`${account} /golden/base/prod`);
    expect(await move(simulation, { verb: 'rollback', channel: 'prod', build: third })).toMatchObject({
      status: 'SUCCEEDED',
    });
    expect(held(simulation, 'prod')).toEqual(everywhere(third));
  });

  test("a promotion to the recipe's own channel needs a build", async () => {
    expect(await move(simulation, { verb: 'promote', channel: 'stable' })).toMatchObject({
      error: 'MoveRefused',
      cause: "/golden/base/stable is the recipe's own channel: name the build that it gets",
    });
  });

  test('a promotion to an unknown build is offered the newest healthy one', async () => {
    const { error, cause } = await move(simulation, { verb: 'promote', channel: 'tried', build: '20200101-000000-0000' });
    expect([error, cause]).toEqual(['MoveRefused', expect.stringContaining(`\n${third} is healthy: name that build`)]);
  });

  test('a further channel that held one build only is not rolled back to a build that was never behind it', async () => {
    expect(await move(simulation, { verb: 'rollback', channel: 'prod' })).toMatchObject({
      error: 'MoveRefused',
      cause: expect.stringContaining(`and held no other build; ${second} is older: name a build, as with --to ${second}`),
    });
    expect(held(simulation, 'prod')).toEqual(everywhere(third));
  });

  test('a move to a build whose image is gone is refused, and a healthy build is offered', async () => {
    simulation.cloud.world.region('eu-west-1').images.forEach((image) => {
      if (image.tags.get('golden:build') === second) image.state = 'deregistered';
    });
    const { error, cause } = await move(simulation, { verb: 'rollback', channel: 'prod', build: second });
    expect(error).toBe('MoveRefused');
    expect(cause).toMatch(new RegExp(`ami-\\w+ in eu-west-1 is gone\n${first} is healthy`));
    expect(held(simulation, 'prod')).toEqual(everywhere(third));
  });

  test('a build whose permissions are not as its recipe says is not promoted, and the history has the attempt', async () => {
    simulation.cloud.world.region('us-east-1').images.forEach((image) => {
      if (image.tags.get('golden:build') === first) image.permissions = [];
    });
    const { error, cause } = await move(simulation, { verb: 'promote', channel: 'prod', build: first });
    expect([error, cause]).toEqual(['TargetsIncomplete', expect.stringContaining('is not shared with 444455556666')]);
    expect(held(simulation, 'prod')).toEqual(everywhere(third));
    expect(told(simulation, 'prod').at(-1)).toEqual(['promote', third, first, 'TargetsIncomplete']);
  });

  test('all that is wrong with an input is said at once', async () => {
    const { error, cause } = await move(simulation, { verb: 'demote', build: 'latest', when: 'now' });
    expect(error).toBe('RecipeInvalid');
    for (const said of ['verb: must be', 'build: is no build id', 'unknown key when']) expect(cause).toContain(said);
    expect(await move(simulation, { recipe: 'other', verb: 'rollback' })).toMatchObject({
      error: 'RecipeInvalid',
      cause: expect.stringContaining('no build of "other" was ever published here'),
    });
  });
});

const stop = ({ clock, stepFunctions }: Simulation, executionArn: string) =>
  clock.at(clock.now(), () => stepFunctions.actions['StopExecution']?.({ executionArn }, caller));

const refusedIn = (region: string, call = 1) => ({
  api: [{ action: 'ssm:PutParameter', region, call, times: 1, error: 'AccessDeniedException', message: 'no' }],
});

test.each([
  ['a channel that is there', 'rollback', 'stable', 3],
  ['a channel that is made', 'promote', 'prod', 3],
])('%s moves in all regions or in none', async (_, verb, channel, call) => {
  const simulation = brief({ scenario: refusedIn('eu-west-1', call) });
  await built(simulation, 2);
  const before = held(simulation, channel);
  expect(await move(simulation, { verb, channel })).toMatchObject({
    error: 'PublishFailed',
    cause: expect.stringContaining('AccessDenied'),
  });
  expect(held(simulation, channel)).toEqual(before);
  expect(told(simulation, channel).at(-1)).toMatchObject([verb, expect.anything(), expect.anything(), 'PublishFailed'].map((one, at) => (at === 1 && channel === 'prod' ? undefined : one)));
  expect(record(simulation, channel)).not.toHaveProperty('underway');
});

test('two moves at once come one after the other, and the second sees that its facts have changed', async () => {
  const simulation = brief();
  const [first = '', second = ''] = await built(simulation, 2);
  const executions = [simulation.move({ recipe: 'base', verb: 'rollback' }), simulation.move({ recipe: 'base', verb: 'rollback' })];
  const ended = [];
  for (const one of executions) ended.push(await simulation.finish(one));
  expect(ended.map(({ error }) => error ?? 'moved').toSorted()).toEqual(['MoveRefused', 'moved']);
  expect(held(simulation, 'stable')).toEqual(everywhere(first));
  expect(told(simulation, 'stable').filter(([, , , error]) => error === undefined).at(-1)).toEqual(['rollback', second, first, undefined]);
});

test.each([
  { heard: true, error: 'ABORTED', between: 1 },
  { heard: false, error: 'Interrupted', between: 2 },
])('a move that was stopped in the middle is undone, or is out of the way of the next: $heard', async ({ heard, error, between }) => {
  const simulation = brief({ scenario: { rates: { eventsLost: heard ? 0 : 1 } } });
  const [first = '', second = '', third = ''] = await built(simulation, 3);
  const stopped = simulation.move({ recipe: 'base', verb: 'rollback', build: first });
  const { ssm } = simulation.cloud.services;
  const { PutParameter: put } = ssm;
  let writes = 0;
  ssm['PutParameter'] = (input, from) => {
    if (++writes === 1) return put?.(input, from);
    if (writes === 2) stop(simulation, stopped);
    throw Object.assign(new Error('too late'), { name: 'AccessDeniedException' });
  };
  expect((await simulation.finish(stopped)).status).toBe('ABORTED');
  ssm['PutParameter'] = put as NonNullable<typeof put>;
  await simulation.pass(600);
  expect(new Set(Object.values(held(simulation, 'stable'))).size).toBe(between);
  const { status } = await move(simulation, { verb: 'rollback', build: second });
  expect([status, held(simulation, 'stable')]).toEqual(['SUCCEEDED', everywhere(second)]);
  expect(told(simulation, 'stable').slice(-2)).toEqual([
    ['rollback', third, first, error],
    ['rollback', third, second, undefined],
  ]);
});

test('a rollback does not wait for a build that runs, and that build is published afterwards', async () => {
  const simulation = brief();
  const [first = ''] = await built(simulation, 2);
  const running = simulation.start({ recipe: 'base', force: true });
  await simulation.pass(30);
  expect((await move(simulation, { verb: 'rollback' })).status).toBe('SUCCEEDED');
  expect(simulation.stepFunctions.execution(running).status).toBe('RUNNING');
  expect(held(simulation, 'stable')).toEqual(everywhere(first));
  const third = manifestIn(simulation, await simulation.finish(running)).build;
  expect(held(simulation, 'stable')).toEqual(everywhere(third));
});

test('the undoing of a build that failed to publish does not undo a move that came after', async () => {
  const simulation = brief({ scenario: refusedIn('eu-west-1', 3) });
  const [first = '', second = ''] = await built(simulation, 2);
  const failing = simulation.start({ recipe: 'base', force: true });
  let rolledBack: string | undefined;
  simulation.stepFunctions.onEvent((execution, event) => {
    const { name } = (event['stateEnteredEventDetails'] as { name?: string } | undefined) ?? {};
    if (execution.arn === failing && name === 'Compensate')
      simulation.clock.at(simulation.clock.now() + 100, () => (rolledBack = simulation.move({ recipe: 'base', verb: 'rollback', build: first })));
  });
  expect((await simulation.finish(failing)).error).toBe('PublishFailed');
  const { status, cause } = await simulation.finish(rolledBack ?? '');
  expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
  expect(held(simulation, 'stable')).toEqual(everywhere(first));
  expect(told(simulation, 'stable').at(-1)).toEqual(['rollback', second, first, undefined]);
});

describe('a rollback holds', () => {
  const simulation = brief();
  let [first, second] = ['', ''];
  beforeAll(async () => {
    // Content differs by the source image.
    [first = ''] = await built(simulation, 1);
    simulation.sourceUpdated(String(recipe.source.parameter));
    [second = ''] = await built(simulation, 1);
    await move(simulation, { verb: 'rollback', why: 'no network', who: 'Ada' });
  }, 60_000);

  test('a start with the content that was rolled back is refused with who, when and why, and builds nothing', async () => {
    const { error, cause } = await build(simulation, {
      recipe: 'base',
      trigger: { by: 'schedule', reason: 'its schedule' },
    });
    expect(error).toBe('ContentHeld');
    expect(cause).toMatch(
      new RegExp(`${second} has the same content, and Ada rolled the channel back from it at 2026-\\S+: no network`),
    );
    expect(held(simulation, 'stable')).toEqual(everywhere(first));
  });

  test('other content is built and published, and ends the hold', async () => {
    simulation.sourceUpdated(String(recipe.source.parameter));
    const third = manifestIn(simulation, await build(simulation)).build;
    expect(held(simulation, 'stable')).toEqual(everywhere(third));
    expect(heldContent(record(simulation, 'stable'), record(simulation, 'stable').moves[1]?.to.digest ?? '')).toBeUndefined();
  });

  test('whoever forces a build gets it published', async () => {
    await move(simulation, { verb: 'rollback' });
    expect(await build(simulation)).toMatchObject({ error: 'ContentHeld' });
    const forced = manifestIn(simulation, await build(simulation, { recipe: 'base', force: true })).build;
    expect(held(simulation, 'stable')).toEqual(everywhere(forced));
  });
});

/** State and launch permissions of the images of a build, by region. */
const imagesOf = ({ cloud }: Simulation, id: string) =>
  regions.map((region) => {
    const image = [...cloud.world.region(region).images.values()].find(({ tags }) => tags.get('golden:build') === id);
    return [region, image?.state, image?.permissions.map((one) => one.UserId ?? one.OrganizationArn)];
  });

describe('a build is revoked', () => {
  const simulation = brief();
  let [first, second] = ['', ''];
  let before: unknown;
  const revoke = { verb: 'revoke', why: 'CVE-2026-1234', who: 'Ada' };
  beforeAll(async () => {
    [first = '', second = ''] = await built(simulation, 2);
    await move(simulation, { verb: 'promote', channel: 'prod' });
    before = imagesOf(simulation, second);
  }, 60_000);

  test('a plan lists what it hits', async () => {
    simulation.cloud.services.ec2['RunInstances']?.(
      { ImageId: imageOf(simulation, second), InstanceType: 't3.small', MinCount: 1, MaxCount: 1 },
      caller,
    );
    const { output } = await move(simulation, { ...revoke, build: second, plan: true });
    expect(JSON.parse(output ?? '{}')).toMatchObject({
      hits: {
        channels: ['/golden/base/stable', '/golden/base/prod'],
        instances: [
          { region: 'us-east-1', ami: imageOf(simulation, second), count: 1, first: [expect.stringMatching(/^i-/)] },
        ],
        sharedWith: ['444455556666', expect.stringContaining('o-exampleorgid')],
        moreUsers: 0,
        descendants: [],
      },
    });
    expect(imagesOf(simulation, second)).toEqual(before);
  });

  test('a plan waits for the usage reports of EC2, which tell of other accounts, and of nothing of the day before', async () => {
    const { ec2 } = simulation.cloud.services;
    const stranger = { account: '444455556666', region: 'us-east-1' };
    const launch = { ImageId: imageOf(simulation, second), InstanceType: 't3.small', MinCount: 1, MaxCount: 1 };
    const instance = ec2['RunInstances']?.(launch, caller) as { Instances: { InstanceId: string }[] };
    ec2['RunInstances']?.(launch, stranger);
    await simulation.pass(30);
    ec2['CreateImage']?.({ InstanceId: instance.Instances[0]?.InstanceId, Name: 'by hand' }, caller);
    await simulation.pass(2 * 86_400);
    const { output } = await move(simulation, { ...revoke, build: second, plan: true });
    const { hits, usage } = JSON.parse(output ?? '{}') as { hits: RevokeHits; usage: Hits };
    expect(hits.strangers).toMatchObject([{ region: 'us-east-1', name: 'by hand' }]);
    expect(usage.images.map(({ region, unknown }) => [region, unknown])).toEqual(regions.map((region) => [region, []]));
    expect(usage.images[0]?.uses).toEqual([
      { kind: 'others', says: expect.stringMatching(/^account 444455556666: 1 instance \(as of /) },
    ]);
    expect(usage.images[1]?.uses).toEqual([]);
  });

  test('what EC2 does not tell is told as unknown, and nothing waits for it', async () => {
    const { ec2 } = simulation.cloud.services;
    const { CreateImageUsageReport, DescribeImageReferences } = ec2;
    for (const [at, { usageReports }] of regions.map((region) => [region, simulation.cloud.world.region(region)] as const))
      if (at === 'us-east-1') usageReports.clear();
    const no = () => {
      throw Object.assign(new Error('no'), { name: 'UnauthorizedOperation' });
    };
    Object.assign(ec2, { CreateImageUsageReport: no, DescribeImageReferences: no });
    const began = simulation.clock.now();
    const { output } = await move(simulation, { ...revoke, build: second, plan: true });
    Object.assign(ec2, { CreateImageUsageReport, DescribeImageReferences });
    const { usage } = JSON.parse(output ?? '{}') as { usage: Hits };
    expect(usage.images[0]?.unknown).toEqual([
      expect.stringMatching(/^launch templates: ec2:DescribeImageReferences .*UnauthorizedOperation/),
      expect.stringMatching(/^SSM parameters: /),
      expect.stringMatching(/^Image Builder recipes: /),
      expect.stringMatching(/^other accounts: EC2 has no usage report .*; ec2:CreateImageUsageReport .*Unauthorized/),
    ]);
    expect(simulation.clock.now() - began).toBeLessThan(60_000);
  });

  test('every channel goes back to the build before, and the images are disabled in every region', async () => {
    expect(await move(simulation, { ...revoke, build: second })).toMatchObject({ status: 'SUCCEEDED' });
    expect([held(simulation, 'stable'), held(simulation, 'prod')]).toEqual([everywhere(first), everywhere(first)]);
    expect(imagesOf(simulation, second)).toEqual(regions.map((region) => [region, 'disabled', []]));
    expect(record(simulation, 'prod').moves.at(-1)).toMatchObject({ verb: 'revoke', why: 'CVE-2026-1234', who: 'Ada' });
  });

  test('nothing goes back to it, and its content is not built again by itself', async () => {
    expect(await move(simulation, { verb: 'promote', channel: 'prod', build: second })).toMatchObject({
      error: 'MoveRefused',
      cause: expect.stringMatching(`${second} was revoked by Ada at .*: CVE-2026-1234`),
    });
    expect(await build(simulation)).toMatchObject({ error: 'ContentHeld' });
    expect(await move(simulation, { ...revoke, build: second })).toMatchObject({ error: 'MoveRefused' });
  });

  test('a restore enables the images with exactly the permissions that they had', async () => {
    expect(await move(simulation, { verb: 'restore', build: second })).toMatchObject({ status: 'SUCCEEDED' });
    expect(imagesOf(simulation, second)).toEqual(before);
    expect(await move(simulation, { verb: 'promote', channel: 'prod', build: second })).toMatchObject({ status: 'SUCCEEDED' });
    expect(await move(simulation, { verb: 'restore', build: second })).toMatchObject({ error: 'MoveRefused' });
  });

  test('the only healthy build of a channel is not revoked from under it', async () => {
    expect(await move(simulation, { ...revoke, build: first })).toMatchObject({
      error: 'MoveRefused',
      cause: expect.stringContaining(`holds ${first}, and no earlier build is healthy; build base again`),
    });
  });

  test('where one region refuses, permissions are the old ones in all, and channels are at the earlier build', async () => {
    const { ec2 } = simulation.cloud.services;
    const { DisableImage: disable } = ec2;
    ec2['DisableImage'] = (input, from) => {
      if (from.region === 'ap-southeast-2') throw Object.assign(new Error('no'), { name: 'UnauthorizedOperation' });
      return disable?.(input, from);
    };
    expect(await move(simulation, { ...revoke, build: second })).toMatchObject({
      error: 'AwsRefused',
      cause: expect.stringMatching(/DisableImage of ami-\w+ in ap-southeast-2/),
    });
    expect(imagesOf(simulation, second)).toEqual(before);
    expect(held(simulation, 'prod')).toEqual(everywhere(first));
    ec2['DisableImage'] = disable as NonNullable<typeof disable>;
  });
});

test('a plan of a revoke does not wait for ever for the reports of EC2', async () => {
  const simulation = pipeline({ scenario: { delays: { ...brisk, usageReport: 7200 } } });
  const [, second = ''] = await built(simulation, 2);
  const began = simulation.clock.now();
  const { output } = await move(simulation, { verb: 'revoke', build: second, why: 'CVE', plan: true });
  const { images } = (JSON.parse(output ?? '{}') as { usage: Hits }).usage;
  expect(images[0]?.unknown).toEqual([expect.stringMatching(/^other accounts: EC2 has not completed its usage report/)]);
  expect(simulation.clock.now() - began).toBeLessThan(300_000);
}, 60_000);

test('a look-up of users that crashes, is denied or busy stops no revoke, and is told', async () => {
  let fails: 'crash' | 'deny' | 'busy' | undefined;
  const simulation = brief({
    interfere: {
      invoke: async (stage, _attempt, run) => {
        if (stage === 'AwaitUsage' && fails === 'crash') throw crash();
        return run();
      },
      call: ({ by }) =>
        by === 'AwaitUsage' && fails !== undefined
          ? { error: fails === 'deny' ? 'UnauthorizedOperation' : 'RequestLimitExceeded', effect: false }
          : undefined,
    },
  });
  const [, second = ''] = await built(simulation, 2);
  for (const how of ['deny', 'busy', 'crash'] as const) {
    fails = how;
    const { status, output } = await move(simulation, { verb: 'revoke', build: second, why: 'CVE' });
    expect([how, status, imagesOf(simulation, second)[0]?.[1]]).toEqual([how, 'SUCCEEDED', 'disabled']);
    const lines = saysUsage((JSON.parse(output ?? '{}') as { usage: Hits }).usage);
    expect(lines).toContainEqual(expect.stringMatching(/^nobody can tell who /));
    fails = undefined;
    await move(simulation, { verb: 'restore', build: second });
    await move(simulation, { verb: 'promote', channel: 'stable', build: second });
  }
}, 60_000);

test('no channel gets a build that is being revoked, whichever of promotion and revoke begins first', async () => {
  const simulation = brief();
  const [, second = ''] = await built(simulation, 2);
  const ends: string[] = [];
  for (const [at, later] of [0, 1, 2, 4].flatMap((seconds) => [[seconds, 'promote'] as const, [seconds, 'revoke'] as const])) {
    const channel = `c${ends.length}`;
    const moves = {
      promote: () => simulation.move({ recipe: 'base', verb: 'promote', channel, build: second }),
      revoke: () => simulation.move({ recipe: 'base', verb: 'revoke', build: second, why: 'CVE' }),
    };
    const first = moves[later === 'promote' ? 'revoke' : 'promote']();
    await simulation.pass(at);
    const other = moves[later]();
    const ended = [await simulation.finish(first), await simulation.finish(other)];
    const disabled = [...simulation.cloud.world.region('us-east-1').images.values()].filter(({ state }) => state === 'disabled');
    const { parameters } = simulation.cloud.world.region('us-east-1');
    const values = [...parameters.values()].map(({ versions }) => versions.at(-1)?.value);
    expect([at, later, ended.map(({ error }) => error), disabled.filter(({ id }) => values.includes(id))]).toEqual([at, later, expect.anything(), []]);
    ends.push(ended.map(({ error = 'done' }) => error).join(' '));
    await move(simulation, { verb: 'restore', build: second });
    await move(simulation, { verb: 'promote', channel: 'stable', build: second });
  }
  expect(ends).toEqual(expect.arrayContaining(['MoveRefused done', 'done MoveRefused']));
});

const imageOf = ({ cloud }: Simulation, id: string) =>
  [...cloud.world.region('us-east-1').images.values()].find(({ tags }) => tags.get('golden:build') === id)?.id;

test('a refused request ends at once, with nothing to undo', async () => {
  const simulation = brief();
  const execution = await move(simulation, { verb: 'rollback' });
  expect(execution.error).toBe('RecipeInvalid');
  expect(statesEntered(execution)).toEqual(['IsDeath', 'Begin', 'ResolveMove', 'IsRefused', 'Refused']);
});

test('a move that fails is told by mail, and one that is refused is not', async () => {
  const catalog = { recipes: { base: { ...recipe, distribute: recipe.distribute.slice(0, 2) } }, scripts: {}, version: '1' };
  const scenario = { delays: brisk, ...refusedIn('eu-west-1', 3) };
  const simulation = createSimulation({ catalog, scenario, notify: true });
  await built(simulation, 2);
  const mails = simulation.mails.length;
  expect(await move(simulation, { verb: 'rollback', why: 'no network' })).toMatchObject({ error: 'PublishFailed' });
  await simulation.pass(600);
  expect(simulation.mails.slice(mails)).toEqual([
    expect.objectContaining({ subject: expect.stringMatching(/: rollback of base FAILED: PublishFailed$/) }),
  ]);
  expect(await move(simulation, { verb: 'promote', channel: 'stable' })).toMatchObject({ error: 'MoveRefused' });
  await simulation.pass(600);
  expect(simulation.mails).toHaveLength(mails + 1);
});

test('a descendant whose build is refused keeps the revoke, and is told', async () => {
  const base = { ...recipe, distribute: [recipe.distribute[0]] };
  const child = { ...base, name: 'child', source: { channel: 'base/stable' } };
  const simulation = createSimulation({
    catalog: { recipes: { base, child }, scripts: {}, version: '1' },
    scenario: { delays: brisk },
    interfere: {
      call: ({ by, action }) =>
        by === 'RebuildDescendants' && action === 'StartExecution'
          ? { error: 'AccessDeniedException', message: 'no', effect: false }
          : undefined,
    },
  });
  const [first = '', second = ''] = await built(simulation, 2);
  await build(simulation, { recipe: 'child' });
  const { status, output } = await move(simulation, { verb: 'revoke', why: 'CVE', build: second, descendants: 'rebuild' });
  expect(status).toBe('SUCCEEDED');
  expect(JSON.parse(output ?? '{}').rebuilding).toEqual({
    started: [],
    refused: [expect.stringMatching(/^child: states:StartExecution .*AccessDenied/)],
  });
  expect(imagesOf(simulation, second)[0]?.[1]).toBe('disabled');
  expect(held(simulation, 'stable')).toEqual({ 'us-east-1': first });
});

test.each(['revoke', 'rebuild'] as const)('of builds that were made from a revoked one, %s', async (descendants) => {
  const child = { ...recipe, name: 'child', source: { channel: 'base/stable' }, distribute: [recipe.distribute[0]] };
  const base = { ...recipe, distribute: [recipe.distribute[0]] };
  const simulation = createSimulation({
    catalog: { recipes: { base, child }, scripts: {}, version: '1' },
    scenario: { delays: brisk },
  });
  await built(simulation, 1);
  await build(simulation, { recipe: 'child' });
  const [, second = ''] = [undefined, ...(await built(simulation, 1))];
  const made = manifestIn(simulation, await build(simulation, { recipe: 'child' })).build;
  // An AMI that was registered from snapshots has no source in EC2. The plan of its build has one.
  for (const image of simulation.cloud.world.region('us-east-1').images.values())
    if (image.tags.get('golden:build') === made) Object.assign(image, { sourceImage: undefined, sourceRegion: undefined });
  const { status, output } = await move(simulation, { verb: 'revoke', why: 'CVE', build: second, descendants });
  expect(status).toBe('SUCCEEDED');
  expect(JSON.parse(output ?? '{}')).toMatchObject({ hits: { descendants: [{ recipe: 'child', build: made }] } });
  const childImages = () =>
    [...simulation.cloud.world.region('us-east-1').images.values()].filter(({ name }) => name.startsWith('child-'));
  const revoked = childImages().filter(({ state }) => state === 'disabled');
  expect(revoked.map(({ tags }) => tags.get('golden:build'))).toEqual(descendants === 'revoke' ? [made] : []);
  await simulation.pass(7200);
  expect(childImages()).toHaveLength(descendants === 'rebuild' ? 3 : 2);
});
