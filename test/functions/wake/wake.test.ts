import { beforeAll, describe, expect, test } from '@jest/globals';
import type { BusEvent } from '../../../simulator/aws/events/event-bus.ts';
import { imageStateChange } from '../../../simulator/aws/events/events.ts';
import { crash, type Interference } from '../../../simulator/pipeline/interference.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import type { Execution } from '../../../simulator/states/step-functions.ts';
import { packagedTemplate } from '../../support/template/packaged-template.ts';
import {
  account,
  artifactKeys,
  build,
  caller,
  copied,
  home,
  launched,
  leftIn,
  nothing,
  oneImageEach,
  optional,
  pipeline,
  statesEntered,
} from '../../support/pipeline.ts';

type Line = Record<string, unknown>;
const published = { instances: [], volumes: [], images: oneImageEach };
const waking = new Set([
  'EC2 Instance State-change Notification',
  'EC2 AMI State Change',
  'EC2 Command Invocation Status-change Notification',
]);
const isWaking = (event: { 'detail-type': string }) => waking.has(event['detail-type']);

/** How often a build called the actions that make or share something. */
const changes = ({ cloud }: Simulation) =>
  ['RunInstances', 'CreateImage', 'CopyImage', 'SendCommand', 'ModifyImageAttribute'].map(
    (name) => `${name} ${cloud.calls.filter(({ action, error }) => action === name && error === undefined).length}`,
  );

/** What `wake` did with its events, in words. */
const outcomes = (lines: Line[]) => lines.filter(({ state }) => state === 'Wake').map(({ outcome }) => String(outcome));

/** Everything takes longer than it usually does, so that no look of the states themselves is near when an event comes. */
const slow = { commandPatch: 200, commandOther: 200, instanceStop: 300, createImage: 700 };

/** A build that everything goes well with, its events, and the lines of its log. */
let usual: { simulation: Simulation; execution: Execution; lines: Line[]; events: BusEvent[] };
beforeAll(async () => {
  const lines: Line[] = [];
  const events: BusEvent[] = [];
  const simulation = pipeline({ scenario: { delays: {} }, onLog: (line) => void lines.push(line) });
  simulation.cloud.events.onEvent((event) => void (isWaking(event) && events.push(event)));
  const execution = await build(simulation);
  usual = { simulation, execution, lines, events };
});

const secondsOf = ({ startDate, stopDate }: Execution) => (Number(stopDate) - Number(startDate)) / 1000;

