import {
  CopyImageCommand,
  CreateImageCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  type CopyImageCommandInput,
  type CreateImageCommandInput,
} from '@aws-sdk/client-ec2';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { homeCaller, lab } from '../../lab.ts';

const al2023 = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';
export const ireland = { ...homeCaller, region: 'eu-west-1' };
export const stranger = { ...homeCaller, account: '999999999999' };

/** A stopped builder with an encrypted root volume, and verbs on it. */
export async function workbench(keyOfBuilder = 'alias/golden', more: { scenario?: object } = {}) {
  const all = lab({ ...more, keys: { 'us-east-1': ['alias/golden'], 'eu-west-1': ['alias/golden-eu'] } });
  const { run, wait } = all;
  const ec2 = all.ec2();
  const { Parameter } = await run(() => all.ssm().send(new GetParameterCommand({ Name: al2023 })));
  const root = { DeviceName: '/dev/xvda', Ebs: { Encrypted: true, KmsKeyId: keyOfBuilder } };
  const launch = new RunInstancesCommand({
    ImageId: Parameter!.Value!,
    InstanceType: 't3.small',
    MinCount: 1,
    MaxCount: 1,
    BlockDeviceMappings: [root],
  });
  const InstanceId = (await run(() => ec2.send(launch))).Instances![0]!.InstanceId!;
  await wait(30);
  await run(() => ec2.send(new StopInstancesCommand({ InstanceIds: [InstanceId] })));
  await wait(120);
  const create = async (more: Partial<CreateImageCommandInput> = {}) =>
    (await run(() => ec2.send(new CreateImageCommand({ InstanceId, Name: 'al2023-base-1', ...more })))).ImageId!;
  const copy = async (SourceImageId: string, more: Partial<CopyImageCommandInput> = {}) =>
    (
      await run(() =>
        all
          .ec2(ireland)
          .send(
            new CopyImageCommand({ SourceImageId, SourceRegion: homeCaller.region, Name: 'al2023-base-1', ...more }),
          ),
      )
    ).ImageId!;
  const look = async (id: string, at = homeCaller) =>
    (await run(() => all.ec2(at).send(new DescribeImagesCommand({ ImageIds: [id] })))).Images![0];
  const snapshots = async (at = homeCaller) =>
    (await run(() => all.ec2(at).send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] })))).Snapshots!;
  const send = <Result>(work: (client: typeof ec2) => Promise<Result>) => run(() => work(ec2));
  return { ...all, client: ec2, InstanceId, create, copy, look, snapshots, send };
}
