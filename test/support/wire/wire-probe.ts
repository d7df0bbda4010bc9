// The requests that our clients send for the samples, and their parsed answers. test/wire.test.ts imports it as it is and bundled.
// It imports the commands through aws/, so that the bundler cuts them in the same way.
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackEventsCommand,
  DescribeStackResourceDriftsCommand,
  DescribeStacksCommand,
  DetectStackDriftCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import {
  CopyImageCommand,
  CreateImageCommand,
  CancelImportTaskCommand,
  CopySnapshotCommand,
  CreateRestoreImageTaskCommand,
  CreateSnapshotsCommand,
  CreateStoreImageTaskCommand,
  RegisterImageCommand,
  CreateTagsCommand,
  DeleteSnapshotCommand,
  DeleteTagsCommand,
  DeleteVolumeCommand,
  DeregisterImageCommand,
  AttachImageWatermarkCommand,
  CreateLaunchTemplateVersionCommand,
  DetachImageWatermarkCommand,
  DeleteLaunchTemplateVersionsCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  ModifyLaunchTemplateCommand,
  DisableImageCommand,
  EnableImageCommand,
  EnableImageDeprecationCommand,
  ListImagesInRecycleBinCommand,
  CreateImageUsageReportCommand,
  DescribeImageAttributeCommand,
  DescribeImageReferencesCommand,
  DescribeImageUsageReportEntriesCommand,
  DescribeImageUsageReportsCommand,
  GetImageAncestryCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeRegionsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotAttributeCommand,
  DescribeSnapshotsCommand,
  DescribeImportSnapshotTasksCommand,
  DescribeStoreImageTasksCommand,
  ImportSnapshotCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  DescribeHostsCommand,
  DescribeKeyPairsCommand,
  EC2Client,
  GetAllowedImagesSettingsCommand,
  GetImageBlockPublicAccessStateCommand,
  GetEbsDefaultKmsKeyIdCommand,
  GetEbsEncryptionByDefaultCommand,
  ModifyImageAttributeCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ModifySnapshotAttributeCommand,
  ModifyVolumeCommand,
  ResetImageAttributeCommand,
  ResetSnapshotAttributeCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetInstanceProfileCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  CreateGrantCommand,
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  KMSClient,
  ListRetirableGrantsCommand,
  RevokeGrantCommand,
} from '@aws-sdk/client-kms';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  DeleteParameterCommand,
  DescribeInstanceInformationCommand,
  DescribeParametersCommand,
  GetCommandInvocationCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  PutParameterCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { Readable } from 'node:stream';
import { connect } from '../../../aws/connection.ts';
import { errors, samples, type SampleAnswer } from './wire-samples.ts';

/* eslint-disable @typescript-eslint/no-explicit-any -- the clients and their commands share no narrower type */
const commands: [kind: any, commands: Record<string, any>][] = [
  [
    CloudFormationClient,
    {
      CreateStackCommand,
      DeleteStackCommand,
      DescribeStackDriftDetectionStatusCommand,
      DescribeStackEventsCommand,
      DescribeStackResourceDriftsCommand,
      DescribeStacksCommand,
      DetectStackDriftCommand,
      UpdateStackCommand,
    },
  ],
  [
    EC2Client,
    {
      CopyImageCommand,
      CreateImageCommand,
      CancelImportTaskCommand,
      CopySnapshotCommand,
      DescribeImportSnapshotTasksCommand,
      ImportSnapshotCommand,
      CreateRestoreImageTaskCommand,
      CreateSnapshotsCommand,
      CreateStoreImageTaskCommand,
      RegisterImageCommand,
      CreateTagsCommand,
      DeleteSnapshotCommand,
      DeleteTagsCommand,
      DeleteVolumeCommand,
      DeregisterImageCommand,
      AttachImageWatermarkCommand,
      CreateLaunchTemplateVersionCommand,
      DetachImageWatermarkCommand,
      DeleteLaunchTemplateVersionsCommand,
      DescribeLaunchTemplatesCommand,
      DescribeLaunchTemplateVersionsCommand,
      ModifyLaunchTemplateCommand,
      DisableImageCommand,
      EnableImageCommand,
      EnableImageDeprecationCommand,
      ListImagesInRecycleBinCommand,
      CreateImageUsageReportCommand,
      DescribeImageAttributeCommand,
      DescribeImageReferencesCommand,
      DescribeImageUsageReportEntriesCommand,
      DescribeImageUsageReportsCommand,
      GetImageAncestryCommand,
      DescribeImagesCommand,
      DescribeInstancesCommand,
      DescribeInstanceTypeOfferingsCommand,
      DescribeInstanceTypesCommand,
      DescribeRegionsCommand,
      DescribeRouteTablesCommand,
      DescribeSecurityGroupsCommand,
      DescribeSnapshotAttributeCommand,
      DescribeSnapshotsCommand,
      DescribeStoreImageTasksCommand,
      DescribeSubnetsCommand,
      DescribeVolumesCommand,
      DescribeVpcEndpointsCommand,
      DescribeVpcsCommand,
      DescribeHostsCommand,
      DescribeKeyPairsCommand,
      GetAllowedImagesSettingsCommand,
      GetImageBlockPublicAccessStateCommand,
      GetEbsDefaultKmsKeyIdCommand,
      GetEbsEncryptionByDefaultCommand,
      ModifyImageAttributeCommand,
      ModifyNetworkInterfaceAttributeCommand,
      ModifySnapshotAttributeCommand,
      ModifyVolumeCommand,
      ResetImageAttributeCommand,
      ResetSnapshotAttributeCommand,
      RunInstancesCommand,
      StopInstancesCommand,
      TerminateInstancesCommand,
    },
  ],
  [EventBridgeClient, { PutEventsCommand }],
  [
    KMSClient,
    { CreateGrantCommand, DescribeKeyCommand, GetKeyPolicyCommand, ListRetirableGrantsCommand, RevokeGrantCommand },
  ],
  [IAMClient, { GetInstanceProfileCommand }],
  [ServiceQuotasClient, { GetServiceQuotaCommand }],
  [SecretsManagerClient, { DescribeSecretCommand }],
  [S3Client, { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand }],
  [
    SFNClient,
    {
      DescribeExecutionCommand,
      GetExecutionHistoryCommand,
      ListExecutionsCommand,
      ListStateMachinesCommand,
      ListTagsForResourceCommand,
      SendTaskFailureCommand,
      SendTaskSuccessCommand,
      StartExecutionCommand,
      StopExecutionCommand,
    },
  ],
  [SNSClient, { PublishCommand }],
  [STSClient, { AssumeRoleCommand, GetCallerIdentityCommand }],
  [
    SSMClient,
    {
      DeleteParameterCommand,
      DescribeInstanceInformationCommand,
      DescribeParametersCommand,
      GetCommandInvocationCommand,
      GetParameterCommand,
      GetParametersByPathCommand,
      GetParametersCommand,
      ListCommandInvocationsCommand,
      ListCommandsCommand,
      PutParameterCommand,
      SendCommandCommand,
    },
  ],
];
const kinds = new Map(
  commands.flatMap(([kind, own]) => Object.entries(own).map(([name, make]) => [name, [kind, make]])),
);

