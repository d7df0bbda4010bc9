import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import type { Meaning, ServiceCodes } from '../../../aws/codes/meaning.ts';
import { codeTable, readAnswer } from '../../../aws/codes/codes.ts';
import { endReasons } from '../../../aws/codes/end-reasons.ts';

const meaning = (action: string, code: string, more: { message?: string; serverFault?: boolean } = {}) =>
  readAnswer({ action, code, message: '', serverFault: false, ...more }).is;

const listed = (codes: ServiceCodes['means']) =>
  Object.values(codes).flatMap((list) => list.split(/\s+/).filter((code) => code !== ''));
const rowsOf = (service: string) => listed(codeTable[service]?.means ?? {});

test.each<[Meaning, string, string]>([
  ['later', 'ec2:CreateImage', 'PendingSnapshotLimitExceeded'],
  ['later', 'ec2:CreateImage', 'ConcurrentSnapshotLimitExceeded'],
  ['later', 'ec2:CreateImage', 'ResourceLimitExceeded'],
  ['later', 'ec2:CopyImage', 'ResourceLimitExceeded'],
  ['later', 'ec2:CopyImage', 'PendingSnapshotLimitExceeded'],
  ['later', 'ec2:RunInstances', 'PendingVerification'],
  ['passing', 'ec2:DescribeImages', 'PendingVerification'],
  ['passing', 'ec2:CreateImage', 'SnapshotCreationPerVolumeRateExceeded'],
  ['passing', 'ec2:CreateImage', 'ConcurrentCreateImageNoRebootLimitExceeded'],
  ['passing', 'ec2:CreateImage', 'IncorrectState'],
  ['passing', 'ec2:CreateTags', 'ConcurrentTagAccess'],
  ['refused', 'ec2:ModifyImageAttribute', 'ResourceLimitExceeded'],
  ['refused', 'ec2:ModifySnapshotAttribute', 'ResourceLimitExceeded'],
  ['capacity', 'ec2:RunInstances', 'InsufficientInstanceCapacity'],
  ['capacity', 'ec2:RunInstances', 'InsufficientVolumeCapacity'],
  ['capacity', 'ec2:RunInstances', 'InsufficientFreeAddressesInSubnet'],
  ['capacity', 'ec2:RunInstances', 'VcpuLimitExceeded'],
  ['capacity', 'ec2:RunInstances', 'Unsupported'],
  ['refused', 'ec2:RunInstances', 'VPCIdNotSpecified'],
  ['refused', 'ec2:RunInstances', 'MaxIOPSLimitExceeded'],
  ['refused', 'ec2:RunInstances', 'VolumeLimitExceeded'],
  ['refused', 'ec2:RunInstances', 'NetworkInterfaceLimitExceeded'],
  ['refused', 'ec2:RunInstances', 'PrivateIpAddressLimitExceeded'],
  ['answer', 'ec2:RunInstances', 'IdempotentParameterMismatch'],
  ['not yet', 'ec2:CopyImage', 'IdempotentParameterMismatch'],
  ['not yet', 'ec2:RunInstances', 'InvalidAMIID.NotFound'],
  ['not yet', 'ec2:StopInstances', 'IncorrectInstanceState'],
  ['gone', 'ec2:DeregisterImage', 'InvalidAMIID.Unavailable'],
  ['gone', 'ec2:DescribeInstances', 'InvalidInstanceID.NotFound'],
  ['gone', 'ec2:DeleteSnapshot', 'InvalidSnapshot.NotFound'],
  ['answer', 'ec2:DeleteSnapshot', 'InvalidSnapshot.InUse'],
  ['refused', 'ec2:CreateImage', 'SnapshotLimitExceeded'],
  ['refused', 'ec2:RunInstances', 'OptInRequired'],
  ['refused', 'ec2:RunInstances', 'Blocked'],
  ['not yet', 'ssm:SendCommand', 'InvalidInstanceId'],
  ['refused', 'ssm:GetCommandInvocation', 'InvalidInstanceId'],
  ['passing', 'ssm:PutParameter', 'TooManyUpdates'],
  ['passing', 's3:PutObject', 'OperationAborted'],
  ['passing', 's3:PutObject', 'ConditionalRequestConflict'],
  ['gone', 's3:PutObject', 'NoSuchKey'],
  ['answer', 's3:PutObject', 'PreconditionFailed'],
  ['passing', 's3:GetObject', 'SlowDown'],
  ['gone', 'states:SendTaskSuccess', 'TaskTimedOut'],
  ['passing', 'states:StartExecution', 'ExecutionLimitExceeded'],
  ['passing', 'sns:Publish', 'ThrottlingException'],
  ['passing', 'ec2:RunInstances', 'ECONNRESET'],
])('"%s" is what %s says with %s', (is, action, code) => {
  expect(meaning(action, code)).toBe(is);
});

