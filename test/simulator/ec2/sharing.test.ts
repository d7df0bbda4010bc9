import { expect, test } from '@jest/globals';
import {
  CopyImageCommand,
  DescribeImageAttributeCommand,
  DescribeSnapshotAttributeCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
} from '@aws-sdk/client-ec2';
import { home } from '../lab.ts';
import { stranger, workbench } from './builder.ts';

test('an image is seen by other accounts once it is shared with them', async () => {
  const { create, look, wait, send } = await workbench();
  const id = await create();
  const share = () =>
    send((ec2) =>
      ec2.send(
        new ModifyImageAttributeCommand({ ImageId: id, LaunchPermission: { Add: [{ UserId: stranger.account }] } }),
      ),
    );
  await expect(share()).rejects.toMatchObject({ name: 'InvalidAMIID.Unavailable' });
  await wait(200);
  await expect(look(id, stranger)).rejects.toMatchObject({ name: 'InvalidAMIID.NotFound' });
  await share();
  await share();
  expect(await look(id, stranger)).toMatchObject({ ImageId: id, OwnerId: home.account });
  const permissions = await send((ec2) =>
    ec2.send(new DescribeImageAttributeCommand({ ImageId: id, Attribute: 'launchPermission' })),
  );
  expect(permissions.LaunchPermissions).toEqual([{ UserId: stranger.account }]);
});

test('an image or snapshot under the default key cannot be shared', async () => {
  const { create, snapshots, wait, send } = await workbench('alias/aws/ebs');
  const ImageId = await create();
  await wait(200);
  const Add = [{ UserId: stranger.account }];
  const share = send((ec2) => ec2.send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add } })));
  await expect(share).rejects.toMatchObject({ name: 'InvalidParameter' });
  const SnapshotId = (await snapshots())[0]!.SnapshotId!;
  const shareSnapshot = send((ec2) =>
    ec2.send(new ModifySnapshotAttributeCommand({ SnapshotId, CreateVolumePermission: { Add } })),
  );
  await expect(shareSnapshot).rejects.toMatchObject({ name: 'OperationNotPermitted' });
});

test('another account copies a shared image only when its snapshots are shared too', async () => {
  const { create, snapshots, wait, send, run, ec2 } = await workbench();
  const ImageId = await create();
  await wait(200);
  const Add = [{ UserId: stranger.account }];
  await send((client) => client.send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add } })));
  const copy = () =>
    run(() =>
      ec2(stranger).send(new CopyImageCommand({ SourceImageId: ImageId, SourceRegion: home.region, Name: 'mine' })),
    );
  await expect(copy()).rejects.toMatchObject({ name: 'InvalidRequest' });
  const SnapshotId = (await snapshots())[0]!.SnapshotId!;
  await send((client) =>
    client.send(new ModifySnapshotAttributeCommand({ SnapshotId, CreateVolumePermission: { Add } })),
  );
  const attribute = new DescribeSnapshotAttributeCommand({ SnapshotId, Attribute: 'createVolumePermission' });
  expect((await send((client) => client.send(attribute))).CreateVolumePermissions).toEqual(Add);
  await copy();
});
