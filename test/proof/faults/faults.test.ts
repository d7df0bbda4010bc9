import { expect, test } from '@jest/globals';
import { bounds } from '../../../proof/faults/bounds.ts';
import { generateCases, sample } from '../../../proof/faults/cases.ts';
import { judge } from '../../../proof/faults/judge/judge.ts';
import { runScenario } from '../../../proof/faults/judge/outcome.ts';
import { usualShape } from '../../../proof/faults/setting.ts';
import { runTrial, type Trial } from '../../../proof/faults/trial.ts';
import type { FaultScenario, Shape, Strike } from '../../../proof/faults/vocabulary.ts';

// The worst of what the matrix and random scenarios have found, each a sentence. All of it: npm run faults.

const shape: Shape = {
  targets: [
    { region: 'us-east-1', required: true, share: 'account' },
    { region: 'eu-west-1', required: true, share: 'nobody' },
  ],
  steps: ['run', 'reboot'],
  checks: 1,
  capture: 'stopped',
  channel: true,
  past: true,
};

/** Runs a build with these faults, and finds that it kept every promise. */
async function through(strikes: Strike[], more: Partial<FaultScenario> = {}): Promise<Trial> {
  const trial = await runTrial({ shape, strikes, ...more });
  expect(strikes.filter((strike) => !trial.struck.has(strike))).toEqual([]);
  expect(judge(trial)).toEqual([]);
  return trial;
}

const made = ({ before, after }: Trial) => [...after.things.keys()].filter((id) => !before.things.has(id));
const diesCopying: Strike = { place: 'AwaitCopy[eu-west-1]', fault: 'stopped' };
const diesPublishing: Strike = { place: 'Publish', fault: 'stopped', at: 'ssm:PutParameter' };

test('a clean-up whose claim to the build takes effect, and is refused when the SDK repeats it, undoes the build', async () => {
  const late: Strike = { place: 'clean-up/Compensate', fault: 'lost-answer', at: 's3:PutObject' };
  expect(made(await through([diesCopying, late]))).toEqual([]);
});

test('two looks of one clean-up that claim the build at the same time undo it, and the channel is back', async () => {
  // Lambda runs on after the execution is stopped, so Publish itself must end before it has read the channel back.
  const ends: Strike = { place: 'Publish', fault: 'time-out', at: 12 };
  const twice: Strike = { place: 'clean-up/Compensate', fault: 'lost-heartbeat', at: 1 };
  const trial = await through([diesPublishing, ends, twice]);
  expect(made(trial)).toEqual([]);
  expect(trial.after.channel).toEqual(trial.before.channel);
});

test('a clean-up that was stopped and is started again with the same input undoes the build', async () => {
  const ended: Strike = { place: 'clean-up/Compensate', fault: 'stopped', at: 'ec2:TerminateInstances' };
  const trial = await through([diesCopying, ended], { again: 'clean-up' });
  expect(made(trial)).toEqual([]);
  expect(trial.manifest?.failure).toMatchObject({ state: 'AwaitCopy', error: 'ABORTED', left: [] });
});

test('a build whose Publish may not say that it is done is recorded as published: its channel has moved', async () => {
  const { manifest } = await through([{ place: 'Publish', fault: 'denied', at: 'sfn:SendTaskSuccess' }]);
  expect(manifest).toMatchObject({ status: 'published', failure: { state: 'Publish' } });
  expect(manifest?.targets.map(({ status }) => status)).toEqual(['published', 'published']);
});

test('a build that may not write its manifest in CleanUp is recorded as published, with its targets and its failure', async () => {
  const { manifest, executions } = await through([{ place: 'CleanUp', fault: 'denied', at: 's3:PutObject' }]);
  expect(executions[0]?.cause).toMatch(/^CleanUp: s3:PutObject/);
  expect(manifest).toMatchObject({ status: 'published', failure: { state: 'CleanUp' } });
  expect(manifest?.targets.map(({ snapshots }) => snapshots.length)).toEqual([1, 1]);
});

test('a failure whose history may not be read is recorded all the same, and says so', async () => {
  const unread: Strike = { place: 'RecordFailure', fault: 'denied', at: 'sfn:GetExecutionHistory' };
  const { manifest } = await through([unread], { fails: 'check-1' });
  expect(manifest?.failure).toMatchObject({
    error: 'CheckFailed',
    left: [expect.stringMatching(/^the history could not be read: states:GetExecutionHistory/)],
  });
});

test('an instance that may not be terminated is told with its volume, and nobody waits hours for it', async () => {
  const bound: Strike = { place: 'Compensate', fault: 'denied', at: 'ec2:TerminateInstances' };
  const { manifest, executions } = await through([bound], { fails: 'run-1' });
  expect(manifest?.failure?.left).toEqual([
    expect.stringMatching(/^instance i-\w+ in us-east-1: ec2:TerminateInstances/),
    expect.stringMatching(/^volume vol-\w+ in us-east-1: i-\w+ needs it/),
  ]);
  const [execution] = executions;
  expect(Number(execution?.stopDate) - Number(execution?.startDate)).toBeLessThan(900_000);
});

test('a channel that cannot be moved back in one region goes back in the others, and the AMI it holds is told', async () => {
  const stuck: Strike = { place: 'clean-up/Compensate', fault: 'denied', at: 'ssm:PutParameter@eu-west-1' };
  const { manifest, before, after } = await through([diesPublishing, stuck], { shape: usualShape });
  expect(after.channel.get('us-east-1')).toBe(before.channel.get('us-east-1'));
  expect(manifest?.failure?.left).toEqual([
    expect.stringMatching(/^\/golden\/base\/stable in eu-west-1: ssm:PutParameter/),
    `${after.channel.get('eu-west-1')} in eu-west-1: the channel points at it`,
    expect.stringMatching(/^snapshot snap-\w+ in eu-west-1: ami-\w+ needs it/),
  ]);
});

