import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { account, caller, recipe } from '../../support/pipeline.ts';
import {
  al2023,
  buildSeconds,
  builtFrom,
  childOf,
  follower,
  hour,
  nowOf,
  started,
  triggered,
} from '../../support/triggered.ts';

const parent = follower('parent', { distribute: recipe.distribute });
const child = follower('child', childOf('parent'));
const grandchild = follower('grandchild', childOf('child'));

const channelIn = ({ cloud }: Simulation, region: string, name: string) =>
  cloud.world.region(region).parameters.get(`${account} /golden/${name}/stable`)?.versions.at(-1)?.value;
const stable = (simulation: Simulation, name: string) => channelIn(simulation, 'us-east-1', name);

describe('a parent that is published in three regions', () => {
  let simulation: Simulation;
  let updated: string;
  beforeAll(async () => {
    simulation = triggered([grandchild, child, parent]);
    await simulation.pass(3 * buildSeconds);
    updated = nowOf(simulation);
    simulation.sourceUpdated(al2023);
    await simulation.pass(hour + 3 * buildSeconds);
  });

  test('starts its child once, and that its own: each from the new image, after the end of the build before', () => {
    expect(started(simulation, updated)).toEqual(['parent by source', 'child by parent', 'grandchild by parent']);
    const builds = simulation.executions().slice(-3);
    expect(builds.map(({ status }) => status)).toEqual(Array(3).fill('SUCCEEDED'));
    const times = builds.flatMap(({ startDate, stopDate }) =>
      [startDate, stopDate].map((at) => at?.toISOString() ?? 'never'),
    );
    expect(times).toEqual(times.toSorted());
    expect(builtFrom(simulation, 'child')).toBe(stable(simulation, 'parent'));
    expect(builtFrom(simulation, 'grandchild')).toBe(stable(simulation, 'child'));
    expect(channelIn(simulation, 'eu-west-1', 'parent')).toBeDefined();
  });

  test('was built for the first time in the same order, although the children were there from the beginning', () => {
    expect(simulation.executions().map(({ name }) => name.replace(/-[0-9a-f]{12}-.*/, ''))).toEqual([
      'parent',
      'child',
      'grandchild',
      'parent',
      'child',
      'grandchild',
    ]);
    expect(simulation.queue('TriggerFailures')).toEqual([]);
  });

  test('starts them again where its channel is moved back by hand, although that image was built on before', async () => {
    const [, , old] = simulation.executions();
    const history = simulation.cloud.world.region('us-east-1').parameters.get(`${account} /golden/parent/stable`);
    const first = history?.versions[0]?.value ?? '';
    expect(first).not.toBe(stable(simulation, 'parent'));
    const moved = nowOf(simulation);
    const Name = '/golden/parent/stable';
    simulation.cloud.services.ssm['PutParameter']?.(
      { Name, Value: first, Type: 'String', DataType: 'aws:ec2:image', Overwrite: true },
      caller,
    );
    await simulation.pass(hour + 2 * buildSeconds);
    expect(started(simulation, moved)).toEqual(['child by parent', 'grandchild by parent']);
    expect(builtFrom(simulation, 'child')).toBe(first);
    expect(old?.status).toBe('SUCCEEDED');
  });
});