/** Sends a sample as our client would; `handle` replaces the network. */
async function send(name: string, input: unknown, handle: (request: any) => Promise<unknown>): Promise<unknown> {
  const [kind, Command] = kinds.get(`${name}Command`) ?? [];
  if (!kind) throw new Error(`the probe does not import ${name}Command`);
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' };
  const aws = connect('eu-west-1', { config: () => ({ credentials, requestHandler: { handle } }) });
  return (aws.client(kind, 'eu-west-1', 1) as any).send(new Command(input));
}

/** The request without the parts that change every time: its id, the time, and the signature over both. */
async function requestOf(name: string, input: unknown): Promise<unknown> {
  let seen: unknown;
  const stop = new Error('this far and no further');
  await send(name, input, async ({ method, protocol, hostname, path, query, headers, body }) => {
    const { authorization, 'x-amz-date': _, 'amz-sdk-invocation-id': __, ...kept } = headers;
    // The SDK's builds for Node and for bundlers say different versions of the SDK.
    for (const name of ['user-agent', 'x-amz-user-agent'])
      kept[name] = kept[name]?.replace(/(?<=js\/|#)3\.\d+\.\d+/g, '3');
    const signed = /SignedHeaders=[^,]+/.exec(authorization)?.[0];
    const text = body === undefined ? undefined : Buffer.from(body).toString();
    // For an input without an idempotency token, the SDK generates one.
    // For CopySnapshot it signs an address, with the time.
    const given = text
      ?.replace(/(?<=&ClientToken=)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, 'made-up')
      .replace(/(?<=&PresignedUrl=)[^&]+/, 'signed');
    if (given !== text) delete kept['x-amz-content-sha256'];
    seen = { method, protocol, hostname, path, query, headers: { ...kept, signed }, body: given };
    throw stop;
  }).catch((error: unknown) => {
    if (error !== stop) seen = { threw: String(error) };
  });
  return seen;
}

/** A form that JSON can express, with dates distinct from their text. */
async function plain(value: any): Promise<unknown> {
  if (value instanceof Date) return { date: value.toISOString() };
  if (typeof value?.transformToString === 'function') return { stream: await value.transformToString() };
  if (Array.isArray(value)) return Promise.all(value.map(plain));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(async ([key, member]) => [key, await plain(member)]);
  return Object.fromEntries((await Promise.all(entries)) as [string, unknown][]);
}

const network =
  ({ status, headers, body }: SampleAnswer) =>
  async () => ({
    response: { statusCode: status, headers, body: Readable.from([Buffer.from(body)]) },
  });

const answered = async (name: string, answer: SampleAnswer): Promise<unknown> =>
  plain(await send(name, samples[name]?.inputs[0], network(answer)));

const answerTo = (name: string, answer: SampleAnswer): Promise<unknown> =>
  answered(name, answer).catch((error: unknown) => ({ threw: String(error) }));

/** The properties of an error that our code can use. Its class differs in a bundle, and our code does not check it. */
async function errorTo(name: string, answer: SampleAnswer): Promise<unknown> {
  try {
    return { answered: await answered(name, answer) };
  } catch (error) {
    const { name: called, message, $fault, $metadata, $retryable, code } = error as Record<string, unknown>;
    return { name: called, message, $fault, $metadata, $retryable, code };
  }
}

export interface Probed {
  /** By command: the requests for its samples, and the answers as the SDK returns them. */
  seen: Record<string, { requests: Record<string, unknown>[]; answers: unknown[] }>;
  errors: Record<string, unknown>[];
}

export async function probe(): Promise<Probed> {
  const seen: Record<string, unknown> = {};
  for (const [name, { inputs, answers }] of Object.entries(samples)) {
    seen[name] = {
      requests: await Promise.all(inputs.map((input) => requestOf(name, input))),
      answers: await Promise.all(answers.map((answer) => answerTo(name, answer))),
    };
  }
  const all = { seen, errors: await Promise.all(errors.map(([name, answer]) => errorTo(name, answer))) };
  return JSON.parse(JSON.stringify(all)) as Probed; // without members that are undefined
}
