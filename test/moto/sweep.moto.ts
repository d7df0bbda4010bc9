import { keyOf } from '../../core/memory/documents.ts';
import {
  CreateImageCommand,
  CreateSnapshotCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  RegisterImageCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { SweepOutcome } from '../../core/sweep/sweep-report.ts';
import { motoHome, openLab, type Lab } from './lab.ts';
import { refusedCalls } from './roles.ts';
import { motoAccount } from './wire.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.stop());

const build = '20261101-030000-dead';
const copy = 'eu-west-1';
const tags = (expires: string) =>
  Object.entries({ 'golden:recipe': 'orphans', 'golden:build': build, 'golden:expires': expires }).map(
    ([Key, Value]) => ({ Key, Value }),
  );
const [past, future] = [tags('2026-01-01T00:00:00.000Z'), tags('2999-01-01T00:00:00.000Z')];

/** An instance, a volume, an AMI and a snapshot without one, of a build whose execution nobody knows any more. */
async function orphans() {
  const [ec2, away] = [lab.ec2(motoHome), lab.ec2(copy)];
  const source = await ec2.send(new RegisterImageCommand({ Name: 'source' }));
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: source.ImageId,
      InstanceType: 't3.small',
      MinCount: 1,
      MaxCount: 1,
      TagSpecifications: [{ ResourceType: 'instance', Tags: past }],
    }),
  );
  const instance = Instances[0]?.InstanceId ?? '';
  const { ImageId: ami = '' } = await ec2.send(new CreateImageCommand({ InstanceId: instance, Name: 'orphan' }));
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [ami] }));
  const snapshot = Images[0]?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '';
  await ec2.send(new CreateTagsCommand({ Resources: [ami, snapshot], Tags: past }));
  const volume = async (Tags: typeof past) =>
    (
      await away.send(
        new CreateVolumeCommand({
          AvailabilityZone: `${copy}a`,
          Size: 8,
          TagSpecifications: [{ ResourceType: 'volume', Tags }],
        }),
      )
    ).VolumeId ?? '';
  const [gone, kept] = [await volume(past), await volume(future)];
  const single = await away.send(
    new CreateSnapshotCommand({ VolumeId: kept, TagSpecifications: [{ ResourceType: 'snapshot', Tags: past }] }),
  );
  return { found: [instance, gone, ami, snapshot, single.SnapshotId ?? ''], kept };
}

async function presentIn(region: string): Promise<string[]> {
  const ec2 = lab.ec2(region);
  const Filters = [{ Name: 'tag:golden:build', Values: [build] }];
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }));
  const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({ Filters }));
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Filters }));
  const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ Filters }));
  const living = Reservations.flatMap(({ Instances = [] }) => Instances).filter(
    ({ State }) => State?.Name === 'running',
  );
  return [
    ...living.map(({ InstanceId = '' }) => InstanceId),
    ...Volumes.map(({ VolumeId = '' }) => VolumeId),
    ...Images.map(({ ImageId = '' }) => ImageId),
    ...Snapshots.map(({ SnapshotId = '' }) => SnapshotId),
  ];
}
const present = async () => [...(await presentIn(motoHome)), ...(await presentIn(copy))].toSorted();

test('a dry run of the sweep finds orphans in two regions, and the sweep removes them and nothing else', async () => {
  const { found, kept } = await orphans();
  const machine = await lab.deploy('sweep', { machine: 'sweep' });
  const sweep = async (name: string, input: object) => {
    const { status, output, error, cause } = await lab.finish(await lab.start(machine, name, input));
    expect({ status, error, cause }).toEqual({ status: 'SUCCEEDED' });
    return JSON.parse(output ?? '') as SweepOutcome;
  };

  // Without a record of its build nothing is ours to remove.
  const unknown = await sweep('unknown', {});
  expect([unknown.counts.removed, await present()]).toEqual([0, [...found, kept].toSorted()]);

  const execution = `arn:aws:states:${motoHome}:${motoAccount}:execution:golden-image-sweep-build-image:forgotten`;
  await lab.keep(keyOf({ recipe: 'orphans', build }, 'owner'), { execution, build });
  const dry = await sweep('dry', { dryRun: true });
  expect(dry.wouldRemove.map(({ id }) => id).toSorted()).toEqual(found.toSorted());
  expect(await present()).toEqual([...found, kept].toSorted());

  const outcome = await sweep('real', {});
  expect(outcome.removed.map(({ id }) => id).toSorted()).toEqual(found.toSorted());
  expect(outcome.spared).toContainEqual(expect.objectContaining({ id: kept, reason: 'kept until 2999-01-01T00:00Z' }));
  expect(await present()).toEqual([kept]);
  expect(JSON.parse((await lab.artifact(outcome.report.replace(/^s3:\/\/[^/]+\//, ''))) ?? '')).toMatchObject({
    removed: outcome.removed,
  });
  expect((await sweep('again', {})).counts).toMatchObject({ removed: 0, refused: 0, left: 0 });

  expect([...lab.layer.seen.keys()]).toContain('sweep'); // and `wake`, which hears of what the sweep removes
  expect(refusedCalls(lab)).toEqual([]);
});
