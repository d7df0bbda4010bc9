import { expect, test } from '@jest/globals';
import type { InterferedCall } from '../../../simulator/pipeline/interference.ts';
import {
  artifactKeys,
  account,
  build,
  launched,
  leftIn,
  manifestIn,
  nothing,
  onlyManifest,
  pipeline,
  statesEntered,
} from '../../support/pipeline.ts';

const denied = (action: string, region = 'us-east-1') => ({
  api: [
    { action, region, error: 'UnauthorizedOperation', message: 'You are not authorized to perform this operation.' },
  ],
});

test('a failing step leaves nothing and says which step, which exit code and how its output ended', async () => {
  const stdout = `${'progress\n'.repeat(4000)}Error: disk is full\n`;
  const scenario = { commands: [{ step: 'patch', exitCode: 7, stdout, stderr: 'dnf: transaction failed' }] };
  const simulation = pipeline({ scenario });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'FAILED', error: 'ProvisionFailed' });
  expect(leftIn(simulation)).toEqual(nothing);
  const manifest = onlyManifest(simulation);
  expect(manifest).toMatchObject({
    status: 'failed',
    image: null,
    failure: {
      state: 'AwaitCommand',
      error: 'ProvisionFailed',
      left: [],
      undone: [expect.stringMatching(/^terminated instance i-/)],
    },
  });
  for (const part of ['"patch"', 'exit code 7', 'dnf: transaction failed', 'Error: disk is full']) {
    expect(manifest?.failure?.cause).toContain(part);
    expect(execution.cause).toContain(part);
  }
});

const document = (name: string, timeout: string) => ({
  provision: [{ name: 'patch', document: name, parameters: parametersOf[name], timeout }],
});
const parametersOf: Record<string, Record<string, string[]>> = {
  'AWS-RunShellScript': { commands: ['make world'] },
  'AWS-ConfigureAWSPackage': { action: ['Install'], name: ['AmazonCloudWatchAgent'] },
};

test('a document that is told its time runs as long as its step may', async () => {
  const scenario = { commands: [{ step: 'patch', seconds: 7_200 }] };
  const { status } = await build(pipeline({ scenario, changes: document('AWS-RunShellScript', '3h') }));
  expect(status).toBe('SUCCEEDED');
});

test('a document that runs longer than its step may is stopped by SSM, which is said', async () => {
  const scenario = { commands: [{ step: 'patch', seconds: 1_200 }] };
  const { error, cause } = await build(pipeline({ scenario, changes: document('AWS-RunShellScript', '5m') }));
  expect(error).toBe('ProvisionFailed');
  expect(cause).toContain('Execution Timed Out');
  expect(cause).toContain('SSM stopped it when the time its document allows was over');
});

test('a document that cannot be told its time is given up by the pipeline, which is said', async () => {
  const scenario = { commands: [{ step: 'patch', seconds: 3_000 }] };
  const { error, cause } = await build(pipeline({ scenario, changes: document('AWS-ConfigureAWSPackage', '5m') }));
  expect(error).toBe('WaitTimedOut');
  expect(cause).toContain('the pipeline gave up after');
});

test('a step that runs out of time is a failed step', async () => {
  const scenario = { commands: [{ step: 'patch', status: 'TimedOut' }] };
  const simulation = pipeline({ scenario });
  expect(await build(simulation)).toMatchObject({ error: 'ProvisionFailed' });
  expect(leftIn(simulation)).toEqual(nothing);
});

test('a command that SSM could not deliver is sent once more, and runs once', async () => {
  const commands = ['patch', 'boots'].map((step) => ({ step, status: 'Undeliverable', times: 1 }));
  const simulation = pipeline({ scenario: { commands } });
  expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  const sent = simulation.cloud.calls.filter(({ action }) => action === 'SendCommand');
  const comments = sent.map(({ params }) => (params as { Comment: string }).Comment.split(' ').at(-1) ?? '');
  expect(comments).toEqual(['patch', 'patch', 'restart', 'sanitize', 'boots', 'boots']);
});

test('a command that SSM cannot deliver twice ends the build', async () => {
  const simulation = pipeline({ scenario: { commands: [{ step: 'patch', status: 'Undeliverable' }] } });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ error: 'ProvisionFailed', cause: expect.stringContaining('SSM delivered none') });
  expect(leftIn(simulation)).toEqual(nothing);
});

test('an image that fails a check is shared with nobody, and its copies are taken back in every region', async () => {
  const scenario = { commands: [{ step: 'boots', exitCode: 1, stderr: 'unit failed' }] };
  const simulation = pipeline({ scenario });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ error: 'CheckFailed', cause: expect.stringContaining('unit failed') });
  expect(statesEntered(execution)).toContain('CopyImage');
  expect(statesEntered(execution)).not.toContain('GrantPermissions');
  expect(leftIn(simulation)).toEqual(nothing);
});

