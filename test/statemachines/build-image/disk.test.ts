import { expect, test } from '@jest/globals';
import { account, build, consumer, copied, home, leftIn, manifestIn, nothing } from '../../support/pipeline.ts';
import { launched, oneImageEach, pipeline, recipe, statesEntered, targets } from '../../support/pipeline.ts';
import type { Setting } from '../../support/pipeline.ts';
import type { AddedSnapshot } from '../../../simulator/aws/ec2/images/snapshots.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';

const id = 'snap-0d15c0d15c0d15c00';
const changes = {
  source: { disk: { snapshot: id, architecture: 'x86_64', bootMode: 'uefi' }, owner: 'self' },
  provision: [],
};
const system = { name: 'AmazonLinux', agent: true } as const;

function withDisk(disk: Partial<AddedSnapshot> = {}, setting: Setting = {}): Simulation {
  const simulation = pipeline({ ...setting, changes: { ...changes, ...setting.changes } });
  simulation.cloud.addSnapshot({ id, owner: account, region: home, system, ...disk });
  return simulation;
}
const snapshotsIn = ({ cloud }: Simulation, region: string) =>
  [...cloud.world.region(region).snapshots.values()].filter(({ owner }) => owner === account);
const called = ({ cloud }: Simulation, name: string) => cloud.calls.filter(({ action }) => action === name);
/** What is left, but for the disk itself. */
const leftBeside = (simulation: Simulation) => {
  expect(simulation.cloud.world.region(home).snapshots.get(id)).toMatchObject({ state: 'completed', tags: new Map() });
  simulation.cloud.world.region(home).snapshots.delete(id);
  return leftIn(simulation);
};

test('a disk that no builder made becomes an image, which is checked, copied, shared and published', async () => {
  const simulation = withDisk();
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'SUCCEEDED' });
  expect(statesEntered(execution)).not.toContain('Launch');
  expect([launched(simulation, 'builder').length, launched(simulation, 'candidate').length]).toEqual([0, 1]);
  expect(leftIn(simulation)).toMatchObject({ images: oneImageEach, instances: [], volumes: [] });
  const [image] = [...simulation.cloud.world.region(home).images.values()].filter(({ owner }) => owner === account);
  expect(image).toMatchObject({
    bootMode: 'uefi',
    ena: true,
    imdsSupport: 'v2.0',
    mappings: [{ device: '/dev/xvda', sizeGiB: 8, type: 'gp3', encrypted: true }],
  });
  const { source, notes } = manifestIn(simulation, execution);
  expect(source).toMatchObject({ ami: id, owner: account });
  expect(notes).toContainEqual(expect.stringMatching(/source\.disk.*nothing on it is sanitized/));
});

test('the disk stays as it is: the image has a copy of its own, which goes with the image', async () => {
  const simulation = withDisk({}, { changes: { checks: [{ name: 'no', run: 'false' }] }, scenario: { commands: [{ step: 'no', exitCode: 1 }] } });
  expect(await build(simulation)).toMatchObject({ status: 'FAILED', error: 'CheckFailed' });
  expect(leftBeside(simulation)).toEqual(nothing);
});

test('a disk that another account shares can be registered, with its owner named', async () => {
  const source = { ...changes.source, owner: consumer };
  const simulation = withDisk({ owner: consumer, sharedWith: new Set([account]) }, { changes: { source } });
  expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
});

test.each<[string, Partial<AddedSnapshot>, RegExp]>([
  ['of somebody else', { owner: '999988887777' }, /no snapshot snap-\w+ of 222233334444 in us-east-1/],
  ['in another region', { region: copied }, /no snapshot snap-\w+ of 222233334444 in us-east-1/],
  ['that is pending', { state: 'pending', endsAt: Infinity }, /is pending \(at \d+%\), not completed/],
  ['that failed', { state: 'error', stateMessage: 'no key' }, /is error \(no key\), not completed/],
])('a disk %s is refused before anything is made', async (_, disk, said) => {
  const simulation = withDisk(disk);
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'FAILED', error: 'SourceNotFound', cause: expect.stringMatching(said) });
  expect(called(simulation, 'CopySnapshot')).toEqual([]);
});

test('a disk on which nothing boots is not published, and nothing is left', async () => {
  const simulation = withDisk({ system: { name: 'AmazonLinux', agent: false } }, { changes: { distribute: [targets.home] } });
  expect(await build(simulation)).toMatchObject({ status: 'FAILED' });
  expect(leftBeside(simulation)).toEqual(nothing);
});

test('the answers of CopySnapshot and RegisterImage can be lost: one copy and one image are left', async () => {
  const lost = (action: string) => ({ action, times: 1, error: 'ServiceUnavailable', after: true });
  for (const rates of [{}, { lateReads: 1 }]) {
    const simulation = withDisk({}, { scenario: { api: [lost('ec2:CopySnapshot'), lost('ec2:RegisterImage')], rates } });
    expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
    expect(snapshotsIn(simulation, home)).toHaveLength(2); // the disk and its copy
  }
});

test('a recipe that leaves its disk to the start publishes the disk of each start, and needs one', async () => {
  const { snapshot: _snapshot, ...open } = changes.source.disk;
  const simulation = withDisk({}, { changes: { source: { ...changes.source, disk: open } } });
  const other = id.replace('d', 'e');
  simulation.cloud.addSnapshot({ id: other, owner: account, region: home, system });
  const start = (snapshot: string) =>
    build(simulation, { recipe: 'base', overrides: { source: { disk: { snapshot } } } });
  expect(manifestIn(simulation, await start(id))).toMatchObject({ status: 'published', source: { ami: id } });
  expect(manifestIn(simulation, await start(id))).toMatchObject({ status: 'up-to-date' });
  expect(manifestIn(simulation, await start(other))).toMatchObject({ status: 'published', source: { ami: other } });
  expect(await build(simulation)).toMatchObject({ error: 'SourceNotFound', cause: expect.stringContaining('golden register') });
});

test('a start names no other disk than the recipe does, if that goes to its channel', async () => {
  const overrides = { source: { disk: { snapshot: id.replace('d', 'e') } } };
  const { cause } = await build(withDisk(), { recipe: 'base', overrides });
  expect(cause).toMatch(/publish\.channel: base\/stable belongs to deployed recipes/);
});

test('a plan says what the disk becomes, without a builder', async () => {
  const simulation = withDisk();
  const planned = await simulation.finish(simulation.plan({ recipe: 'base' }));
  expect(planned.status).toBe('SUCCEEDED');
  expect(JSON.parse(planned.output ?? '{}')).toMatchObject({
    status: 'ready',
    would: { source: { ami: id }, provision: [], checks: ['boots'] },
    problems: [],
  });
});

test('all that no disk has is refused, each with its path', async () => {
  const wrong = {
    provision: recipe.provision,
    builder: { ...recipe.builder, installAgent: true, userData: '#!/bin/sh', disk: { iops: 4_000 }, volumes: [{ device: '/dev/sdf', sizeGiB: 5 }] },
    image: { register: true, capture: 'running', allowFiles: ['/etc/app/*.pem'] },
    source: { disk: { architecture: 'x86_64', bootMode: 'legacy-bios', tpm: true }, owner: 'self' },
    triggers: { rebuildAfter: '30d' },
  };
  const { cause = '' } = await build(withDisk({}, { changes: wrong }));
  for (const path of ['provision', 'builder.volumes', 'builder.disk', 'builder.installAgent', 'builder.userData', 'image.register', 'image.capture', 'image.allowFiles', 'source.disk.tpm'])
    expect(cause).toContain(`${path}: `);
});
