import { expect, test } from '@jest/globals';
import { account, build, home, leftIn, manifestIn, nothing, onlyManifest } from '../../support/pipeline.ts';
import { launched, oneImageEach, pipeline, statesEntered } from '../../support/pipeline.ts';
import type { Setting } from '../../support/pipeline.ts';
import type { DiskFile } from '../../../simulator/aws/ec2/images/import-snapshot.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';

const file = 's3://disks/web server/2026.vmdk';
const place = { bucket: 'disks', key: 'web server/2026.vmdk', region: home };
const changes = {
  source: { disk: { file, format: 'vmdk', architecture: 'x86_64', bootMode: 'uefi' }, owner: 'self' },
  builder: { instanceTypes: ['t3.small'], rootVolume: { encrypted: true, kmsKey: 'alias/golden' } },
  provision: [],
};

function withFile(disk: Partial<DiskFile> = {}, setting: Setting = {}): Simulation {
  const simulation = pipeline({ ...setting, changes: { ...changes, ...setting.changes } });
  simulation.cloud.addDiskFile(place, disk);
  return simulation;
}
const snapshotsAtHome = ({ cloud }: Simulation) =>
  [...cloud.world.region(home).snapshots.values()].filter(({ owner }) => owner === account);
const tasksOf = ({ cloud }: Simulation) => [...cloud.world.region(home).importTasks.values()];
const called = ({ cloud }: Simulation, name: string) => cloud.calls.filter(({ action }) => action === name);
const dies = { interfere: { enter: (state: string) => (state === 'AwaitImport' ? ('ABORTED' as const) : undefined) } };
const lost = (action: string) => ({ action, times: 1, error: 'ServiceUnavailable', after: true });

