import { expect, test } from '@jest/globals';
import {
  CopyImageCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeImageAttributeCommand,
  DescribeSnapshotAttributeCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
  ResetImageAttributeCommand,
  ResetSnapshotAttributeCommand,
} from '@aws-sdk/client-ec2';
import { homeCaller } from '../../../lab.ts';
import { stranger, workbench } from '../builder.ts';

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
  expect(await look(id, stranger)).toMatchObject({ ImageId: id, OwnerId: homeCaller.account });
  const permissions = await send((ec2) =>
    ec2.send(new DescribeImageAttributeCommand({ ImageId: id, Attribute: 'launchPermission' })),
  );
  expect(permissions.LaunchPermissions).toEqual([{ UserId: stranger.account }]);
});

test('a reset takes an image and its snapshot back from everybody, and may be said twice', async () => {
  const { create, look, snapshots, wait, send } = await workbench();
  const ImageId = await create();
  const reset = () =>
    send((ec2) => ec2.send(new ResetImageAttributeCommand({ ImageId, Attribute: 'launchPermission' })));
  await expect(reset()).rejects.toMatchObject({ name: 'InvalidAMIID.Unavailable' });
  await wait(200);
  const SnapshotId = (await snapshots())[0]!.SnapshotId!;
  const Add = [{ UserId: stranger.account }];
  const CreateVolumePermission = { Add };
  await send((ec2) => ec2.send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add } })));
  await send((ec2) => ec2.send(new ModifySnapshotAttributeCommand({ SnapshotId, CreateVolumePermission })));
  const Attribute = 'createVolumePermission' as const;
  for (const _ of [1, 2]) {
    await reset();
    await send((ec2) => ec2.send(new ResetSnapshotAttributeCommand({ SnapshotId, Attribute })));
    await expect(look(ImageId, stranger)).rejects.toMatchObject({ name: 'InvalidAMIID.NotFound' });
    const attribute = new DescribeSnapshotAttributeCommand({ SnapshotId, Attribute });
    expect((await send((ec2) => ec2.send(attribute))).CreateVolumePermissions).toEqual([]);
  }
});

test('tags of several things are written and deleted together or not at all, and what is not there is deleted, too', async () => {
  const { create, look, snapshots, wait, send } = await workbench();
  const ami = await create();
  await wait(200);
  const snapshot = (await snapshots())[0]!.SnapshotId!;
  const Tags = [{ Key: 'golden:expires', Value: 'soon' }];
  const tagsNow = async () => [(await look(ami))!.Tags, (await snapshots())[0]!.Tags];
  const write = (Resources: string[], more = Tags) =>
    send((ec2) => ec2.send(new CreateTagsCommand({ Resources, Tags: more })));
  const remove = (Resources: string[], more: object[]) =>
    send((ec2) => ec2.send(new DeleteTagsCommand({ Resources, Tags: more })));
  const gone = { name: 'InvalidSnapshot.NotFound' };
  await expect(write([ami, 'snap-0123456789abcdef0'])).rejects.toMatchObject(gone);
  await expect(write([ami], [])).rejects.toMatchObject({ name: 'MissingParameter' });
  await expect(write([])).rejects.toMatchObject({ name: 'MissingParameter' });
  expect(await tagsNow()).toEqual([undefined, undefined]);
  await write([ami, snapshot]);
  await expect(remove([ami, 'snap-0123456789abcdef0'], [{ Key: 'golden:expires' }])).rejects.toMatchObject(gone);
  await remove([ami, snapshot], [{ Key: 'golden:expires', Value: 'later' }]);
  expect(await tagsNow()).toEqual([Tags, Tags]);
  for (const _ of [1, 2]) await remove([ami, snapshot], [{ Key: 'golden:expires' }]);
  expect(await tagsNow()).toEqual([undefined, undefined]);
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
      ec2(stranger).send(
        new CopyImageCommand({ SourceImageId: ImageId, SourceRegion: homeCaller.region, Name: 'mine' }),
      ),
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
