import {
  CloudFormationClient,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DetectStackDriftCommand,
} from '@aws-sdk/client-cloudformation';
import type { Drifted } from '../core/doctor/checks.ts';
import type { Connection } from './connection.ts';
import { ask } from './errors.ts';

/** Begins to compare the resources of a stack with its template. @returns the id of the comparison. */
export async function beginDriftDetection(aws: Connection, StackName: string): Promise<string> {
  const answer = await ask({ action: 'cloudformation:DetectStackDrift', region: aws.region, about: StackName }, () =>
    aws.client(CloudFormationClient).send(new DetectStackDriftCommand({ StackName })),
  );
  return answer.StackDriftDetectionId ?? '';
}

/** How far a comparison is. `reason` says why it failed, or why CloudFormation could not compare some resources. */
export async function driftDetection(
  aws: Connection,
  StackDriftDetectionId: string,
): Promise<{ status: string; reason: string | undefined }> {
  const answer = await ask(
    { action: 'cloudformation:DescribeStackDriftDetectionStatus', region: aws.region, about: StackDriftDetectionId },
    () =>
      aws.client(CloudFormationClient).send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId })),
  );
  return { status: answer.DetectionStatus ?? '', reason: answer.DetectionStatusReason };
}

/** The resources that the last comparison found changed or removed. */
export async function driftedResources(aws: Connection, StackName: string): Promise<Drifted[]> {
  const drifted: Drifted[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ask(
      { action: 'cloudformation:DescribeStackResourceDrifts', region: aws.region, about: StackName },
      () =>
        aws.client(CloudFormationClient).send(
          new DescribeStackResourceDriftsCommand({
            StackName,
            StackResourceDriftStatusFilters: ['MODIFIED', 'DELETED'],
            NextToken,
          }),
        ),
    );
    for (const {
      LogicalResourceId,
      ResourceType,
      StackResourceDriftStatus,
      PropertyDifferences = [],
    } of page.StackResourceDrifts ?? [])
      drifted.push({
        id: LogicalResourceId ?? '',
        type: ResourceType ?? '',
        status: StackResourceDriftStatus ?? '',
        properties: PropertyDifferences.map(({ PropertyPath = '' }) => PropertyPath),
      });
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return drifted;
}