test('a file with a disk becomes an image, which is checked, copied, shared and published', async () => {
  const simulation = withFile({ sizeGiB: 20 });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'SUCCEEDED' });
  expect(statesEntered(execution)).toEqual(expect.arrayContaining(['ImportSnapshot', 'AwaitImport', 'RegisterImage']));
  expect([launched(simulation, 'builder').length, launched(simulation, 'candidate').length]).toEqual([0, 1]);
  expect(leftIn(simulation)).toMatchObject({ images: oneImageEach, instances: [], volumes: [] });
  const [image] = [...simulation.cloud.world.region(home).images.values()].filter(({ owner }) => owner === account);
  expect(image).toMatchObject({ bootMode: 'uefi', mappings: [{ device: '/dev/xvda', sizeGiB: 20, encrypted: true }] });
  const [snapshot, ...others] = snapshotsAtHome(simulation);
  expect(others).toEqual([]);
  expect(snapshot?.tags.get('golden:digest')).toBe(image?.tags.get('golden:digest'));
  const { source, notes } = manifestIn(simulation, execution);
  expect(source).toMatchObject({ ami: expect.stringMatching(/^s3:\/\/disks\/web server\/2026\.vmdk#[0-9a-f]{32}$/), owner: account });
  expect(notes).toContainEqual(expect.stringMatching(/source\.disk.*Its size is known only when EC2 has imported it/));
});

test('the same file is up to date, and another file in its place is not', async () => {
  const simulation = withFile();
  expect(manifestIn(simulation, await build(simulation))).toMatchObject({ status: 'published' });
  expect(manifestIn(simulation, await build(simulation))).toMatchObject({ status: 'up-to-date' });
  simulation.cloud.addDiskFile(place, { usedGiB: 3 });
  expect(manifestIn(simulation, await build(simulation))).toMatchObject({ status: 'published' });
});

test('the answers of ImportSnapshot, CreateTags and RegisterImage can be lost: one task, one snapshot and one image are left', async () => {
  const api = ['ec2:ImportSnapshot', 'ec2:CreateTags', 'ec2:RegisterImage'].map(lost);
  for (const rates of [{}, { lateReads: 1 }]) {
    const simulation = withFile({}, { scenario: { api, rates } });
    expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
    expect([tasksOf(simulation).length, snapshotsAtHome(simulation).length]).toEqual([1, 1]);
  }
});

test.each<[string, Partial<DiskFile>, Setting, RegExp]>([
  ['of another format', { format: 'raw' }, {}, /import-snap-\w+ in us-east-1 is deleted: ClientError: Disk validation failed \[Unsupported VMDK file\]/],
  [
    'larger than the root volume of the recipe',
    { sizeGiB: 20 },
    { changes: { builder: { ...changes.builder, rootVolume: { ...changes.builder.rootVolume, sizeGiB: 8 } } } },
    /the disk in s3:\/\/disks\/web server\/2026\.vmdk#\w+ has 20 GiB, and builder\.rootVolume\.sizeGiB is 8/,
  ],
])('a file %s fails the build with the reason, and nothing is left', async (_, disk, setting, said) => {
  const simulation = withFile(disk, setting);
  expect(await build(simulation)).toMatchObject({ error: 'ImageFailed', cause: expect.stringMatching(said) });
  expect(leftIn(simulation)).toEqual(nothing);
});

test.each<[string, (simulation: Simulation) => void, string, RegExp]>([
  ['a file that is not there', ({ cloud }) => cloud.world.buckets.get('disks')!.objects.clear(), 'SourceNotFound', /there is no s3:\/\/disks\/web server\/2026\.vmdk/],
  ['a bucket that is not there', ({ cloud }) => void cloud.world.buckets.delete('disks'), 'SourceNotFound', /there is no bucket disks/],
  [
    'a bucket of somebody else',
    ({ cloud }) => void (cloud.world.buckets.get('disks')!.owner = '999988887777'),
    'SourceNotTrusted',
    /AccessDenied.*the bucket must be in us-east-1, belong to the account 222233334444/,
  ],
])('%s is refused before anything is made', async (_, spoil, error, said) => {
  const simulation = withFile();
  spoil(simulation);
  expect(await build(simulation)).toMatchObject({ error, cause: expect.stringMatching(said) });
  expect(called(simulation, 'ImportSnapshot')).toEqual([]);
});

test('without the role by which EC2 imports, the failure says what to do', async () => {
  const simulation = withFile();
  simulation.cloud.world.importRoles.clear();
  const { error, cause } = await build(simulation);
  expect([error, cause]).toEqual(['AwsRefused', expect.stringMatching(/service role vmimport .*; look at the role vmimport: docs\/registering\.md has its policies/)]);
});

test('the role can have another name', async () => {
  const disk = { ...changes.source.disk, importRole: 'disks' };
  const simulation = withFile({}, { changes: { source: { ...changes.source, disk } } });
  simulation.cloud.world.importRoles.add('disks');
  expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  expect(called(simulation, 'ImportSnapshot')).toMatchObject([{ params: { RoleName: 'disks' } }]);
});

test('a build that dies while EC2 imports is undone: the task is cancelled', async () => {
  const simulation = withFile({}, dies);
  expect(await build(simulation)).toMatchObject({ status: 'ABORTED' });
  await simulation.pass(4 * 3600);
  expect(tasksOf(simulation)).toMatchObject([{ state: 'deleted' }]);
  expect(leftIn(simulation)).toEqual(nothing);
  expect(onlyManifest(simulation)?.failure).toMatchObject({ undone: [expect.stringMatching(/^cancelled import import-snap-/)], left: [] });
});

const uncancelled = { ...dies.interfere, call: ({ action }: { action: string }) => (action === 'CancelImportTask' ? { error: 'InternalError', effect: false } : undefined) };

test('the snapshot that EC2 completes after the end of the build has no tags, and still goes with the clean-up', async () => {
  const simulation = withFile({}, { interfere: uncancelled });
  await build(simulation);
  await simulation.pass(4 * 3600);
  expect(tasksOf(simulation)).toMatchObject([{ state: 'completed' }]);
  expect(leftIn(simulation)).toEqual(nothing);
});

test('if nobody hears of the death, the sweep deletes that snapshot', async () => {
  const simulation = withFile({}, { ...dies, scenario: { rates: { eventsLost: 1 } } });
  await build(simulation);
  await simulation.pass(4 * 3600);
  expect(snapshotsAtHome(simulation)).toMatchObject([{ state: 'completed', tags: new Map() }]);
  await simulation.pass(9 * 86_400);
  await simulation.finish(simulation.sweep({ dryRun: false }));
  expect(leftIn(simulation)).toEqual(nothing);
});

test('the sweep cancels an import that takes longer than builds may live', async () => {
  const simulation = withFile({}, { ...dies, scenario: { rates: { eventsLost: 1 }, delays: { importSnapshot: 30 * 86_400 } } });
  await build(simulation);
  await simulation.pass(9 * 86_400);
  await simulation.finish(simulation.sweep({ dryRun: false }));
  await simulation.pass(60);
  expect(tasksOf(simulation)).toMatchObject([{ state: 'deleted' }]);
});

test.each<[string, object, string]>([
  ['with a snapshot beside it', { file, format: 'vmdk', snapshot: 'snap-0d15c0d15c0d15c00' }, 'source.disk.file: does not go with snapshot'],
  ['without a format', { file }, 'source.disk.format: is missing: say which format s3://disks/web server/2026.vmdk has'],
  ['of a format that EC2 does not import', { file, format: 'ova' }, 'source.disk.format: must be vmdk, vhd, raw, got "ova". Of an OVA take the VMDK inside'],
  ['that is no object', { file: 's3://disks/', format: 'raw' }, 'source.disk.file: must be the place of an object'],
  ['with a role by its ARN', { file, format: 'raw', importRole: 'arn:aws:iam::111122223333:role/x' }, 'source.disk.importRole: must be the name of a role'],
])('a file %s is refused', async (_, disk, said) => {
  const source = { disk: { ...disk, architecture: 'x86_64' }, owner: 'self' };
  const { error, cause } = await build(withFile({}, { changes: { source } }));
  expect([error, cause]).toEqual(['RecipeInvalid', expect.stringContaining(said)]);
});

test('a snapshot has no format and no role', async () => {
  const disk = { snapshot: 'snap-0d15c0d15c0d15c00', format: 'raw', importRole: 'x', architecture: 'x86_64' };
  const { cause } = await build(withFile({}, { changes: { source: { disk, owner: 'self' } } }));
  expect(cause).toMatch(/source\.disk\.format: is for a file.*\n.*source\.disk\.importRole: is for a file/);
});

test('a file in a bucket of another account is refused, with what to do', async () => {
  const { error, cause } = await build(withFile({}, { changes: { source: { ...changes.source, owner: '111122223333' } } }));
  expect([error, cause]).toEqual(['SourceNotTrusted', expect.stringMatching(/copy the file there, and say owner: self/)]);
});
