import { describe, expect, test } from '@jest/globals';
import {
  al2023,
  buildSeconds,
  follower,
  hour,
  recordOf,
  skipped,
  started,
  triggered,
  ubuntu,
} from '../../support/triggered.ts';

const failing = (times: number) => ({ scenario: { commands: [{ step: 'patch', exitCode: 1, times }] } });

describe('five automatic failures in a row', () => {
  test('stop a recipe; a build by hand that is published starts it again', async () => {
    const simulation = triggered([follower('base')], failing(5));
    await simulation.pass(4 * hour + buildSeconds);
    expect(started(simulation)).toHaveLength(5);
    expect(new Set(simulation.executions().map(({ name }) => name)).size).toBe(5);
    await simulation.pass(3 * hour);
    expect(simulation.executions()).toHaveLength(5);
    expect(skipped(simulation)).toContain('base: breaker open');
    expect(simulation.starts.at(-1)?.because).toMatch(/base failed 5 times in a row, since 2026-11-23T07:.*by hand/);

    await simulation.finish(simulation.start({ recipe: 'base' }));
    expect(recordOf(simulation, 'base').failures).toEqual([]);
    simulation.sourceUpdated(al2023);
    await simulation.pass(hour + buildSeconds);
    expect(started(simulation)).toHaveLength(6);
    expect(simulation.executions().at(-1)?.status).toBe('SUCCEEDED');
  });

  test('stop a recipe until it is changed', async () => {
    const simulation = triggered([follower('base')], failing(5));
    await simulation.pass(6 * hour);
    expect(started(simulation)).toHaveLength(5);
    simulation.catalog.recipes['base'] = follower('base', { description: 'mended' });
    await simulation.pass(hour + buildSeconds);
    expect(started(simulation)).toHaveLength(6);
    expect(simulation.executions().at(-1)?.status).toBe('SUCCEEDED');
  });

  test('of several recipes with one source image stop every recipe on it, and none on another', async () => {
    const simulation = triggered([follower('one'), follower('two')], failing(6));
    await simulation.pass(2 * hour + buildSeconds);
    expect(simulation.executions().map(({ status }) => status)).toEqual(Array(6).fill('FAILED'));
    Object.assign(simulation.catalog.recipes, {
      late: follower('late'),
      elsewhere: follower('elsewhere', { source: { parameter: ubuntu, owner: '099720109477' } }),
    });
    await simulation.pass(hour);
    const last = simulation.starts.slice(-4).map(({ recipe, skipped: why = 'started' }) => `${recipe}: ${why}`);
    expect(last.toSorted()).toEqual([
      'elsewhere: started',
      'late: breaker open',
      'one: breaker open',
      'two: breaker open',
    ]);
  });
});
