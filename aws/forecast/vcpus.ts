import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { isStandard, vcpuQuota, type VcpuFacts } from '../../core/forecast/quotas.ts';
import type { Connection } from '../connection.ts';
import { ask, everyPage } from '../errors.ts';

/** The account's quota of running On-Demand vCPUs in the pipeline's region, and how many of them run. */
export async function readVcpus(aws: Connection): Promise<VcpuFacts> {
  const { region } = aws;
  const { Quota } = await ask({ action: 'servicequotas:GetServiceQuota', region, about: vcpuQuota }, () =>
    aws.client(ServiceQuotasClient).send(new GetServiceQuotaCommand({ ServiceCode: 'ec2', QuotaCode: vcpuQuota })),
  );
  const Filters = [{ Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'shutting-down'] }];
  const reservations = await ask({ action: 'ec2:DescribeInstances', region }, () =>
    everyPage(
      (NextToken) => aws.client(EC2Client).send(new DescribeInstancesCommand({ Filters, MaxResults: 1000, NextToken })),
      (page) => page.Reservations,
    ),
  );
  const running = reservations
    .flatMap(({ Instances = [] }) => Instances)
    // Spot instances have a quota of their own.
    .filter(({ InstanceType = '', InstanceLifecycle }) => isStandard(InstanceType) && InstanceLifecycle !== 'spot')
    .reduce((sum, { CpuOptions: { CoreCount = 0, ThreadsPerCore = 1 } = {} }) => sum + CoreCount * ThreadsPerCore, 0);
  return { most: Quota?.Value ?? 0, running };
}
