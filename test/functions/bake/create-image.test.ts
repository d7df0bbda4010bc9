import { expect, test } from '@jest/globals';
import { account, build, launched, leftIn, nothing, pipeline, recipe, targets } from '../../support/pipeline.ts';

const hour = 3600;
const short = { distribute: [targets.home], provision: [recipe.provision[0]] };
const refusing = (action: string, error: string, more: object = {}) => ({ action, error, message: 'none', ...more });

const seconds = ({ startDate, stopDate }: { startDate: Date; stopDate?: Date | undefined }) =>
  (stopDate!.getTime() - startDate.getTime()) / 1000;

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

test('a parameter that EC2 calls wrong for good ends the build', async () => {
  const simulation = pipeline({
    scenario: { api: [{ action: 'ec2:CreateImage', error: 'InvalidParameterValue', message: 'bad name' }] },
  });
  expect(await build(simulation)).toMatchObject({ error: 'AwsRefused' });
});

test('CreateImage waits for hours while too many snapshots are pending, and the builder is not thrown away', async () => {
  const api = [refusing('ec2:CreateImage', 'PendingSnapshotLimitExceeded', { times: 25 })];
  const simulation = pipeline({ scenario: { api }, changes: short });
  const execution = await build(simulation);
  expect(execution.status).toBe('SUCCEEDED');
  expect(seconds(execution)).toBeGreaterThan(hour);
  expect(launched(simulation, 'builder')).toHaveLength(1);
});

test('a limit that stays full ends the build in the end, and nothing is left', async () => {
  const api = [refusing('ec2:CreateImage', 'PendingSnapshotLimitExceeded')];
  const simulation = pipeline({ scenario: { api }, changes: short });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ error: 'LimitReached' });
  expect(seconds(execution)).toBeGreaterThan(4 * hour);
  expect(leftIn(simulation)).toEqual(nothing);
});
