import {
  CreateImageUsageReportCommand,
  DescribeImageUsageReportEntriesCommand,
  DescribeImageUsageReportsCommand,
  EC2Client,
  type ImageUsageReport,
} from '@aws-sdk/client-ec2';
import { allVersions, reportedTypes, type UsageEntry, type UsageReport } from '../../core/usage/uses.ts';
import { ask, everyPage } from '../errors.ts';
import type { Connection } from '../connection.ts';

const describe = (report: ImageUsageReport): UsageReport => ({
  report: report.ReportId ?? '',
  ami: report.ImageId ?? '',
  state: report.State ?? 'unknown',
  ...(report.StateReason !== undefined && { reason: report.StateReason }),
  createdAt: report.CreationTime?.toISOString() ?? '',
  accounts: report.AccountIds ?? [],
  types: (report.ResourceTypes ?? []).map(({ ResourceType = '', ResourceTypeOptions = [] }) => {
    const depth = ResourceTypeOptions.find(({ OptionName }) => OptionName === 'version-depth')?.OptionValues?.[0];
    return { type: ResourceType, ...(depth !== undefined && { depth: Number(depth) }) };
  }),
});

/** The usage reports of at most 200 AMIs, made within the last 30 days. */
export async function readReports(aws: Connection, region: string, amis: string[]): Promise<UsageReport[]> {
  const ec2 = aws.client(EC2Client, region);
  const found = await ask({ action: 'ec2:DescribeImageUsageReports', region, about: amis.join(', ') }, () =>
    everyPage(
      (NextToken) => ec2.send(new DescribeImageUsageReportsCommand({ ImageIds: amis, NextToken })),
      ({ ImageUsageReports }) => ImageUsageReports,
    ),
  );
  return found.map(describe);
}

/** The lines of reports: who uses an AMI how often. A report that is not available has none. */
export async function readEntries(aws: Connection, region: string, reports: string[]): Promise<UsageEntry[]> {
  if (reports.length === 0) return [];
  const ec2 = aws.client(EC2Client, region);
  const found = await ask({ action: 'ec2:DescribeImageUsageReportEntries', region, about: reports.join(', ') }, () =>
    everyPage(
      (NextToken) => ec2.send(new DescribeImageUsageReportEntriesCommand({ ReportIds: reports, NextToken })),
      ({ ImageUsageReportEntries }) => ImageUsageReportEntries,
    ),
  );
  return found.map(({ ReportId = '', AccountId = '', ResourceType = '', UsageCount = 0 }) => ({
    report: ReportId,
    account: AccountId,
    type: ResourceType,
    count: UsageCount,
  }));
}

/**
 * Asks EC2 for a report about all accounts. The same hour asks for the same report, so a repeated call makes none.
 * @returns the report's id.
 */
export async function askForReport(aws: Connection, region: string, ami: string, now: Date): Promise<string> {
  const { ReportId = '' } = await ask({ action: 'ec2:CreateImageUsageReport', region, about: ami }, () =>
    aws.client(EC2Client, region).send(
      new CreateImageUsageReportCommand({
        ImageId: ami,
        ClientToken: `golden-usage-${ami}-${now.toISOString().slice(0, 13)}`,
        ResourceTypes: reportedTypes.map((ResourceType) => ({
          ResourceType,
          ...(ResourceType === 'ec2:LaunchTemplate' && {
            ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: [String(allVersions)] }],
          }),
        })),
      }),
    ),
  );
  return ReportId;
}
