import { expect, test } from '@jest/globals';
import { build, leftIn, oneImageEach, pipeline } from '../../support/pipeline.ts';

const stopping = "Instance is not in state 'running' or 'stopped': i-0 is stopping";

test('calls that do not know our own fresh things yet, or see them as they were, are made again', async () => {
  const api = [
    { action: 'ec2:CopyImage', times: 2, error: 'InvalidAMIID.NotFound' },
    { action: 'ec2:ModifyImageAttribute', times: 2, error: 'InvalidAMIID.Unavailable' },
    { action: 'ec2:ModifySnapshotAttribute', times: 2, error: 'InvalidSnapshot.NotFound' },
    { action: 'ec2:DescribeImageAttribute', times: 2, error: 'InvalidAMIID.NotFound' },
    { action: 'ec2:DescribeSnapshotAttribute', times: 2, error: 'InvalidSnapshot.NotFound' },
    { action: 'ec2:CreateImage', times: 2, error: 'IncorrectInstanceState' },
    { action: 'ec2:CreateImage', call: 3, times: 2, error: 'InvalidParameterValue', message: stopping },
    { action: 'ec2:StopInstances', times: 2, error: 'InvalidInstanceID.NotFound' },
    { action: 'ec2:RunInstances', call: 2, times: 2, error: 'InvalidAMIID.NotFound' }, // the candidate's
  ];
  const simulation = pipeline({ scenario: { api } });
  expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  expect(simulation.cloud.idleRules()).toEqual([]);
  expect(leftIn(simulation).images).toEqual(oneImageEach);
});

test.each([5, 10, 17, 22, 26])(
  'an AWS with its late reads, lost answers and long tails (seed %i) is survived',
  async (seed) => {
    const simulation = pipeline({ scenario: { seed, rough: true } });
    expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
    expect(leftIn(simulation)).toMatchObject({ instances: [], volumes: [] });
    expect(leftIn(simulation).images).toEqual(oneImageEach);
  },
);

test('looks that AWS throttles for an hour do not end a wait', async () => {
  const delays = { copyImage: 7200 };
  const api = [
    { action: 'ec2:DescribeImages', region: 'eu-west-1', call: 3, times: 140, error: 'RequestLimitExceeded' },
  ];
  const simulation = pipeline({ scenario: { delays, api } });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  const throttled = simulation.cloud.calls.filter(({ error }) => error === 'RequestLimitExceeded');
  const [first = 0, last = 0] = [throttled[0]?.at, throttled.at(-1)?.at];
  expect(last - first).toBeGreaterThan(3600_000);
});
