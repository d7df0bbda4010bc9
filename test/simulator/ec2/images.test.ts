import { expect, test } from '@jest/globals';
import { CopyImageCommand, CreateImageCommand, DeleteSnapshotCommand, DeregisterImageCommand, DescribeImageAttributeCommand, DescribeImagesCommand, DescribeSnapshotAttributeCommand, DescribeSnapshotsCommand, ModifyImageAttributeCommand, ModifySnapshotAttributeCommand, RunInstancesCommand, StopInstancesCommand, type CopyImageCommandInput, type CreateImageCommandInput } from '@aws-sdk/client-ec2'; // prettier-ignore
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { home, lab } from '../lab.ts';

const al2023 = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';
const ireland = { ...home, region: 'eu-west-1' };
const stranger = { ...home, account: '999999999999' };

/** A stopped builder with an encrypted root volume, and verbs on it. */
async function workbench(keyOfBuilder = 'alias/golden') {
  const all = lab({ keys: { 'us-east-1': ['alias/golden'], 'eu-west-1': ['alias/golden-eu'] } });
  const { run, wait } = all;
  const ec2 = all.ec2();
  const { Parameter } = await run(() => all.ssm().send(new GetParameterCommand({ Name: al2023 })));
  const root = { DeviceName: '/dev/xvda', Ebs: { Encrypted: true, KmsKeyId: keyOfBuilder } };
  const launch = new RunInstancesCommand({ ImageId: Parameter!.Value!, InstanceType: 't3.small', MinCount: 1, MaxCount: 1, BlockDeviceMappings: [root] }); // prettier-ignore
  const InstanceId = (await run(() => ec2.send(launch))).Instances![0]!.InstanceId!;
  await wait(30);
  await run(() => ec2.send(new StopInstancesCommand({ InstanceIds: [InstanceId] })));
  await wait(120);
  const create = async (more: Partial<CreateImageCommandInput> = {}) =>
    (await run(() => ec2.send(new CreateImageCommand({ InstanceId, Name: 'al2023-base-1', ...more })))).ImageId!;
  const copy = async (SourceImageId: string, more: Partial<CopyImageCommandInput> = {}) =>
    (await run(() => all.ec2(ireland).send(new CopyImageCommand({ SourceImageId, SourceRegion: home.region, Name: 'al2023-base-1', ...more })))).ImageId!; // prettier-ignore
  const look = async (id: string, at = home) =>
    (await run(() => all.ec2(at).send(new DescribeImagesCommand({ ImageIds: [id] })))).Images![0];
  const snapshots = async (at = home) =>
    (await run(() => all.ec2(at).send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] })))).Snapshots!;
  const send = <Result>(work: (client: typeof ec2) => Promise<Result>) => run(() => work(ec2));
  return { ...all, client: ec2, InstanceId, create, copy, look, snapshots, send };
}

test('an image is pending while its snapshots are made, then available', async () => {
  const { create, look, snapshots, wait, InstanceId } = await workbench();
  const id = await create({ TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: 'golden:build', Value: 'b1' }] }] }); // prettier-ignore
  const pending = await look(id);
  expect(pending).toMatchObject({ State: 'pending', SourceInstanceId: InstanceId, OwnerId: home.account, Public: false });
  expect(pending!.BlockDeviceMappings![0]!.Ebs!.SnapshotId).toBeUndefined();
  const description = `Created by CreateImage(${InstanceId}) for ${id}`;
  const tags = [{ Key: 'golden:build', Value: 'b1' }];
  expect(await snapshots()).toMatchObject([{ State: 'pending', Description: description, Encrypted: true, Tags: tags }]);
  await wait(200);
  const [snapshot] = await snapshots();
  expect(snapshot).toMatchObject({ State: 'completed', Progress: '100%' });
  expect(await look(id)).toMatchObject({ State: 'available', BlockDeviceMappings: [{ Ebs: { SnapshotId: snapshot!.SnapshotId, Encrypted: true } }] }); // prettier-ignore
});

test('a name is taken until its image is deregistered, and the refusal says by which', async () => {
  const { create, send } = await workbench();
  const id = await create();
  await expect(create()).rejects.toMatchObject({ name: 'InvalidAMIName.Duplicate', message: expect.stringContaining(id) });
  await send((ec2) => ec2.send(new DeregisterImageCommand({ ImageId: id })));
  await create();
});

test('a copy keeps the disk’s size, changes its key and starts unshared and untagged', async () => {
  const { create, copy, look, snapshots, wait, cloud } = await workbench();
  const source = await create({ TagSpecifications: [{ ResourceType: 'image', Tags: [{ Key: 'team', Value: 'platform' }] }] });
  await wait(200);
  const id = await copy(source, { Encrypted: true, KmsKeyId: 'alias/golden-eu' });
  await wait(300);
  const image = await look(id, ireland);
  expect(image).toMatchObject({ State: 'available', SourceImageId: source, SourceImageRegion: 'us-east-1', Name: 'al2023-base-1' }); // prettier-ignore
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
  await expect(copy(source, { ClientToken: 'b1-eu-west-1', Name: 'other' })).rejects.toMatchObject({ name: 'IdempotentParameterMismatch' }); // prettier-ignore
});