test('snapshots that may not be listed hide neither the image that is kept nor what was undone', async () => {
  const blind: Strike = { place: 'Compensate', fault: 'denied', at: 'ec2:DescribeSnapshots' };
  const { manifest } = await through([blind], { fails: 'check-1', shape: { ...shape, keep: true } });
  expect(manifest?.failure?.kept.map(({ region }) => region)).toEqual(['us-east-1', 'eu-west-1']);
  expect(manifest?.failure?.left).toContainEqual(
    expect.stringMatching(/^snapshots in us-east-1: ec2:DescribeSnapshots/),
  );
});

test('a permission that is missing for one step is told of its state and its step', async () => {
  const { manifest } = await through([{ place: 'SendCommand[reboot-2]', fault: 'denied', at: 'ssm:SendCommand' }]);
  expect(manifest?.failure).toMatchObject({
    state: 'SendCommand',
    cause: expect.stringMatching(/^"reboot-2": ssm:SendCommand/),
  });
});

test('a record that the bucket has no time for is written a little later', async () => {
  const busy: Strike = { place: 'RecordFailure', fault: 'throttled', at: 's3:PutObject' };
  const { manifest, executions } = await through([busy], { fails: 'run-1' });
  expect(manifest?.failure).toMatchObject({ state: 'AwaitCommand', error: 'ProvisionFailed', left: [] });
  expect(executions[0]?.cause).not.toContain('LEFT BEHIND');
});

test('a build without a channel that dies while it is published keeps its targets, and nothing of the region it was made in', async () => {
  const abroad: Shape = {
    ...shape,
    channel: false,
    past: false,
    targets: [{ region: 'eu-west-1', required: true, share: 'nobody' }],
  };
  const trial = await through([{ place: 'Publish', fault: 'timed-out' }], { shape: abroad });
  expect(trial.manifest).toMatchObject({ status: 'published', failure: { state: 'Publish', left: [] } });
  expect([...trial.after.things.values()].map(({ kind, region }) => `${kind} in ${region}`)).toEqual([
    'image in eu-west-1',
    'snapshot in eu-west-1',
  ]);
});

test('a redriven build that fails in the middle of a Map is told of its state', async () => {
  const stopped: Strike = { place: 'AwaitCheck[check-1]', fault: 'stopped' };
  const { manifest } = await through([stopped], { fails: 'check-1', again: 'redrive' });
  expect(manifest?.failure).toMatchObject({ state: 'AwaitCheck', error: 'CheckFailed' });
});

test('a build that runs out of time while its candidate is launched is told of that, although its copies are left for later', async () => {
  const { manifest } = await through([{ place: 'LaunchCandidate', fault: 'timed-out' }], { late: true });
  expect(manifest?.failure).toMatchObject({ state: 'LaunchCandidate', error: 'TIMED_OUT' });
});

test('a role of another account that may not see the key it is lent is told with the call that AWS refused', async () => {
  const blind: Strike = { place: 'CopyIntoAccount[eu-west-1]', fault: 'denied', at: 'kms:DescribeKey' };
  const trial = await through([blind], { lent: 'eu-west-1' });
  expect(made(trial)).toEqual([]);
  const [copy] = trial.manifest?.copiedTo ?? [];
  expect(copy?.error).toMatch(/does not see arn:aws:kms:eu-west-1:\S+ .*kms:DescribeKey .*AccessDenied/);
});

test('what an addition had published when it died is told by the next execution, which leaves its clean-up nothing to tell', async () => {
  // Lambda runs on after the execution is stopped, so CleanUp itself must end before it has told anything.
  const ends: Strike[] = [
    { place: 'CleanUp', fault: 'stopped' },
    { place: 'CleanUp', fault: 'crash-before', at: 1 },
  ];
  const { manifest } = await through(ends, { distributes: true, again: 'at once' });
  expect(manifest?.targets.map(({ status }) => status)).toEqual(['published', 'published']);
  expect(manifest?.added).toEqual([
    expect.objectContaining({ targets: ['eu-west-1'], failure: expect.objectContaining({ error: 'ABORTED' }) }),
  ]);
});

test.each(['recipe', 'start'] as const)(
  'a %s that asks for more than the deployment allows makes nothing, although Resolve is repeated',
  async (beyond) => {
    const trial = await through([{ place: 'Resolve', fault: 'crash-before', at: 1 }], { beyond });
    expect(made(trial)).toEqual([]);
    expect(trial.executions[0]).toMatchObject({ status: 'FAILED', error: 'RecipeInvalid' });
  },
);

test('the judge sees each call outside of the settings of the deployment', async () => {
  const trial = await through([]);
  const narrow: Shape = { ...shape, targets: [{ region: 'us-east-1', required: true, share: 'nobody' }] };
  const seen = bounds({ ...trial, scenario: { ...trial.scenario, shape: narrow } }).map(({ what }) => what);
  expect(seen).toContain('GrantPermissions called ModifyImageAttribute in us-east-1, which gives it to 444455556666');
  expect(seen).toContain('CopyImage called CopyImage in eu-west-1, a region that the setting regions leaves out');
  expect(seen).toContain('Publish called PutParameter in eu-west-1, a region that the setting regions leaves out');
});

// Other ones for another seed.
const sampled = [
  ...sample(await generateCases('published'), 6, 7),
  ...sample(await generateCases('distributes'), 3, 7),
];

test.each(sampled.map(({ label, scenario }) => [label, scenario] as const))('matrix: %s', async (_, scenario) => {
  expect((await runScenario(scenario)).violations).toEqual([]);
});
