import { describe, expect, test } from '@jest/globals';
import { noRates } from '../../../simulator/aws/calls/rates.ts';
import { account } from '../../support/pipeline.ts';
import {
  al2023,
  buildSeconds,
  builtFrom,
  day,
  follower,
  hour,
  nowOf,
  recordOf,
  skipped,
  started,
  triggered,
  ubuntu,
} from '../../support/triggered.ts';

test('a recipe that was never built is, and a newer source within a poll and a bake; nothing else is started', async () => {
  const simulation = triggered([
    follower('base'),
    follower('other', { source: { parameter: ubuntu, owner: '099720109477' } }),
  ]);
  await simulation.pass(buildSeconds);
  expect(started(simulation).toSorted()).toEqual(['base by source', 'other by source']);
  await simulation.pass(day);
  expect(simulation.executions()).toHaveLength(2);

  const updated = nowOf(simulation);
  const ami = simulation.sourceUpdated(al2023);
  await simulation.pass(hour + buildSeconds);
  expect(started(simulation, updated)).toEqual(['base by source']);
  expect(builtFrom(simulation, 'base')).toBe(ami);
  const [, , last] = simulation.executions();
  expect(JSON.parse(last?.input ?? '')).toEqual({
    recipe: 'base',
    trigger: { by: 'source', reason: expect.stringContaining(ami) },
  });
  expect(simulation.queue('TriggerFailures')).toEqual([]);
});

test('events that come twice, in any order, start one build of each source', async () => {
  const simulation = triggered([follower('base')], { rough: true, rates: { ...noRates, eventsDoubled: 1 } });
  await simulation.pass(2 * hour);
  simulation.sourceUpdated(al2023);
  await simulation.pass(2 * hour);
  expect(simulation.executions().map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  expect(new Set(simulation.executions().map(({ name }) => name)).size).toBe(2);
  expect(simulation.starts.length).toBeGreaterThan(2);
});

test('an event that is lost is made good by the next poll', async () => {
  let lost = 0;
  const simulation = triggered([follower('base')], {
    interfere: { call: ({ action }) => (action === 'PutEvents' && lost++ === 0 ? 'dropped' : undefined) },
  });
  await simulation.pass(hour - 60);
  expect(simulation.starts).toEqual([]);
  await simulation.pass(buildSeconds);
  expect(started(simulation)).toEqual(['base by source']);
});

test('a source that changes twice within the hour is built once, and once more after the next poll', async () => {
  const simulation = triggered([follower('base', { source: { filter: { name: 'ours-*' }, owner: 'self' } })]);
  const release = (name: string) => {
    const { id } = simulation.cloud.addImage({ name, owner: account, region: 'us-east-1' });
    // as EC2 tells of an image that was made
    const detail = { RequestId: '', ImageId: id, State: 'available', ErrorMessage: '' };
    const place = { account, region: 'us-east-1', resources: [] };
    simulation.cloud.events.put({ source: 'aws.ec2', 'detail-type': 'EC2 AMI State Change', ...place, detail });
    return id;
  };
  await simulation.pass(600);
  const first = release('ours-1');
  await simulation.pass(1200);
  expect(builtFrom(simulation, 'base')).toBe(first); // the event woke the watch before its time
  release('ours-2');
  await simulation.pass(60);
  const third = release('ours-3');
  await simulation.pass(300);
  expect(simulation.executions()).toHaveLength(1);
  expect(skipped(simulation).slice(-2)).toEqual(['base: debounced', 'base: debounced']);
  await simulation.pass(2 * hour);
  expect(simulation.executions()).toHaveLength(2);
  expect(builtFrom(simulation, 'base')).toBe(third);
});

test('a recipe whose source is broken is reported every hour, and hides no other', async () => {
  const lost = '/aws/service/never-there';
  const simulation = triggered([
    follower('broken', { source: { parameter: lost, owner: 'amazon' } }),
    follower('base'),
    follower('waiting', { source: { channel: 'never/stable' } }),
  ]);
  await simulation.pass(buildSeconds);
  expect(started(simulation)).toEqual(['base by source']);
  const [message] = simulation.queue('TriggerFailures');
  expect(message?.body).toMatchObject({
    requestContext: { functionArn: expect.stringContaining('WatchSources'), approximateInvokeCount: 3 },
    responsePayload: {
      errorType: 'SourceNotFound',
      errorMessage: expect.stringMatching(new RegExp(`^broken: .*${lost}.*\nwaiting: .*never/stable`)),
    },
  });
  simulation.catalog.recipes['broken'] = follower('broken');
  delete simulation.catalog.recipes['waiting'];
  await simulation.pass(hour);
  expect(simulation.queue('TriggerFailures')).toHaveLength(1);
  expect(recordOf(simulation, 'broken').published).toBeDefined();
});

describe('single flight:', () => {
  test('what asks for a recipe while it is built by hand starts nothing, and is made good later', async () => {
    const simulation = triggered([follower('base')]);
    simulation.start({ recipe: 'base' });
    await simulation.pass(hour - 60);
    expect(skipped(simulation)).toContain('base: building');
    expect(simulation.executions()).toHaveLength(1);
    await simulation.pass(hour);
    expect(simulation.executions()).toHaveLength(1); // by then it was built from this source
  });
});
