import {
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type BlockDeviceMapping,
  type Instance,
} from '@aws-sdk/client-ec2';
import type { Disk, LaunchAttempt } from '../core/plan.ts';
import type { BuildIdentity, Role, Tags } from '../core/tags.ts';
import { ask, everyPage, notYetKnown } from './answers.ts';
import type { Connection } from './connection.ts';
import { filtersOf, tagSpecifications } from './tags.ts';

export interface InstanceDescription {
  instance: string;
  /** pending | running | shutting-down | terminated | stopping | stopped */
  state: string;
  /** Why EC2 says it is in that state, e.g. `Server.SpotInstanceTermination: …`. */
  reason?: string | undefined;
}

/** Whether an instance has ended or is about to. */
export const isDead = (state: string): boolean => state === 'shutting-down' || state === 'terminated';

const describe = ({ InstanceId = '', State, StateReason }: Instance): InstanceDescription => ({
  instance: InstanceId,
  state: State?.Name ?? 'unknown',
  reason: StateReason && `${StateReason.Code}: ${StateReason.Message}`,
});

/** Instances of a build, dead ones too for the hour that EC2 still shows them. */
export async function findInstances(
  aws: Connection,
  identity: BuildIdentity,
  role?: Role,
): Promise<InstanceDescription[]> {
  const ec2 = aws.client(EC2Client);
  const about = `${identity.recipe} ${identity.build}`;
  const reservations = await ask({ action: 'ec2:DescribeInstances', region: aws.region, about }, () =>
    everyPage(
      (NextToken) =>
        ec2.send(new DescribeInstancesCommand({ Filters: filtersOf(identity, role), MaxResults: 100, NextToken })),
      ({ Reservations }) => Reservations,
    ),
  );
  return reservations.flatMap(({ Instances }) => Instances ?? []).map(describe);
}

/** One instance, undefined while EC2 does not know its id (yet). */
export async function describeInstance(aws: Connection, instance: string): Promise<InstanceDescription | undefined> {
  const answer = await ask(
    { action: 'ec2:DescribeInstances', region: aws.region, about: instance },
    () => aws.client(EC2Client).send(new DescribeInstancesCommand({ InstanceIds: [instance] })),
    { 'InvalidInstanceID.NotFound': () => undefined },
  );
  const found = answer?.Reservations?.[0]?.Instances?.[0];
  return found && describe(found);
}

export interface LaunchRequest {
  ami: string;
  attempt: LaunchAttempt;
  instanceProfile: string;
  securityGroups: string[];
  /** Absent: the image's own disks. */
  disks?: Disk[];
  tags: Tags;
  /** Plain text. */
  userData: string;
}

const mapping = ({ device, sizeGiB, type, encrypted, kmsKey, iops, throughput }: Disk): BlockDeviceMapping => ({
  DeviceName: device,
  Ebs: {
    DeleteOnTermination: true,
    VolumeType: type as 'gp3',
    VolumeSize: sizeGiB,
    Encrypted: encrypted,
    KmsKeyId: kmsKey,
    Iops: iops,
    Throughput: throughput,
  },
});

const noCapacityHere = [
  'InsufficientInstanceCapacity',
  'InsufficientHostCapacity',
  'InsufficientFreeAddressesInSubnet',
  'InstanceLimitExceeded',
  'VcpuLimitExceeded',
  'Unsupported',
];

/**
 * Launches one instance that only SSM can reach: no key pair, IMDSv2, gone when it shuts itself down.
 * @returns its id, or why there is no room for it in this place.
 */
export async function launchInstance(
  aws: Connection,
  { ami, attempt, instanceProfile, securityGroups, disks, tags, userData }: LaunchRequest,
): Promise<{ instance: string } | { noCapacity: string }> {
  const place = `${attempt.instanceType}${attempt.subnet ? ` in ${attempt.subnet}` : ''}`;
  const answer = await ask(
    { action: 'ec2:RunInstances', region: aws.region, about: `${ami} as ${place}` },
    () =>
      aws.client(EC2Client).send(
        new RunInstancesCommand({
          ImageId: ami,
          InstanceType: attempt.instanceType as 't3.small',
          SubnetId: attempt.subnet,
          SecurityGroupIds: securityGroups.length > 0 ? securityGroups : undefined,
          MinCount: 1,
          MaxCount: 1,
          ClientToken: attempt.token,
          IamInstanceProfile: { Name: instanceProfile },
          MetadataOptions: { HttpTokens: 'required', HttpEndpoint: 'enabled', HttpPutResponseHopLimit: 2 },
          InstanceInitiatedShutdownBehavior: 'terminate',
          UserData: Buffer.from(userData).toString('base64'),
          BlockDeviceMappings: disks?.map(mapping),
          TagSpecifications: tagSpecifications(['instance', 'volume', 'network-interface'], tags),
        }),
      ),
    Object.fromEntries(noCapacityHere.map((code) => [code, () => ({ noCapacity: `${place}: ${code}` })])),
    notYetKnown.image,
  );
  return 'noCapacity' in answer ? answer : { instance: answer.Instances?.[0]?.InstanceId ?? '' };
}

export async function stopInstance(aws: Connection, instance: string): Promise<void> {
  await ask(
    { action: 'ec2:StopInstances', region: aws.region, about: instance },
    () => aws.client(EC2Client).send(new StopInstancesCommand({ InstanceIds: [instance] })),
    {},
    notYetKnown.instance,
  );
}

/** An instance that EC2 no longer knows is gone, which is what was asked. */
export async function terminateInstances(aws: Connection, instances: string[], region = aws.region): Promise<void> {
  for (const instance of instances) {
    await ask(
      { action: 'ec2:TerminateInstances', region, about: instance },
      () => aws.client(EC2Client, region).send(new TerminateInstancesCommand({ InstanceIds: [instance] })),
      { 'InvalidInstanceID.NotFound': () => undefined },
    );
  }
}