describe('events', () => {
  test('wake the waits for commands, the image and the stopped builder', async () => {
    const lines: Line[] = [];
    await build(pipeline({ scenario: { delays: slow }, onLog: (line) => void lines.push(line) }));
    const woken = outcomes(lines).filter((outcome) => outcome.endsWith(': done'));
    const states = new Set(woken.map((outcome) => outcome.split(' ')[0]));
    expect(states).toEqual(new Set(['AwaitCommand', 'Seal', 'AwaitImage', 'AwaitCheck']));
  });

  test('of a target region wake the wait for its copy, if the region has a stack that sends them', async () => {
    // Copies take longer than usual, so that no look of the states themselves is near.
    const delays = { copyImage: { [copied]: 1000, [optional]: 1300 } };
    const wokenWith = async (regionStacks: string[]) => {
      const lines: Line[] = [];
      const simulation = pipeline({ scenario: { delays }, regionStacks, onLog: (line) => void lines.push(line) });
      expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
      return outcomes(lines).filter((outcome) => /^AwaitCopy of \S+: done$/.test(outcome)).length;
    };
    expect(await wokenWith([])).toBe(0);
    expect(await wokenWith([copied])).toBe(1);
    expect(await wokenWith([copied, optional])).toBe(2);
  });

  test("of an AMI with the copy's id in another region wake nobody", async () => {
    const lines: Line[] = [];
    const simulation = pipeline({
      regionStacks: [copied, optional],
      scenario: { delays: { copyImage: 250 } },
      onLog: (line) => void lines.push(line),
    });
    const arn = simulation.start({ recipe: 'base' });
    const copies = () =>
      [...simulation.cloud.world.region(copied).images.values()].filter((one) => one.owner === account);
    while (copies().length === 0) await simulation.pass(10);
    await simulation.pass(30);
    const heard = outcomes(lines).length;
    for (const region of [home, optional])
      for (const image of copies())
        simulation.cloud.events.put(imageStateChange(region, { ...image, state: 'available' }));
    await simulation.pass(30);
    const since = outcomes(lines).slice(heard);
    expect(since.filter((outcome) => outcome === 'nobody waits for it').length).toBeGreaterThanOrEqual(2);
    expect(since.filter((outcome) => outcome.startsWith('AwaitCopy'))).toEqual([]);
    expect(await simulation.finish(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(outcomes(lines).filter((outcome) => outcome.startsWith('AwaitCopy'))).toHaveLength(2);
  });

  test.each([
    ['lost', 'lost'],
    ['doubled', 'doubled'],
    ['an hour late', { lateSeconds: 3600 }],
  ] as const)('that are all %s change nothing but the time of a build', async (_, fate) => {
    const simulation = pipeline({
      interfere: { event: (event) => (isWaking(event) ? fate : undefined) },
      scenario: { delays: {} },
    });
    const execution = await build(simulation);
    expect(execution).toMatchObject({ status: 'SUCCEEDED' });
    await simulation.pass(2 * 3600);
    expect(statesEntered(execution).toSorted()).toEqual(statesEntered(usual.execution).toSorted());
    expect(changes(simulation)).toEqual(changes(usual.simulation));
    expect(leftIn(simulation)).toMatchObject(published);
    expect(simulation.executions()).toHaveLength(1);
    expect(secondsOf(execution)).toBeLessThan(1.5 * secondsOf(usual.execution));
  });

  test('that come again after the build has ended find that nobody waits', async () => {
    const lines: Line[] = [];
    const events: BusEvent[] = [];
    const simulation = pipeline({ onLog: (line) => void lines.push(line) });
    simulation.cloud.events.onEvent((event) => void (isWaking(event) && events.push(event)));
    await build(simulation);
    await simulation.pass(60);
    const before = [changes(simulation), leftIn(simulation)];
    const heard = outcomes(lines).length;
    for (const event of events) simulation.cloud.events.put(event);
    await simulation.pass(60);
    const again = outcomes(lines).slice(heard);
    expect(again.length).toBeGreaterThan(4);
    expect(again.filter((outcome) => outcome !== 'nobody waits for it')).toEqual([]);
    expect([changes(simulation), leftIn(simulation)]).toEqual(before);
  });

  test('that come before the wait has written its document, or for an AMI nobody waits for, change nothing', async () => {
    const lines: Line[] = [];
    const enter: Interference['enter'] = (state) => {
      const [image] = [...simulation.cloud.world.region(home).images.values()].filter(({ owner }) => owner === account);
      if (state !== 'AwaitImage' || !image) return undefined;
      simulation.cloud.events.put(imageStateChange(home, { ...image, state: 'available' }));
      simulation.cloud.events.put(
        imageStateChange(home, { ...image, id: 'ami-0123456789abcdef0', state: 'available' }),
      );
      return undefined;
    };
    const simulation: Simulation = pipeline({
      interfere: { enter },
      scenario: { delays: { eventLag: 0 } },
      onLog: (line) => void lines.push(line),
    });
    expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
    expect(outcomes(lines).filter((outcome) => outcome === 'nobody waits for it').length).toBeGreaterThanOrEqual(2);
    expect(changes(simulation)).toEqual(changes(usual.simulation));
  });

  test('that come for an execution that was stopped do not wake it, and its build is undone', async () => {
    const lines: Line[] = [];
    const late: Interference['event'] = (event) => (isWaking(event) ? { lateSeconds: 900 } : undefined);
    const enter: Interference['enter'] = (state) => {
      if (state !== 'Seal') return undefined;
      simulation.clock.at(simulation.clock.now() + 10_000, () => {
        simulation.stepFunctions.actions['StopExecution']?.({ executionArn: arn }, caller);
      });
      return undefined;
    };
    const simulation: Simulation = pipeline({
      interfere: { event: late, enter },
      onLog: (line) => void lines.push(line),
    });
    const arn: string = simulation.start({ recipe: 'base' });
    expect(await simulation.finish(arn)).toMatchObject({ status: 'ABORTED' });
    await simulation.pass(3600);
    expect(outcomes(lines)).toContainEqual(
      expect.stringMatching(/^Seal of i-\S+: (done|failed), too late for this token$/),
    );
    expect(leftIn(simulation)).toEqual(nothing);
  });

  test('of a document that the stopped execution wrote do not wake the redriven one with its old token', async () => {
    const lines: Line[] = [];
    const simulation = pipeline({
      scenario: { commands: [{ step: 'patch', seconds: 120 }], rates: { eventsLost: 1 } },
      onLog: (line) => void lines.push(line),
    });
    const arn = simulation.start({ recipe: 'base' });
    simulation.clock.at(simulation.clock.now() + 150_000, () => {
      simulation.stepFunctions.actions['StopExecution']?.({ executionArn: arn }, caller);
    });
    expect(await simulation.finish(arn)).toMatchObject({ status: 'ABORTED' });
    const tokens = () =>
      artifactKeys(simulation)
        .filter((key) => key.startsWith('waits/command/'))
        .map((key) => (JSON.parse(simulation.artifact(key) ?? '{}') as { input: Line }).input['taskToken']);
    const old = tokens();
    simulation.redrive(arn);
    expect(await simulation.finish(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(old).toHaveLength(1);
    expect(tokens()).not.toContain(old[0]);
    expect([launched(simulation, 'builder').length, launched(simulation, 'candidate').length]).toEqual([1, 1]);
    expect(leftIn(simulation)).toMatchObject(published);
  });
});

describe('wake', () => {
  test.each([
    ['ssm:GetCommandInvocation', 'AccessDeniedException'],
    ['ec2:DescribeImages', 'UnauthorizedOperation'],
    ['ec2:DescribeInstances', 'UnauthorizedOperation'],
    ['s3:GetObject', 'AccessDenied'],
    ['sfn:SendTaskSuccess', 'AccessDeniedException'],
  ])('costs no build when it may not call %s, and the queue of failures tells it', async (denied, error) => {
    const call: Interference['call'] = ({ by, service, action }) =>
      by === 'Wake' && `${service}:${action}` === denied ? { error, effect: false } : undefined;
    const simulation = pipeline({ interfere: { call }, scenario: { delays: slow } });
    expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
    expect(leftIn(simulation)).toMatchObject(published);
    await simulation.pass(600);
    const told = simulation.queue('TriggerFailures').map(({ body }) => JSON.stringify(body));
    expect(told).toContainEqual(expect.stringContaining(denied.replace('sfn:', 'states:')));
  });

  test.each(['before', 'after'])('costs no build when its process always ends %s its work', async (when) => {
    const invoke: Interference['invoke'] = async (state, _, run) => {
      if (state !== 'Wake') return run();
      if (when === 'after') await run();
      throw crash();
    };
    const simulation = pipeline({ interfere: { invoke } });
    expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
    expect(changes(simulation)).toEqual(changes(usual.simulation));
    expect(leftIn(simulation)).toMatchObject(published);
  });

  test('that AWS throttles repeats its look, within seconds', async () => {
    const finds = async (throttled: number) => {
      let left = throttled;
      const call: Interference['call'] = ({ by, action }) =>
        by === 'Wake' && action === 'DescribeImages' && left-- > 0
          ? { error: 'RequestLimitExceeded', effect: false }
          : undefined;
      const lines: Line[] = [];
      const delays = { ...slow, createImage: 3000, eventLag: 0 };
      const image = { timeout: '2h' };
      const simulation = pipeline({
        changes: { image },
        interfere: { call },
        scenario: { delays },
        onLog: (line) => void lines.push(line),
      });
      expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
      await simulation.pass(900);
      expect(simulation.queue('TriggerFailures')).toEqual([]);
      return outcomes(lines).filter((outcome) => outcome.startsWith('AwaitImage') && outcome.endsWith('done'));
    };
    // The SDK asks a throttled call three times.
    expect([await finds(3), await finds(9)]).toEqual([[expect.any(String)], [expect.any(String)]]);
  });

  test('tells a failed step at once, in the words of the look', async () => {
    const scenario = { commands: [{ step: 'patch', exitCode: 7, stderr: 'disk is full', seconds: 400 }] };
    const lines: Line[] = [];
    const simulation = pipeline({ scenario, onLog: (line) => void lines.push(line) });
    const execution = await build(simulation);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'ProvisionFailed' });
    expect(execution.cause).toContain('disk is full');
    expect(outcomes(lines)).toContainEqual(expect.stringMatching(/^AwaitCommand of \S+: failed: "patch"/));
    expect(leftIn(simulation)).toEqual(nothing);
  });

  test('only reads, answers tokens, and removes the document of a wait that it has answered', async () => {
    const simulation = pipeline({ scenario: { delays: slow } });
    await build(simulation);
    const called = simulation.cloud.calls.filter(({ by }) => by === 'Wake').map(({ action }) => action);
    expect([...new Set(called)].toSorted()).toEqual([
      'DeleteObject',
      'DescribeImages',
      'DescribeInstances',
      'GetCommandInvocation',
      'GetObject',
      'SendTaskSuccess',
    ]);
  });

  test.each([
    ['a state that the deployment does not know any more', { state: 'AwaitFloppy' }],
    ['a state whose name every object has', { state: 'constructor' }],
    [
      'an input that the deployment does not know any more',
      { input: { taskToken: 'old', ami: 'ami-0123456789abcdef0' } },
    ],
  ])('leaves a document with %s to the heartbeat', async (_, other) => {
    const lines: Line[] = [];
    const call: Interference['call'] = ({ by, action }) => {
      const [bucket] = simulation.cloud.world.buckets.values();
      for (const [key, object] of bucket?.objects ?? []) {
        if (by !== 'Wake' || action !== 'GetObject' || !key.startsWith('waits/')) continue;
        object.body = Buffer.from(JSON.stringify({ ...JSON.parse(object.body.toString()), ...other }));
      }
      return undefined;
    };
    const simulation: Simulation = pipeline({ interfere: { call }, onLog: (line) => void lines.push(line) });
    expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
    const left = outcomes(lines).filter((outcome) => outcome.includes('of another version'));
    expect(left.length).toBeGreaterThan(0);
    expect(simulation.queue('TriggerFailures')).toEqual([]);
  });
});

describe('the document of a wait', () => {
  const written = () =>
    usual.simulation.cloud.calls.filter(
      ({ action, params }) => action === 'PutObject' && (params as { Key: string }).Key.startsWith('waits/'),
    );

  test('is removed when its state has been answered', () => {
    expect(artifactKeys(usual.simulation).filter((key) => key.startsWith('waits/'))).toEqual([]);
  });

  test('that cannot be removed costs no build, and a later event finds that its answer is too late', async () => {
    const lines: Line[] = [];
    const events: BusEvent[] = [];
    const api = [{ action: 's3:DeleteObject', times: 99, error: 'AccessDenied' }];
    const simulation = pipeline({ scenario: { api }, onLog: (line) => void lines.push(line) });
    simulation.cloud.events.onEvent((event) => void (isWaking(event) && events.push(event)));
    expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
    for (const event of events) simulation.cloud.events.put(event);
    await simulation.pass(60);
    expect(outcomes(lines)).toContainEqual(
      expect.stringMatching(/^AwaitCommand of \S+: done, too late for this token$/),
    );
    expect(leftIn(simulation)).toMatchObject(published);
  });

  test('holds the token and what the look needs, and nothing of the recipe', () => {
    const documents = written().map(
      ({ params }) => JSON.parse(String((params as { Body: unknown }).Body)) as { input: Line },
    );
    expect(documents.length).toBeGreaterThan(6);
    const fields = new Set(documents.flatMap(({ input }) => Object.keys(input)));
    expect([...fields].toSorted()).toEqual(
      [
        'ami',
        'attempt',
        'build',
        'capture',
        'command',
        'disk',
        'id',
        'instance',
        'mostLost',
        'name',
        'race',
        'region',
        'rival',
        'shutsDown',
        'since',
      ].concat(['taskToken', 'wait']),
    );
    expect(JSON.stringify(documents)).not.toContain('dnf -y upgrade');
  });

  test('is encrypted as the bucket is, and expires after a day, with its old versions', async () => {
    expect(written().filter(({ params }) => 'ServerSideEncryption' in (params as object))).toEqual([]);
    const { Resources } = await packagedTemplate();
    const { BucketEncryption, LifecycleConfiguration } = (Resources['ArtifactBucket']?.Properties ?? {}) as Record<
      string,
      Line
    >;
    expect(BucketEncryption).toMatchObject({ ServerSideEncryptionConfiguration: [expect.anything()] });
    expect(LifecycleConfiguration?.['Rules']).toContainEqual(
      expect.objectContaining({
        Prefix: 'waits/',
        Status: 'Enabled',
        ExpirationInDays: 1,
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
      }),
    );
  }, 60_000);
});
