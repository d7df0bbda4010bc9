import { expect, test } from '@jest/globals';
import type { Resource } from '../../../infrastructure/cloudformation.ts';
import { triggerResources } from '../../../infrastructure/triggers/triggers.ts';
import { deploy } from '../../../simulator/pipeline/deployment.ts';
import { homeCaller, lab } from '../lab.ts';

const schedule = { recipe: 'base', expression: 'rate(7 days)', timezone: 'UTC', windowMinutes: 15 };

/** What is deployed, with functions that answer as told. */
function deployed(
  answer: () => Promise<unknown>,
  change: (resources: Record<string, Resource>) => void = () => undefined,
) {
  const { cloud, clock, wait } = lab();
  const resources = structuredClone(
    triggerResources([schedule], {
      automaticBuilds: true,
      channelRoot: '/golden',
      name: 'golden',
      dailySweep: 'ENABLED',
      dailyRetirement: 'ENABLED',
    }),
  );
  change(resources);
  const called: unknown[] = [];
  const run = (event: unknown) => {
    called.push(event);
    return answer();
  };
  const machine = { arn: 'arn:build', start: () => undefined };
  const queues = deploy(resources, {
    clock,
    events: cloud.events,
    random: cloud.random('schedules'),
    ...homeCaller,
    machines: { BuildImage: machine, CleanUpBuild: machine, SweepMachine: machine },
    functions: {
      StartBuildLambdaFunction: { arn: 'a', run },
      WatchSourcesLambdaFunction: { arn: 'b', run: async () => 0 },
    },
  });
  return { called, wait, failures: () => queues.get('TriggerFailures') ?? [] };
}

test('a schedule calls its function with the time it names, tried again a minute and two minutes later', async () => {
  let tries = 0;
  const { called, wait, failures } = deployed(async () => {
    if (++tries < 3) throw new Error('not yet');
  });
  await wait(3600);
  expect(called).toEqual(Array(3).fill({ recipe: 'base', scheduled: '2026-11-23T03:00:00Z' }));
  expect(failures()).toEqual([]);
});

test('what fails every time is left in the queue', async () => {
  const { called, wait, failures } = deployed(() => Promise.reject(new RangeError('never')));
  await wait(3600);
  expect(called).toHaveLength(3);
  expect(failures()).toEqual([
    {
      at: expect.any(String),
      body: expect.objectContaining({ responsePayload: { errorType: 'RangeError', errorMessage: 'never' } }),
    },
  ]);
});

test.each<[string, (resources: Record<string, Resource>) => void, string]>([
  [
    'a property of a rule',
    ({ BuildSucceeded }) => void (BuildSucceeded!.Properties['EventBusName'] = 'other'),
    'EventBusName of BuildSucceeded',
  ],
  [
    'a property of a schedule',
    ({ Schedulebase }) => void (Schedulebase!.Properties['EndDate'] = '2027'),
    'EndDate of Schedulebase',
  ],
  [
    'a property of a target',
    ({ BuildSucceeded }) => void (BuildSucceeded!.Properties['Targets'][0].InputPath = '$'),
    'InputPath of BuildSucceeded',
  ],
  [
    'a state of a rule',
    ({ BuildSucceeded }) =>
      void (BuildSucceeded!.Properties['State'] = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'),
    'no state ENABLED_WITH_ALL',
  ],
  [
    'a resource',
    (resources) => void (resources['Pipe'] = { Type: 'AWS::Pipes::Pipe', Properties: {} }),
    'Pipe: AWS::Pipes::Pipe',
  ],
  [
    'a function without a word on failures',
    (resources) => void delete resources['StartBuildRetries'],
    'StartBuildLambdaFunction',
  ],
])('%s that is not simulated is refused by name', (_, change, named) => {
  expect(() => deployed(async () => 0, change)).toThrow(named);
});
