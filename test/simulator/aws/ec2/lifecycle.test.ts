import { expect, test } from '@jest/globals';
import {
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DisableImageCommand,
  DisableImageDeprecationCommand,
  DisableImageDeregistrationProtectionCommand,
  EnableImageCommand,
  EnableImageDeprecationCommand,
  EnableImageDeregistrationProtectionCommand,
  ListImagesInRecycleBinCommand,
  ListSnapshotsInRecycleBinCommand,
  ModifyImageAttributeCommand,
  RestoreImageFromRecycleBinCommand,
  RestoreSnapshotFromRecycleBinCommand,
} from '@aws-sdk/client-ec2';
import { homeCaller } from '../../lab.ts';
import { stranger, workbench } from './builder.ts';

const day = 86_400;

/** An available image, and its one snapshot. */
async function imageIn(bench: Awaited<ReturnType<typeof workbench>>) {
  const ImageId = await bench.create();
  await bench.wait(200);
  return { ImageId, SnapshotId: (await bench.snapshots())[0]!.SnapshotId! };
}

test('a deprecated image is hidden from the lists of others, and shown to its owner', async () => {
  const bench = await workbench();
  const { send, wait, run, ec2, clock } = bench;
  const { ImageId } = await imageIn(bench);
  const Add = [{ UserId: stranger.account }];
  await send((client) => client.send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add } })));
  const listed = async (client = bench.client) =>
    (await run(() => client.send(new DescribeImagesCommand({ Owners: [homeCaller.account] })))).Images!.length;
  const at = new Date(clock.now() + 90_500);
  await send((client) => client.send(new EnableImageDeprecationCommand({ ImageId, DeprecateAt: at })));
  const shown = await bench.look(ImageId);
  expect(Date.parse(shown!.DeprecationTime!) % 60_000).toBe(0);
  expect([await listed(), await listed(ec2(stranger))]).toEqual([1, 1]);
  await wait(180);
  expect([await listed(), await listed(ec2(stranger))]).toEqual([1, 0]);
  expect(await bench.look(ImageId, stranger)).toMatchObject({ ImageId });
  await send((client) => client.send(new DisableImageDeprecationCommand({ ImageId })));
  expect(await listed(ec2(stranger))).toBe(1);
});

test('a date of deprecation lies between now and ten years from now', async () => {
  const bench = await workbench();
  const { ImageId } = await imageIn(bench);
  const deprecate = (DeprecateAt: Date) =>
    bench.send((client) => client.send(new EnableImageDeprecationCommand({ ImageId, DeprecateAt })));
  const inDays = (days: number) => new Date(bench.clock.now() + days * day * 1000);
  await expect(deprecate(inDays(-1))).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  await expect(deprecate(inDays(3700))).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  await deprecate(inDays(3600));
});

test('a disabled image keeps its snapshots and its deprecation, and can be deregistered', async () => {
  const bench = await workbench();
  const { ImageId, SnapshotId } = await imageIn(bench);
  const { send } = bench;
  await send((client) => client.send(new DisableImageCommand({ ImageId })));
  await expect(send((client) => client.send(new DeleteSnapshotCommand({ SnapshotId })))).rejects.toMatchObject({
    name: 'InvalidSnapshot.InUse',
  });
  await expect(
    send((client) => client.send(new EnableImageDeprecationCommand({ ImageId, DeprecateAt: new Date(4e12) }))),
  ).rejects.toMatchObject({ name: 'InvalidAMIID.Unavailable' });
  await send((client) => client.send(new DeregisterImageCommand({ ImageId, DeleteAssociatedSnapshots: true })));
  expect(await bench.snapshots()).toEqual([]);
  await expect(send((client) => client.send(new EnableImageCommand({ ImageId })))).rejects.toMatchObject({
    name: 'InvalidAMIID.Unavailable',
  });
});

test('a protected image is not deregistered, and with a cooldown not for 24 hours after its protection ended', async () => {
  const bench = await workbench();
  const { ImageId } = await imageIn(bench);
  const { send, wait } = bench;
  const deregister = () => send((client) => client.send(new DeregisterImageCommand({ ImageId })));
  const refused = { name: 'OperationNotPermitted' };
  const protect = new EnableImageDeregistrationProtectionCommand({ ImageId, WithCooldown: true });
  expect(await send((client) => client.send(protect))).toMatchObject({ Return: 'enabled-with-cooldown' });
  expect(await bench.look(ImageId)).toMatchObject({ DeregistrationProtection: 'enabled-with-cooldown' });
  await expect(deregister()).rejects.toMatchObject(refused);
  for (const _ of [1, 2]) {
    await send((client) => client.send(new DisableImageDeregistrationProtectionCommand({ ImageId })));
    expect(await bench.look(ImageId)).toMatchObject({ DeregistrationProtection: 'disabled' });
    await wait(day / 2 - 60);
    await expect(deregister()).rejects.toMatchObject(refused);
  }
  await wait(180);
  await deregister();
});

test('the Recycle Bin keeps what its rules match, and gives an image back after its snapshots', async () => {
  const rules = {
    recycleBin: [
      { kind: 'image', days: 7 },
      { kind: 'snapshot', days: 3 },
      { kind: 'snapshot', days: 9 },
    ],
  };
  const bench = await workbench('alias/golden', { scenario: rules });
  const { ImageId, SnapshotId } = await imageIn(bench);
  const { send, wait } = bench;
  const answer = await send((client) =>
    client.send(new DeregisterImageCommand({ ImageId, DeleteAssociatedSnapshots: true })),
  );
  expect(answer.DeleteSnapshotResults).toEqual([{ SnapshotId, ReturnCode: 'success' }]);
  const images = async () => (await send((client) => client.send(new ListImagesInRecycleBinCommand({})))).Images!;
  const snapshots = async () =>
    (await send((client) => client.send(new ListSnapshotsInRecycleBinCommand({})))).Snapshots!;
  const [kept] = await snapshots();
  expect(kept).toMatchObject({ SnapshotId });
  expect(kept!.RecycleBinExitTime!.getTime() - kept!.RecycleBinEnterTime!.getTime()).toBe(9 * day * 1000);
  expect(await images()).toMatchObject([{ ImageId, Name: 'al2023-base-1' }]);
  const restoreImage = () => send((client) => client.send(new RestoreImageFromRecycleBinCommand({ ImageId })));
  await expect(restoreImage()).rejects.toMatchObject({ name: 'InvalidSnapshot.NotFound' });
  await send((client) => client.send(new RestoreSnapshotFromRecycleBinCommand({ SnapshotId })));
  await restoreImage();
  expect(await bench.look(ImageId)).toMatchObject({ State: 'available' });
  expect([await images(), await snapshots()]).toEqual([[], []]);
  await send((client) => client.send(new DeregisterImageCommand({ ImageId })));
  await wait(8 * day);
  expect(await images()).toEqual([]);
  await expect(restoreImage()).rejects.toMatchObject({ name: 'InvalidAMIID.NotFound' });
});

test('a snapshot that EC2 fails to delete with its image says why and stays', async () => {
  const bench = await workbench('alias/golden', { scenario: { undeleted: [{ code: 'internal-error' }] } });
  const { ImageId, SnapshotId } = await imageIn(bench);
  const answer = await bench.send((client) =>
    client.send(new DeregisterImageCommand({ ImageId, DeleteAssociatedSnapshots: true })),
  );
  expect(answer.DeleteSnapshotResults).toEqual([{ SnapshotId, ReturnCode: 'internal-error' }]);
  expect(await bench.snapshots()).toMatchObject([{ SnapshotId }]);
});
