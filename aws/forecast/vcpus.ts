import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { isStandard, spotQuota, vcpuQuota, type VcpuFacts } from '../../core/forecast/quotas.ts';
import type { Connection } from '../connection.ts';
import { ask, everyPage } from '../errors.ts';

async function readQuota(aws: Connection, QuotaCode: string): Promise<number> {
  const { Quota } = await ask({ action: 'servicequotas:GetServiceQuota', region: aws.region, about: QuotaCode }, () =>
    aws.client(ServiceQuotasClient).send(new GetServiceQuotaCommand({ ServiceCode: 'ec2', QuotaCode })),
  );
  return Quota?.Value ?? 0;
}

/** The account's quota of running On-Demand vCPUs in the pipeline's region, and how many of them run. With `spot`, also those of spot. */
export async function readVcpus(aws: Connection, spot = false): Promise<VcpuFacts> {
  const { region } = aws;
  const [most, mostSpot] = await Promise.all([readQuota(aws, vcpuQuota), spot && readQuota(aws, spotQuota)]);
  const Filters = [{ Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'shutting-down'] }];
  const reservations = await ask({ action: 'ec2:DescribeInstances', region }, () =>
    everyPage(
      (NextToken) => aws.client(EC2Client).send(new DescribeInstancesCommand({ Filters, MaxResults: 1000, NextToken })),
      (page) => page.Reservations,
    ),
  );
  const instances = reservations.flatMap(({ Instances = [] }) => Instances);
  // Spot Instances have a quota of their own.
  const running = (ofSpot: boolean) =>
    instances
      .filter(
        ({ InstanceType = '', InstanceLifecycle }) =>
          isStandard(InstanceType) && (InstanceLifecycle === 'spot') === ofSpot,
      )
      .reduce((sum, { CpuOptions: { CoreCount = 0, ThreadsPerCore = 1 } = {} }) => sum + CoreCount * ThreadsPerCore, 0);
  return {
    most,
    running: running(false),
    ...(mostSpot !== false && { spot: { most: mostSpot, running: running(true) } }),
  };
}