test('an image whose instances never come up is refused', async () => {
  const simulation = pipeline({ scenario: { agents: [{ role: 'candidate', online: false }] } });
  expect(await build(simulation)).toMatchObject({
    error: 'WaitTimedOut',
    cause: expect.stringContaining('AwaitCandidate'),
  });
  expect(leftIn(simulation)).toEqual(nothing);
});

test('a required target that fails keeps everything unpublished, and every copy is taken back', async () => {
  const images = [{ region: 'eu-west-1', name: 'base-*', fail: 'Given key ID is not accessible', afterSeconds: 90 }];
  const simulation = pipeline({ scenario: { images } });
  const execution = await build(simulation);
  expect(execution).toMatchObject({
    error: 'TargetsIncomplete',
    cause: expect.stringContaining('Given key ID is not accessible'),
  });
  expect(leftIn(simulation)).toEqual(nothing);
  expect(onlyManifest(simulation)?.targets).toMatchObject([
    { region: 'us-east-1', status: 'skipped' },
    { region: 'eu-west-1', status: 'failed', error: expect.stringContaining('CopyFailed') },
    { region: 'ap-southeast-2', status: 'skipped' },
  ]);
});

test('a target that may fail does so alone: the others are published, and its half-made copy goes', async () => {
  const images = [
    { region: 'ap-southeast-2', name: 'base-*', fail: 'Given key ID is not accessible', afterSeconds: 90 },
  ];
  const simulation = pipeline({ scenario: { images } });
  const execution = await build(simulation);
  expect(execution.status).toBe('SUCCEEDED');
  expect(leftIn(simulation)).toMatchObject({
    images: ['us-east-1 available', 'eu-west-1 available'],
    instances: [],
    volumes: [],
  });
  expect(Object.keys(leftIn(simulation).channels)).toEqual(['us-east-1', 'eu-west-1']);
  expect(manifestIn(simulation, execution).targets[2]).toMatchObject({ status: 'failed', parameter: null });
});

test('a channel moves everywhere or nowhere: after a refused write every region holds what it held', async () => {
  const simulation = pipeline({
    scenario: {
      api: [
        { action: 'ssm:PutParameter', region: 'eu-west-1', call: 2, error: 'AccessDeniedException', message: 'no' },
      ],
    },
  });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  const before = leftIn(simulation);
  expect(await build(simulation, { recipe: 'base', force: true })).toMatchObject({
    error: 'PublishFailed',
    cause: expect.stringContaining('eu-west-1'),
  });
  expect(leftIn(simulation)).toEqual(before);
});

test('a publish is taken back although the bucket does not take a word on it', async () => {
  const api = [{ action: 'ssm:PutParameter', region: 'eu-west-1', error: 'AccessDeniedException' }];
  const simulation = pipeline({ scenario: { api } });
  const put = simulation.cloud.services.s3['PutObject'];
  simulation.cloud.services.s3['PutObject'] = (input, from) => {
    if ((input as { Body: string }).Body.includes('takenBack'))
      throw Object.assign(new Error('no'), { name: 'AccessDenied' });
    return put?.(input, from);
  };
  expect(await build(simulation)).toMatchObject({ error: 'PublishFailed' });
  expect(leftIn(simulation)).toEqual(nothing);
  expect(onlyManifest(simulation)?.failure?.left).toEqual([expect.stringMatching(/channel.json.*AccessDenied/)]);
});

test('a failure is recorded although its input may not be read, and the refusal is told', async () => {
  const call = ({ by, action }: InterferedCall) =>
    by === 'RecordFailure' && action === 'DescribeExecution'
      ? { error: 'AccessDeniedException', message: 'no', effect: false }
      : undefined;
  const simulation = pipeline({ interfere: { call }, scenario: { commands: [{ step: 'patch', exitCode: 7 }] } });
  const { error, cause } = await build(simulation);
  expect(error).toBe('ProvisionFailed');
  expect(cause).toMatch(/^AwaitCommand: "patch".*LEFT BEHIND: the input could not be read: states:DescribeExecution/s);
  expect(onlyManifest(simulation)?.failure).toMatchObject({
    state: 'AwaitCommand',
    error: 'ProvisionFailed',
    left: [expect.stringMatching(/^the input could not be read: states:DescribeExecution.*AccessDeniedException: no/)],
  });
  expect(leftIn(simulation)).toEqual(nothing);
});

test('a first publish that fails leaves no parameter behind', async () => {
  const api = [{ action: 'ssm:PutParameter', region: 'ap-southeast-2', error: 'AccessDeniedException', message: 'no' }];
  const simulation = pipeline({ scenario: { api } });
  expect(await build(simulation)).toMatchObject({ error: 'PublishFailed' });
  expect(leftIn(simulation)).toEqual(nothing);
});

test('no room anywhere is told with every place that was tried', async () => {
  const api = [{ action: 'ec2:RunInstances', error: 'InsufficientInstanceCapacity', message: 'none' }];
  const simulation = pipeline({ scenario: { api } });
  expect(await build(simulation)).toMatchObject({
    error: 'CapacityUnavailable',
    cause: expect.stringMatching(/t3\.small: .*t3a\.small: /),
  });
  expect(leftIn(simulation)).toEqual(nothing);
});

