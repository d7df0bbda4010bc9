import {
  CopyImageCommand,
  CreateImageCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  GetEbsDefaultKmsKeyIdCommand,
  GetEbsEncryptionByDefaultCommand,
  RunInstancesCommand,
  type EbsBlockDevice,
} from '@aws-sdk/client-ec2';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { expect, test } from '@jest/globals';
import { managedKeyArn } from '../../../../../simulator/aws/keys.ts';
import { homeCaller, lab } from '../../../lab.ts';

const [ireland, stranger] = [{ ...homeCaller, region: 'eu-west-1' }, '999999999999'];
const keys = { 'us-east-1': ['alias/one', 'alias/two'], 'eu-west-1': ['alias/golden-eu'] };

/** An account with some defaults, and an image of one disk in its home region under a key, or none. */
function account(encryption: object[], source: { owner?: string; key?: string | undefined } = {}) {
  const all = lab({ keys, scenario: { encryption } });
  const { cloud, run } = all;
  const arn = (name: string, at = homeCaller) =>
    name === 'aws/ebs' ? managedKeyArn(at.region, at.account) : cloud.keys.get(at.region)!.get(name)!.arn;
  const image = cloud.addImage({
    region: homeCaller.region,
    owner: source.owner ?? homeCaller.account,
    name: 'base',
    public: true,
  });
  const snapshot = cloud.world.region(homeCaller.region).snapshots.get(image.mappings[0]!.snapshot!)!;
  Object.assign(snapshot, { owner: image.owner, keyArn: source.key && arn(source.key) });
  const launch = (Ebs: EbsBlockDevice = {}) =>
    run(() =>
      all.ec2().send(
        new RunInstancesCommand({
          ImageId: image.id,
          InstanceType: 't3.small',
          MinCount: 1,
          MaxCount: 1,
          BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs }],
        }),
      ),
    );
  return { ...all, arn, image, launch };
}

const on = [{}];
test.each<[string, object[], { owner?: string; key?: string }, EbsBlockDevice, string | undefined]>([
  ['a plain snapshot stays plain', [], {}, {}, undefined],
  ['a plain snapshot is encrypted by default', on, {}, {}, 'aws/ebs'],
  ['a request for a plain volume is encrypted by default', on, {}, { Encrypted: false }, 'aws/ebs'],
  ['the account’s own default key is used', [{ key: 'alias/two' }], {}, {}, 'alias/two'],
  ['a request without a key means the default key', [], {}, { Encrypted: true }, 'aws/ebs'],
  ['a plain snapshot goes under the key asked for', on, {}, { Encrypted: true, KmsKeyId: 'alias/one' }, 'alias/one'],
  ['an own snapshot keeps its key', on, { key: 'alias/one' }, {}, 'alias/one'],
  [
    'an own snapshot keeps its key when encryption is asked for',
    [],
    { key: 'alias/one' },
    { Encrypted: true },
    'alias/one',
  ],
  ['a snapshot is encrypted anew', [], { key: 'alias/one' }, { Encrypted: true, KmsKeyId: 'alias/two' }, 'alias/two'],
  ['a shared snapshot goes under the default key', [], { owner: stranger, key: 'alias/one' }, {}, 'aws/ebs'],
])('RunInstances: %s', async (_, encryption, source, Ebs, key) => {
  const { launch, run, ec2, arn } = account(encryption, source);
  await launch(Ebs);
  const { Volumes } = await run(() => ec2().send(new DescribeVolumesCommand({})));
  expect(Volumes).toMatchObject([{ Encrypted: key !== undefined }]);
  expect(Volumes![0]!.KmsKeyId).toBe(key && arn(key));
});

test.each<[string, object[], object, string | undefined]>([
  ['stays plain', [], {}, undefined],
  ['is encrypted where its region does so by default', [{ region: 'eu-west-1' }], {}, 'aws/ebs'],
  ['is under that region’s default key', [{ region: 'eu-west-1', key: 'alias/golden-eu' }], {}, 'alias/golden-eu'],
  ['is under the key asked for', on, { Encrypted: true, KmsKeyId: 'alias/golden-eu' }, 'alias/golden-eu'],
])('a copy of a plain image %s', async (_, encryption, request, key) => {
  const { run, ec2, arn, image } = account(encryption);
  const command = new CopyImageCommand({
    SourceImageId: image.id,
    SourceRegion: homeCaller.region,
    Name: 'copy',
    ...request,
  });
  await run(() => ec2(ireland).send(command));
  const { Snapshots } = await run(() => ec2(ireland).send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] })));
  expect(Snapshots![0]!.KmsKeyId).toBe(key && arn(key, ireland));
});

test('a scenario lets images and copies come out under another key', async () => {
  const all = account([], { key: 'alias/one' });
  const { run, ec2, arn, launch, image } = all;
  all.cloud.world.scenario.images.push({ region: 'us-east-1', name: 'made', key: 'alias/two' });
  all.cloud.world.scenario.images.push({ region: 'eu-west-1', name: 'copied', key: 'alias/aws/ebs' });
  const InstanceId = (await launch()).Instances![0]!.InstanceId!;
  await all.wait(60);
  await run(() => ec2().send(new CreateImageCommand({ InstanceId, Name: 'made' })));
  const copy = { SourceImageId: image.id, SourceRegion: homeCaller.region, Name: 'copied' };
  await run(() => ec2(ireland).send(new CopyImageCommand({ ...copy, Encrypted: true, KmsKeyId: 'alias/golden-eu' })));
  const under = async (at: typeof homeCaller) =>
    (await run(() => ec2(at).send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] })))).Snapshots!.map(
      ({ KmsKeyId }) => KmsKeyId,
    );
  expect(await under(homeCaller)).toContain(arn('alias/two'));
  expect(await under(ireland)).toEqual([arn('aws/ebs', ireland)]);
});

test('EC2 tells an account’s defaults, and KMS what key a name means', async () => {
  const { run, ec2, cloud, arn } = account([{ region: 'us-east-1', key: 'alias/two' }]);
  const answers = await run(() =>
    Promise.all(
      [homeCaller, ireland].flatMap((at): Promise<object>[] => [
        ec2(at).send(new GetEbsEncryptionByDefaultCommand({})),
        ec2(at).send(new GetEbsDefaultKmsKeyIdCommand({})),
      ]),
    ),
  );
  expect(answers).toMatchObject([
    { EbsEncryptionByDefault: true },
    { KmsKeyId: 'alias/two' },
    { EbsEncryptionByDefault: false },
    { KmsKeyId: 'alias/aws/ebs' },
  ]);
  const kms = cloud.attach(new KMSClient({ region: 'us-east-1' }), homeCaller);
  const describe = (KeyId: string) => run(() => kms.send(new DescribeKeyCommand({ KeyId })));
  for (const name of ['alias/two', arn('alias/two'), arn('alias/two').split('/')[1]!])
    expect((await describe(name)).KeyMetadata).toMatchObject({ Arn: arn('alias/two'), KeyManager: 'CUSTOMER' });
  expect((await describe('alias/aws/ebs')).KeyMetadata).toMatchObject({ Arn: arn('aws/ebs'), KeyManager: 'AWS' });
  await expect(describe('alias/golden-eu')).rejects.toMatchObject({ name: 'NotFoundException' });
});