test('the message decides where a code says too little', () => {
  const message = 'Instance is not in state "running" or "stopped"';
  expect(meaning('ec2:CreateImage', 'InvalidParameterValue', { message })).toBe('not yet');
  expect(meaning('ec2:CreateImage', 'InvalidParameterValue')).toBe('refused');
});

test('a code that no table has passes where the service says that it is its own fault, and is refused otherwise', () => {
  expect(meaning('ec2:CopyImage', 'NewServerTrouble', { serverFault: true })).toBe('passing');
  expect(meaning('ec2:CopyImage', 'NewRefusal')).toBe('refused');
  expect(meaning('ssm:SendCommand', 'SomeThrottlingException')).toBe('passing');
});

test.each([
  ['ec2:RunInstances', 'UnauthorizedOperation', 'aws sts decode-authorization-message'],
  ['ec2:RunInstances', 'VPCIdNotSpecified', '`builder.subnets`'],
  ['ec2:RunInstances', 'MissingInput', '`builder.subnets`'],
  ['ec2:RunInstances', 'InvalidSubnetID.NotFound', '`builder.subnets`'],
  ['ec2:RunInstances', 'InvalidGroup.NotFound', '`builder.securityGroups`'],
  ['ec2:RunInstances', 'NetworkInterfaceLimitExceeded', 'raise the quota'],
  ['ec2:RunInstances', 'PrivateIpAddressLimitExceeded', 'raise the quota'],
  ['ec2:RunInstances', 'NetworkInterfaceNotSupported', '`builder.instanceTypes`'],
  ['ec2:CopyImage', 'AuthFailure', 'is the region enabled'],
  ['ec2:CopyImage', 'OptInRequired', 'is the region enabled'],
  ['ec2:ModifyImageAttribute', 'ResourceLimitExceeded', 'share with an organization'],
  ['ssm:SendCommand', 'InvalidDocument', '`document`'],
])('what to do about %s %s is said', (action, code, part) => {
  expect(readAnswer({ action, code, message: '', serverFault: false }).advice).toContain(part);
});

test('an instance profile that EC2 does not know is told with its key', () => {
  const message = 'Value (golden) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name';
  const { advice } = readAnswer({
    action: 'ec2:RunInstances',
    code: 'InvalidParameterValue',
    message,
    serverFault: false,
  });
  expect(advice).toContain('`builder.instanceProfile`');
});

