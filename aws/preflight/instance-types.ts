import {
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  EC2Client,
  type InstanceTypeInfo,
} from '@aws-sdk/client-ec2';
import type { Offering } from '../../core/forecast/offerings.ts';
import type { InstanceTypeFacts } from '../../core/launch/instance-type-facts.ts';
import { ask, everyPage } from '../errors.ts';
import type { Connection } from '../connection.ts';

/**
 * The given instance types that the region has. The call uses a filter: EC2 refuses a whole list if it does not know one type.
 */
export async function describeInstanceTypes(aws: Connection, types: readonly string[]): Promise<InstanceTypeFacts[]> {
  const ec2 = aws.client(EC2Client);
  const Filters = [{ Name: 'instance-type', Values: [...types] }];
  const found = await ask({ action: 'ec2:DescribeInstanceTypes', region: aws.region, about: types.join(', ') }, () =>
    everyPage(
      (NextToken) => ec2.send(new DescribeInstanceTypesCommand({ Filters, MaxResults: 100, NextToken })),
      (page) => page.InstanceTypes,
    ),
  );
  return found.map(({ InstanceType, ProcessorInfo, SupportedBootModes, SupportedVirtualizationTypes, ...type }) => ({
    instanceType: InstanceType ?? '',
    architectures: ProcessorInfo?.SupportedArchitectures ?? [],
    bootModes: SupportedBootModes ?? [],
    virtualization: SupportedVirtualizationTypes ?? [],
    needsEna: type.NetworkInfo?.EnaSupport === 'required',
    tpm: type.NitroTpmSupport === 'supported',
    vcpus: type.VCpuInfo?.DefaultVCpus,
    volumes: volumesOf(type),
  }));
}

/** The zones that have each of the given instance types. */
export async function describeOfferings(aws: Connection, types: readonly string[]): Promise<Offering[]> {
  const Filters = [{ Name: 'instance-type', Values: [...types] }];
  const asked = { LocationType: 'availability-zone', Filters, MaxResults: 1000 } as const;
  const found = await ask(
    { action: 'ec2:DescribeInstanceTypeOfferings', region: aws.region, about: types.join(', ') },
    () =>
      everyPage(
        (NextToken) => aws.client(EC2Client).send(new DescribeInstanceTypeOfferingsCommand({ ...asked, NextToken })),
        (page) => page.InstanceTypeOfferings,
      ),
  );
  return found.map(({ InstanceType = '', Location = '' }) => ({ instanceType: InstanceType, zone: Location }));
}

/**
 * How many EBS volumes fit. One network interface and the instance store's NVMe disks also count against a shared limit:
 * https://docs.aws.amazon.com/ebs/latest/userguide/volume_limits.html
 */
function volumesOf({ EbsInfo, InstanceStorageInfo }: InstanceTypeInfo): number | undefined {
  const { MaximumEbsAttachments: most, AttachmentLimitType: kind } = EbsInfo ?? {};
  if (most === undefined || kind === 'dedicated') return most;
  const { NvmeSupport, Disks = [] } = InstanceStorageInfo ?? {};
  const nvme = NvmeSupport === 'unsupported' ? [] : Disks;
  return nvme.reduce((left, { Count = 0 }) => left - Count, most - 1);
}
