import { expect, test } from '@jest/globals';
import {
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  ModifyImageAttributeCommand,
} from '@aws-sdk/client-ec2';
import { homeCaller } from '../../../lab.ts';
import { ireland, workbench } from '../builder.ts';

test('an image is pending while its snapshots are made, then available', async () => {
  const { create, look, snapshots, wait, InstanceId } = await workbench();
  const id = await create({
    TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: 'golden:build', Value: 'b1' }] }],
  });
  const pending = await look(id);
  expect(pending).toMatchObject({
    State: 'pending',
    SourceInstanceId: InstanceId,
    OwnerId: homeCaller.account,
    Public: false,
  });
  expect(pending!.BlockDeviceMappings![0]!.Ebs!.SnapshotId).toBeUndefined();
  const description = `Created by CreateImage(${InstanceId}) for ${id}`;
  const tags = [{ Key: 'golden:build', Value: 'b1' }];
  expect(await snapshots()).toMatchObject([
    { State: 'pending', Description: description, Encrypted: true, Tags: tags },
  ]);
  await wait(200);
  const [snapshot] = await snapshots();
  expect(snapshot).toMatchObject({ State: 'completed', Progress: '100%' });
  expect(await look(id)).toMatchObject({
    State: 'available',
    BlockDeviceMappings: [{ Ebs: { SnapshotId: snapshot!.SnapshotId, Encrypted: true } }],
  });
});

test('a name is taken until its image is deregistered, and the refusal says by which', async () => {
  const { create, send } = await workbench();
  const id = await create();
  await expect(create()).rejects.toMatchObject({
    name: 'InvalidAMIName.Duplicate',
    message: expect.stringContaining(id),
  });
  await send((ec2) => ec2.send(new DeregisterImageCommand({ ImageId: id })));
  await create();
});

test('a copy keeps the disk’s size, changes its key and starts unshared and untagged', async () => {
  const { create, copy, look, snapshots, wait, cloud } = await workbench();
  const source = await create({
    TagSpecifications: [{ ResourceType: 'image', Tags: [{ Key: 'team', Value: 'platform' }] }],
  });
  await wait(200);
  const id = await copy(source, { Encrypted: true, KmsKeyId: 'alias/golden-eu' });
  await wait(300);
  const image = await look(id, ireland);
  expect(image).toMatchObject({
    State: 'available',
    SourceImageId: source,
    SourceImageRegion: 'us-east-1',
    Name: 'al2023-base-1',
  });
  expect(image!.Tags).toBeUndefined();
  const KmsKeyId = cloud.keys.get('eu-west-1')!.get('alias/golden-eu')!.arn;
  expect(await snapshots(ireland)).toMatchObject([{ KmsKeyId, VolumeSize: 8, State: 'completed' }]);
});

test('a copy’s client token makes a repeated request the same copy', async () => {
  const { create, copy, wait } = await workbench();
  const source = await create();
  await expect(copy(source)).rejects.toMatchObject({ name: 'InvalidRequest' });
  await wait(200);
  const first = await copy(source, { ClientToken: 'b1-eu-west-1' });
  expect(await copy(source, { ClientToken: 'b1-eu-west-1' })).toBe(first);
  expect(await copy(source)).not.toBe(first);
  await expect(copy(source, { ClientToken: 'b1-eu-west-1', Name: 'other' })).rejects.toMatchObject({
    name: 'IdempotentParameterMismatch',
  });
});

test('a key the target region does not have fails the copy later, not the call', async () => {
  const { create, copy, look, wait } = await workbench();
  const source = await create();
  await wait(200);
  const id = await copy(source, { Encrypted: true, KmsKeyId: 'alias/golden' });
  expect(await look(id, ireland)).toMatchObject({ State: 'pending' });
  await wait(60);
  expect(await look(id, ireland)).toMatchObject({
    State: 'failed',
    StateReason: { Message: 'Given key ID is not accessible' },
  });
});

test('deregistering takes the snapshots along when asked, and is not done twice', async () => {
  const { create, snapshots, wait, send, look } = await workbench();
  const ImageId = await create();
  await wait(200);
  const SnapshotId = (await snapshots())[0]!.SnapshotId!;
  const remove = () => send((ec2) => ec2.send(new DeleteSnapshotCommand({ SnapshotId })));
  await expect(remove()).rejects.toMatchObject({ name: 'InvalidSnapshot.InUse' });
  const deregister = () =>
    send((ec2) => ec2.send(new DeregisterImageCommand({ ImageId, DeleteAssociatedSnapshots: true })));
  expect((await deregister()).DeleteSnapshotResults).toEqual([{ SnapshotId, ReturnCode: 'success' }]);
  expect(await look(ImageId)).toBeUndefined();
  await expect(deregister()).rejects.toMatchObject({ name: 'InvalidAMIID.Unavailable' });
  await expect(remove()).rejects.toMatchObject({ name: 'InvalidSnapshot.NotFound' });
});

test('a pending copy that is deregistered never becomes available', async () => {
  const { create, copy, wait, run, ec2, snapshots, look } = await workbench();
  const source = await create();
  await wait(200);
  const ImageId = await copy(source);
  await run(() => ec2(ireland).send(new DeregisterImageCommand({ ImageId })));
  await wait(600);
  expect(await look(ImageId, ireland)).toBeUndefined();
  expect(await snapshots(ireland)).toHaveLength(1);
});

test('IMDSv2 is not inherited from the instance, is set once and kept by copies', async () => {
  const { create, copy, look, wait, send } = await workbench();
  const ImageId = await create();
  await wait(200);
  expect((await look(ImageId))!.ImdsSupport).toBeUndefined();
  const both = { ImageId, ImdsSupport: { Value: 'v2.0' }, Description: { Value: 'x' } };
  await expect(send((ec2) => ec2.send(new ModifyImageAttributeCommand(both)))).rejects.toMatchObject({
    name: 'InvalidParameterCombination',
  });
  await send((ec2) => ec2.send(new ModifyImageAttributeCommand({ ImageId, ImdsSupport: { Value: 'v2.0' } })));
  const id = await copy(ImageId);
  await wait(300);
  expect((await look(id, ireland))!.ImdsSupport).toBe('v2.0');
});

test('a public look-alike of another owner shows up by name but not by owner', async () => {
  const { cloud, send } = await workbench();
  cloud.addImage({
    name: 'al2023-ami-2099.1.1.0-kernel-6.12-x86_64',
    owner: '666666666666',
    region: 'us-east-1',
    public: true,
  });
  const owners = async (Owners?: string[]) => {
    const Filters = [{ Name: 'name', Values: ['al2023-ami-*-kernel-*-x86_64'] }];
    const { Images } = await send((ec2) => ec2.send(new DescribeImagesCommand({ Filters, ...(Owners && { Owners }) })));
    return [...new Set(Images!.map((image) => image.OwnerId))].toSorted((a, b) => (a! < b! ? -1 : 1));
  };
  expect(await owners()).toContain('666666666666');
  // Amazon ECS has images of Amazon Linux, too.
  expect(await owners(['amazon'])).toEqual(['137112412989', '591542846629']);
});