test.each(['ec2:RunInstances', 'ec2:CreateImage', 'ssm:SendCommand', 'ec2:StopInstances', 'ec2:ModifyImageAttribute'])(
  'a refused %s ends the build, says who refused what where, and leaves nothing',
  async (action) => {
    const simulation = pipeline({ scenario: denied(action) });
    const execution = await build(simulation);
    expect(execution.status).toBe('FAILED');
    expect(execution.cause).toMatch(new RegExp(`${action}.*us-east-1.*UnauthorizedOperation.*request [0-9a-f-]+`, 's'));
    expect(leftIn(simulation)).toEqual(nothing);
  },
);

test('a builder that dies under the build is told as such', async () => {
  const simulation = pipeline();
  simulation.clock.at(simulation.clock.now() + 30_000, () => {
    const [builder] = launched(simulation, 'builder');
    const terminate = simulation.cloud.services.ec2['TerminateInstances'];
    terminate?.({ InstanceIds: [builder?.id] }, { account, region: 'us-east-1' });
  });
  expect(await build(simulation)).toMatchObject({
    error: 'BuilderFailed',
    cause: expect.stringContaining('AwaitBuilder'),
  });
  expect(leftIn(simulation)).toEqual(nothing);
});

test.each([
  ['builder', 90, 'AwaitCommand'],
  ['candidate', 60, 'AwaitCheck'],
])("a %s that dies under a command is told at once, with EC2's reason", async (role, afterSeconds, state) => {
  const reason = 'Server.SpotInstanceTermination: taken back';
  const instances = [{ role, dies: { afterSeconds, reason } }];
  const simulation = pipeline({ scenario: { instances, delays: { commandPatch: 600, commandOther: 600 } } });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ error: 'BuilderFailed', cause: expect.stringContaining(`${state}: `) });
  expect(execution.cause).toContain('SpotInstanceTermination');
  expect(leftIn(simulation)).toEqual(nothing);
  expect(execution.stopDate!.getTime() - execution.startDate.getTime()).toBeLessThan(2700_000); // the candidate's builder took its half hour before
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

test('a name that somebody else took is left to a human, and so is what carries it', async () => {
  const simulation = pipeline();
  simulation.stepFunctions.onEvent((_, event) => {
    if ((event['stateEnteredEventDetails'] as { name?: string } | undefined)?.name !== 'Seal') return;
    const name = `base-${launched(simulation, 'builder')[0]?.tags.get('golden:build')}`;
    simulation.cloud.addImage({ name, owner: account, region: 'us-east-1' });
  });
  expect(await build(simulation)).toMatchObject({ error: 'TwinFound' });
  expect(leftIn(simulation)).toMatchObject({
    images: ['us-east-1 available'],
    instances: [],
    volumes: [],
    channels: {},
  });
});

test('what cannot be undone is told', async () => {
  const api = [
    { action: 'ec2:DeregisterImage', region: 'eu-west-1', error: 'UnauthorizedOperation', message: 'no' },
    { action: 'ssm:PutParameter', error: 'AccessDeniedException', message: 'no' },
  ];
  const simulation = pipeline({ scenario: { api } });
  const execution = await build(simulation);
  expect(execution.cause).toMatch(/LEFT BEHIND: ami-\w+ in eu-west-1: .*DeregisterImage/);
  expect(onlyManifest(simulation)?.failure?.left).toEqual([
    expect.stringContaining('ec2:DeregisterImage'),
    expect.stringMatching(/^snapshot snap-\w+ in eu-west-1: ami-\w+ needs it$/),
  ]);
  const seconds = ((execution.stopDate?.getTime() ?? 0) - execution.startDate.getTime()) / 1000;
  expect(seconds).toBeLessThan(1800); // what is refused now is refused later: nobody waits hours for it
  expect(leftIn(simulation)).toMatchObject({ images: ['eu-west-1 available'], instances: [], channels: {} });
});

test('what a look removed is told, although AWS throttled the rest of the same look', async () => {
  const api = [
    { action: 'ssm:PutParameter', error: 'AccessDeniedException', message: 'no' },
    { action: 'ec2:DeleteSnapshot', region: 'eu-west-1', times: 12, error: 'RequestLimitExceeded' },
  ];
  const simulation = pipeline({ scenario: { api } });
  await build(simulation);
  expect(simulation.cloud.idleRules()).toEqual([]);
  const { undone = [], left } = onlyManifest(simulation)?.failure ?? {};
  expect(left).toEqual([]);
  for (const what of [/^deregistered ami-\w+ in eu-west-1$/, /^deleted snapshot snap-\w+ in eu-west-1$/])
    expect(undone).toContainEqual(expect.stringMatching(what));
  expect(leftIn(simulation)).toEqual(nothing);
});
