import {
  EC2Client,
  RunInstancesCommand,
  type BlockDeviceMapping,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import type { DeployedRecipe } from '../../core/deployment/deployment-settings.ts';
import type { Disk } from '../../core/launch/disks.ts';
import { nameOf, type LaunchAttempt } from '../../core/launch/ladder.ts';
import type { Tags } from '../../core/tags.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { tagSpecifications } from '../tags.ts';

interface LaunchRequest {
  ami: string;
  attempt: LaunchAttempt;
  builder: DeployedRecipe['builder'];
  /** Absent: the image's own disks. */
  disks?: Disk[];
  /** Absent: nobody can log in by a key. */
  keyPair?: string | undefined;
  tags: Tags;
  /** Plain text. */
  userData: string;
  shutdownBehavior: 'stop' | 'terminate';
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

/**
 * Where the instance goes. EC2 takes a public address setting only in a network interface, and subnet and groups must then be
 * there, too: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
 */
function placed(
  SubnetId: string | undefined,
  groups: string[],
  publicIp: boolean | undefined,
): Partial<RunInstancesCommandInput> {
  const named = groups.length > 0 ? groups : undefined;
  if (publicIp === undefined) return { SubnetId, SecurityGroupIds: named };
  const made = { DeviceIndex: 0, DeleteOnTermination: true, AssociatePublicIpAddress: publicIp };
  return { NetworkInterfaces: [{ ...made, SubnetId, Groups: named }] };
}

type Builder = LaunchRequest['builder'];

/** The host and placement group of the instance, and the licences that count it. */
function hardware(builder: Builder): Partial<RunInstancesCommandInput> {
  const {
    tenancy: Tenancy,
    hostId: HostId,
    hostResourceGroup: HostResourceGroupArn,
    placementGroup: GroupName,
  } = builder;
  const { licenses } = builder;
  return {
    ...((Tenancy ?? GroupName) !== undefined && { Placement: { Tenancy, HostId, HostResourceGroupArn, GroupName } }),
    ...(licenses && { LicenseSpecifications: licenses.map((arn) => ({ LicenseConfigurationArn: arn })) }),
  };
}

const metadata = ({
  imds: { hopLimit = 2, tags, ipv6 } = {},
}: Builder): RunInstancesCommandInput['MetadataOptions'] => ({
  HttpTokens: 'required',
  HttpEndpoint: 'enabled',
  HttpPutResponseHopLimit: hopLimit,
  ...(tags && { InstanceMetadataTags: 'enabled' }),
  ...(ipv6 && { HttpProtocolIpv6: 'enabled' }),
});

/** A request for one Spot Instance, which EC2 terminates when it takes the instance back. The request ends with its instance. */
const market = (MaxPrice: string | undefined): Partial<RunInstancesCommandInput> => ({
  InstanceMarketOptions: {
    MarketType: 'spot',
    SpotOptions: { SpotInstanceType: 'one-time', InstanceInterruptionBehavior: 'terminate', MaxPrice },
  },
});

/**
 * `spent`: the token belongs to an instance that has ended. EC2 remembers the token for a day after it stops showing the
 * instance. `otherwise`: the token was used with another request, because the pipeline was deployed in between.
 */
type Launched = { instance: string } | { noCapacity: string } | 'spent' | 'otherwise';

/**
 * Launches one instance with IMDSv2. The stack's security groups let nothing in, so that only SSM reaches
 * the instance; a recipe's own groups may differ. Makes one request: the SDK would retry a place without room five times, and all
 * builds of an account share the rate of RunInstances.
 * @returns its id, or why this place has none.
 */
export async function launchInstance(aws: Connection, request: LaunchRequest): Promise<Launched> {
  const { ami, attempt, builder, disks, keyPair, tags, userData, shutdownBehavior } = request;
  const place = nameOf(attempt);
  const kinds = ['instance', 'volume', 'network-interface'] as const;
  return ask<Launched, Launched>(
    { action: 'ec2:RunInstances', region: aws.region, about: `${ami} as ${place}` },
    async () => {
      const answer = await aws.client(EC2Client, aws.region, 1).send(
        new RunInstancesCommand({
          ImageId: ami,
          InstanceType: attempt.instanceType as 't3.small',
          ...placed(attempt.subnet, builder.securityGroups, builder.publicIp),
          ...hardware(builder),
          ...(attempt.spot && market(builder.spotMaxPrice)),
          KeyName: keyPair,
          MinCount: 1,
          MaxCount: 1,
          ClientToken: attempt.token,
          IamInstanceProfile: { Name: builder.instanceProfile },
          MetadataOptions: metadata(builder),
          InstanceInitiatedShutdownBehavior: shutdownBehavior,
          UserData: Buffer.from(userData).toString('base64'),
          BlockDeviceMappings: disks?.map(mapping),
          TagSpecifications: tagSpecifications(
            [...kinds, ...(attempt.spot ? (['spot-instances-request'] as const) : [])],
            tags,
          ),
        }),
      );
      return { instance: answer.Instances?.[0]?.InstanceId ?? '' };
    },
    {
      capacity: (code) => ({ noCapacity: `${place}: ${code}` }),
      IdempotentInstanceTerminated: () => 'spent',
      IdempotentParameterMismatch: () => 'otherwise',
    },
  );
}
