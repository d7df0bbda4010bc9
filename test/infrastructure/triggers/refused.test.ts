import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { account } from '../../support/pipeline.ts';
import { buildSeconds, day, resting, started, triggered } from '../../support/triggered.ts';

describe('an event that nobody can take', () => {
  let simulation: Simulation;
  let tries = 0;
  const put = (detail: Record<string, unknown>, machine = simulation.stateMachineArn) =>
    simulation.cloud.events.put({
      source: 'golden.images',
      'detail-type': 'Source Image Updated',
      account,
      region: 'us-east-1',
      resources: [machine],
      detail,
    });
  const source = { ami: 'ami-00000000000000000' };
  beforeAll(async () => {
    simulation = triggered([resting('base')], {
      interfere: {
        invoke(stage, _attempt, run) {
          if (stage === 'StartBuild') tries++;
          return run();
        },
      },
    });
    put({ recipes: ['unknown'], source, reason: 'by hand' });
    put({ recipes: 'base', source, reason: 'by hand' });
    await simulation.pass(2 * day);
  });

  test('is tried three times within minutes and no more, and starts nothing', () => {
    expect(tries).toBe(6);
    expect(simulation.executions()).toEqual([]);
  });

  test('is in the queue, with what is wrong with it', () => {
    const messages = simulation.queue('TriggerFailures').map(({ at, body }) => ({ at, ...(body as object) }));
    expect(messages).toHaveLength(2);
    expect(messages).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          at: expect.stringMatching(/^2026-11-23T03:03:/),
          requestPayload: expect.objectContaining({ detail: { recipes: ['unknown'], source, reason: 'by hand' } }),
          responsePayload: {
            errorType: 'EventRefused',
            errorMessage: 'there is no recipe "unknown"; there are base',
          },
        }),
        expect.objectContaining({
          responsePayload: { errorType: 'EventRefused', errorMessage: expect.stringContaining('detail.recipes') },
        }),
      ]),
    );
  });

  test('is not even looked at where another pipeline of the account sent it, as another stage does', async () => {
    put({ recipes: ['base'], source, reason: 'by another' }, simulation.stateMachineArn.replace('golden', 'other'));
    await simulation.pass(buildSeconds);
    expect(tries).toBe(6);
    expect(simulation.executions()).toEqual([]);
  });

  test('does not keep what it names beside from being built, once', async () => {
    put({ recipes: ['unknown', 'base'], source, reason: 'by hand' });
    await simulation.pass(buildSeconds);
    expect(started(simulation)).toEqual(['base by source']);
    expect(simulation.executions().map(({ status }) => status)).toEqual(['SUCCEEDED']);
    expect(simulation.queue('TriggerFailures')).toHaveLength(3);
  });
});