// Every code of EC2's list, without those about things that no call of ours names or makes. A launch makes a network interface,
// so the limits of interfaces and of their addresses stay in. No call names an interface that is there already.
const documented = readFileSync('test/aws/ec2-error-codes.txt', 'utf8').split(/\s+/).filter(Boolean);
const foreign =
  /Vpn|Vpc|Spot|Host(?!Capacity)|Reserved|Reservation|Gateway|TrafficMirror|NetworkAcl|Cidr|Dhcp|LaunchTemplate|KeyPair(?!\.NotFound)|InvalidKey\.|FlowLog|LogDestination|ScheduledInstance|PlacementGroup|Route|LoadBalancer|Nlb|InvalidNetworkInterface|NetworkInterfaceNotFound|ConversionTask|ExportTask|Fpga|Kernel|RamDisk|PrefixList|IPAddress|InvalidAddress|^AddressLimit|AllocationID|AssociationID|Bundl|CapacityBlock|CapacityLimit|MaxTemplate|MaxConfig|Purchase|InvalidPermission|CreditSpec|CpuCredits|Declarative|Hibernation|DefaultSubnet|DefaultVpcAlready|Fleet|InvalidAttachment|Tenancy|CustomerGateway|Asn|DiskImage|InaccessibleStorage|LegacySecurityGroup|Principal|ProductInfo|PolicyDocument|ServiceName|TargetArn|ResourceType|Affinity|AutoPlacement|LimitPrice|NotExportable|AlreadyLinked|NotLinkable|AlreadyAss|CannotDelete|DependencyViolation|DuplicateSubnets|VolumeModification|InvalidGroup\.(Duplicate|InUse|Reserved)|InvalidSubnet\.|SubnetLimit|SecurityGroupLimit|RulesPer|UpdateLimit|ResourceCountLimit|InvalidVolumeID\.(Dup|Zone)|InvalidVolume\.Zone|CapacityOnHost|HasExpired/;

test("every code of EC2's list that our calls can meet has a row, and once only", () => {
  const rows = rowsOf('ec2');
  expect(documented.filter((code) => !foreign.test(code) && !rows.includes(code))).toEqual([]);
  expect(rows.filter((code, index) => rows.indexOf(code) !== index)).toEqual([]);
});

test("every row for EC2 is spelled as in EC2's list, or stands among those that are not in it", () => {
  const unlisted = [
    'PriorRequestNotComplete',
    'InvalidKMSKey.InvalidState',
    'InvalidKmsKey.InvalidState',
    'KMSKeyNotAccessibleFault',
    'InvalidTag',
    'VolumeModificationRateExceeded',
    'AuthFailure.ServiceLinkedRoleCreationNotPermitted',
  ];
  expect(rowsOf('ec2').filter((code) => !documented.includes(code))).toEqual(unlisted);
});

const clients: Record<string, string> = {
  ssm: 'client-ssm',
  s3: 'client-s3',
  kms: 'client-kms',
  states: 'client-sfn',
  sns: 'client-sns',
  events: 'client-eventbridge',
  cloudformation: 'client-cloudformation',
  sts: 'client-sts',
  iam: 'client-iam',
  secretsmanager: 'client-secrets-manager',
  servicequotas: 'client-service-quotas',
};
const operations: Record<string, string> = { 's3:ListBucket': 'ListObjectsV2' };
const source = readdirSync('aws', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(`aws/${file}`, 'utf8'));
const asked = [
  ...new Set(source.flatMap((text) => [...text.matchAll(/action: '(\w+:\w+)'/g)].map(([, action]) => action!))),
];

test.each(asked.filter((action) => !action.startsWith('ec2:')))(
  'every error that the SDK knows of %s has a row',
  (action) => {
    const [service = '', name = ''] = action.split(':');
    const command = operations[action] ?? name;
    const types = readFileSync(
      `node_modules/@aws-sdk/${clients[service]}/dist-types/commands/${command}Command.d.ts`,
      'utf8',
    );
    const known = [...types.matchAll(/@throws \{@link (\w+)\}/g)].map(([, error]) => error!);
    const rows = [...rowsOf(service), ...rowsOf('everywhere')];
    expect(known.filter((error) => !/^[A-Z]\w+ServiceException$/.test(error) && !rows.includes(error))).toEqual([]);
  },
);

test('what a call means by a code is said of calls that are made, and advice is given for codes that have a row', () => {
  for (const [service, { at = {}, advice = {} }] of Object.entries(codeTable)) {
    expect(Object.keys(at).filter((action) => !asked.includes(action))).toEqual([]);
    const rows = rowsOf(service);
    for (const codes of [...Object.values(at).flatMap(listed), ...Object.keys(advice)]) expect(rows).toContain(codes);
  }
});

test('why an instance ended is in the form that EC2 gives it', () => {
  for (const code of Object.keys(endReasons)) expect(code).toMatch(/^(Server|Client)\.[A-Z]\w+(\.\w+)?$/);
});