test('a key the target region does not have fails the copy later, not the call', async () => {
  const { create, copy, look, wait } = await workbench();
  const source = await create();
  await wait(200);
  const id = await copy(source, { Encrypted: true, KmsKeyId: 'alias/golden' });
  expect(await look(id, ireland)).toMatchObject({ State: 'pending' });
  await wait(60);
  expect(await look(id, ireland)).toMatchObject({ State: 'failed', StateReason: { Message: 'Given key ID is not accessible' } });
});

test('an image is seen by other accounts once it is shared with them', async () => {
  const { create, look, wait, send } = await workbench();
  const id = await create();
  const share = () => send((ec2) => ec2.send(new ModifyImageAttributeCommand({ ImageId: id, LaunchPermission: { Add: [{ UserId: stranger.account }] } }))); // prettier-ignore
  await expect(share()).rejects.toMatchObject({ name: 'InvalidAMIID.Unavailable' });
  await wait(200);
  await expect(look(id, stranger)).rejects.toMatchObject({ name: 'InvalidAMIID.NotFound' });
  await share();
  await share();
  expect(await look(id, stranger)).toMatchObject({ ImageId: id, OwnerId: home.account });
  const permissions = await send((ec2) => ec2.send(new DescribeImageAttributeCommand({ ImageId: id, Attribute: 'launchPermission' }))); // prettier-ignore
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
  const shareSnapshot = send((ec2) => ec2.send(new ModifySnapshotAttributeCommand({ SnapshotId, CreateVolumePermission: { Add } }))); // prettier-ignore
  await expect(shareSnapshot).rejects.toMatchObject({ name: 'OperationNotPermitted' });
});

test('another account copies a shared image only when its snapshots are shared too', async () => {
  const { create, snapshots, wait, send, run, ec2 } = await workbench();
  const ImageId = await create();
  await wait(200);
  const Add = [{ UserId: stranger.account }];
  await send((client) => client.send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add } })));
  const copy = () => run(() => ec2(stranger).send(new CopyImageCommand({ SourceImageId: ImageId, SourceRegion: home.region, Name: 'mine' }))); // prettier-ignore
  await expect(copy()).rejects.toMatchObject({ name: 'InvalidRequest' });
  const SnapshotId = (await snapshots())[0]!.SnapshotId!;
  await send((client) => client.send(new ModifySnapshotAttributeCommand({ SnapshotId, CreateVolumePermission: { Add } })));
  const attribute = new DescribeSnapshotAttributeCommand({ SnapshotId, Attribute: 'createVolumePermission' });
  expect((await send((client) => client.send(attribute))).CreateVolumePermissions).toEqual(Add);
  await copy();
});

test('deregistering takes the snapshots along when asked, and is not done twice', async () => {
  const { create, snapshots, wait, send, look } = await workbench();
  const ImageId = await create();
  await wait(200);
  const SnapshotId = (await snapshots())[0]!.SnapshotId!;
  const remove = () => send((ec2) => ec2.send(new DeleteSnapshotCommand({ SnapshotId })));
  await expect(remove()).rejects.toMatchObject({ name: 'InvalidSnapshot.InUse' });
  const deregister = () => send((ec2) => ec2.send(new DeregisterImageCommand({ ImageId, DeleteAssociatedSnapshots: true })));
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
  await expect(send((ec2) => ec2.send(new ModifyImageAttributeCommand(both)))).rejects.toMatchObject({ name: 'InvalidParameterCombination' }); // prettier-ignore
  await send((ec2) => ec2.send(new ModifyImageAttributeCommand({ ImageId, ImdsSupport: { Value: 'v2.0' } })));
  const id = await copy(ImageId);
  await wait(300);
  expect((await look(id, ireland))!.ImdsSupport).toBe('v2.0');
});

test('a public look-alike of another owner shows up by name but not by owner', async () => {
  const { cloud, send } = await workbench();
  cloud.addImage({ name: 'al2023-ami-2099.1.1.0-kernel-6.12-x86_64', owner: '666666666666', region: 'us-east-1', public: true });
  const owners = async (Owners?: string[]) => {
    const Filters = [{ Name: 'name', Values: ['al2023-ami-*-kernel-*-x86_64'] }];
    const { Images } = await send((ec2) => ec2.send(new DescribeImagesCommand({ Filters, ...(Owners && { Owners }) })));
    return [...new Set(Images!.map((image) => image.OwnerId))];
  };
  expect(await owners()).toContain('666666666666');
  expect(await owners(['amazon'])).toEqual(['137112412989']);
});
