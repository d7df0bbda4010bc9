// At least one sample of every SDK command that the project sends, with every parameter it sends, and AWS's answer. The answers
// have the form in AWS's API references. All values are plain, so both the tests and the probe can read them.
export interface Sample {
  inputs: Record<string, unknown>[];
  answers: SampleAnswer[];
}

export interface SampleAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const requestId = { 'x-amzn-requestid': 'f8ab4ffd-1c2e-4b0a-9d6b-0d8d1a0b7c11' };
const json = (value: unknown, status = 200): SampleAnswer => ({
  status,
  headers: { ...requestId, 'content-type': 'application/x-amz-json-1.1' },
  body: value === undefined ? '' : JSON.stringify(value),
});
const xml = (body: string, status = 200): SampleAnswer => ({
  status,
  headers: { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': '59dbff89-35bd-4eac-99ed-be587EXAMPLE' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
});
const ec2 = (action: string, inside: string): SampleAnswer =>
  xml(
    `<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>${inside}</${action}Response>`,
  );
const done = (action: string) => ec2(action, '<return>true</return>');

const instance = 'i-0123456789abcdef0';
const [ami, snapshot, volume] = ['ami-0123456789abcdef0', 'snap-0123456789abcdef0', 'vol-0123456789abcdef0'];
const machine = 'arn:aws:states:us-east-1:123456789012:stateMachine:golden-build-image';
const execution = 'arn:aws:states:us-east-1:123456789012:execution:golden-build-image';
const token = 'dGhlIHRva2VuPSsvJiA8Pg==';
// Characters that may break an encoding, but that HTTP and XML can carry.
const odd = 'Köln & <Ωμέγα> "日本" 100% +a=b;c\'d*~(1)/🚀\n\tend';
const stackName = 'golden-image-dev-events-to-us-east-1';
const stackArn = `arn:aws:cloudformation:eu-west-1:111122223333:stack/${stackName}/1`;
const stackInput = {
  StackName: stackName,
  TemplateBody: JSON.stringify({ Description: odd }),
  Parameters: [
    { ParameterKey: 'HomeBus', ParameterValue: 'arn:aws:events:us-east-1:111122223333:event-bus/default' },
    { ParameterKey: 'Forwarder', ParameterValue: odd },
  ],
  Tags: [{ Key: 'golden:version', Value: '0f2c' }],
};
const cloudFormation = (action: string, result: string): SampleAnswer =>
  xml(
    `<${action}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>b9b4b068-3a41-11e5-94eb-example</RequestId></ResponseMetadata></${action}Response>`,
  );
const tagList = (role: string) => [
  { Key: 'Name', Value: `base-20261123-030000-9f2c ${role}` },
  { Key: 'golden:role', Value: role },
  { Key: 'purpose', Value: odd },
  { Key: 'empty', Value: '' },
];
const tagSpecifications = (...types: string[]) => types.map((type) => ({ ResourceType: type, Tags: tagList(type) }));
const Filters = [
  { Name: 'tag:golden:recipe', Values: ['base'] },
  { Name: 'tag:golden:build', Values: ['20261123-030000-9f2c', odd] },
];
const paged = { Filters, MaxResults: 1000, NextToken: token };
const tagSet =
  '<tagSet><item><key>golden:build</key><value>20261123-030000-9f2c</value></item><item><key>purpose</key><value>Köln &amp; &lt;Ωμέγα&gt; 日本 🚀</value></item><item><key>empty</key><value/></item></tagSet>';

const described = `<instanceId>${instance}</instanceId><imageId>${ami}</imageId><instanceState><code>16</code><name>running</name></instanceState>
<privateDnsName/><reason>User initiated (2026-11-23 03:05:10 GMT)</reason><amiLaunchIndex>0</amiLaunchIndex><productCodes/>
<instanceType>t3.small</instanceType><launchTime>2026-11-23T03:00:01.000Z</launchTime><placement><availabilityZone>us-east-1a</availabilityZone><groupName/><tenancy>default</tenancy></placement>
<monitoring><state>disabled</state></monitoring><subnetId>subnet-1</subnetId><groupSet><item><groupId>sg-1</groupId><groupName>default</groupName></item></groupSet>
<stateReason><code>Client.UserInitiatedShutdown</code><message>Client.UserInitiatedShutdown: User initiated shutdown</message></stateReason>
<architecture>x86_64</architecture><rootDeviceName>/dev/xvda</rootDeviceName><blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs><volumeId>${volume}</volumeId><status>attached</status><attachTime>2026-11-23T03:00:02.000Z</attachTime><deleteOnTermination>true</deleteOnTermination></ebs></item></blockDeviceMapping>
<clientToken>a-token</clientToken>${tagSet}<hypervisor>xen</hypervisor><networkInterfaceSet/><iamInstanceProfile><arn>arn:aws:iam::123456789012:instance-profile/golden-image-builder</arn><id>AIPA</id></iamInstanceProfile><ebsOptimized>false</ebsOptimized>
<metadataOptions><state>applied</state><httpTokens>required</httpTokens><httpPutResponseHopLimit>2</httpPutResponseHopLimit><httpEndpoint>enabled</httpEndpoint></metadataOptions>`;
const reservation = (inside: string) =>
  `<reservationId>r-1</reservationId><ownerId>123456789012</ownerId><groupSet/><instancesSet><item>${inside}</item></instancesSet>`;
const stateChange = `<instancesSet><item><instanceId>${instance}</instanceId><currentState><code>32</code><name>shutting-down</name></currentState><previousState><code>16</code><name>running</name></previousState></item></instancesSet>`;

const event = (id: number, type: string, details: object) => ({
  id,
  previousEventId: id - 1,
  type,
  timestamp: 1795402800.123 + id,
  ...details,
});
const command = {
  CommandId: '0831e1a8-a1ac-4257-a1fd-c831bEXAMPLE',
  DocumentName: 'AWS-RunShellScript',
  DocumentVersion: '$DEFAULT',
  Comment: odd,
  Parameters: { commands: ['echo "ü"', odd], executionTimeout: ['3600'] },
  InstanceIds: [instance],
  Targets: [],
  RequestedDateTime: 1795402800.5,
  ExpiresAfter: 1795410000,
  Status: 'Success',
  StatusDetails: 'Success',
  TimeoutSeconds: 600,
  TargetCount: 1,
  CloudWatchOutputConfig: { CloudWatchOutputEnabled: false, CloudWatchLogGroupName: '' },
};

export const samples: Record<string, Sample> = {
  DescribeImages: {
    inputs: [
      { ImageIds: [ami, 'ami-2'] },
      { Owners: ['self', '137112412989'], ...paged },
      { Owners: ['self'], Filters: [] },
      { Owners: ['self'], IncludeDisabled: true, MaxResults: 1000, NextToken: token },
      { ImageIds: [ami], IncludeDisabled: true, IncludeDeprecated: true },
    ],
    answers: [
      ec2(
        'DescribeImages',
        `<imagesSet><item><imageId>${ami}</imageId><imageLocation>123456789012/base</imageLocation><imageState>failed</imageState><imageOwnerId>123456789012</imageOwnerId><imageOwnerAlias>amazon</imageOwnerAlias><creationDate>2026-11-23T03:04:05.000Z</creationDate><deprecationTime>2028-11-23T03:04:05.000Z</deprecationTime><isPublic>false</isPublic><productCodes/><architecture>x86_64</architecture><imageType>machine</imageType><platform>windows</platform><name>base-20261123-030000-9f2c</name><description>Köln &amp; 日本</description><rootDeviceType>ebs</rootDeviceType><rootDeviceName>/dev/xvda</rootDeviceName><stateReason><code>Client.InternalError</code><message>Client.InternalError: Client error on launch</message></stateReason><blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs><snapshotId>${snapshot}</snapshotId><volumeSize>8</volumeSize><deleteOnTermination>true</deleteOnTermination><volumeType>gp3</volumeType><iops>3000</iops><throughput>125</throughput><encrypted>true</encrypted></ebs></item><item><deviceName>/dev/sdb</deviceName><virtualName>ephemeral0</virtualName></item></blockDeviceMapping><virtualizationType>hvm</virtualizationType>${tagSet}<hypervisor>xen</hypervisor><enaSupport>true</enaSupport><sriovNetSupport>simple</sriovNetSupport><imdsSupport>v2.0</imdsSupport><bootMode>uefi-preferred</bootMode></item></imagesSet><nextToken>${token}</nextToken>`,
      ),
      ec2('DescribeImages', '<imagesSet/>'),
    ],
  },
  DescribeImageAttribute: {
    inputs: [
      { ImageId: ami, Attribute: 'launchPermission' },
      { ImageId: ami, Attribute: 'lastLaunchedTime' },
      { ImageId: ami, Attribute: 'uefiData' },
    ],
    answers: [
      ec2(
        'DescribeImageAttribute',
        `<imageId>${ami}</imageId><lastLaunchedTime><value>2026-11-23T03:04:05.000Z</value></lastLaunchedTime>`,
      ),
      ec2(
        'DescribeImageAttribute',
        `<imageId>${ami}</imageId><launchPermission><item><userId>444455556666</userId></item><item><organizationArn>arn:aws:organizations::111122223333:organization/o-exampleorgid</organizationArn></item><item><organizationalUnitArn>arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-1</organizationalUnitArn></item><item><group>all</group></item></launchPermission>`,
      ),
    ],
  },
  DescribeImageReferences: {
    inputs: [
      {
        ImageIds: [ami, 'ami-2'],
        ResourceTypes: [
          {
            ResourceType: 'ec2:LaunchTemplate',
            ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: ['10000'] }],
          },
          { ResourceType: 'ssm:Parameter' },
        ],
        NextToken: token,
      },
    ],
    answers: [
      ec2(
        'DescribeImageReferences',
        `<nextToken>${token}</nextToken><imageReferenceSet><item><imageId>${ami}</imageId><resourceType>ec2:LaunchTemplate</resourceType><arn>arn:aws:ec2:us-east-1:123456789012:launch-template/lt-0123456789abcdef0</arn></item></imageReferenceSet>`,
      ),
    ],
  },
  CreateImageUsageReport: {
    inputs: [
      {
        ImageId: ami,
        ClientToken: 'golden-usage-ami-0123456789abcdef0-2026-11-23T03',
        ResourceTypes: [
          { ResourceType: 'ec2:Instance' },
          {
            ResourceType: 'ec2:LaunchTemplate',
            ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: ['10000'] }],
          },
        ],
      },
    ],
    answers: [ec2('CreateImageUsageReport', '<reportId>amiur-00b877d192f6b02d0</reportId>')],
  },
  DescribeImageUsageReports: {
    inputs: [{ ImageIds: [ami], NextToken: token }],
    answers: [
      ec2(
        'DescribeImageUsageReports',
        `<nextToken>${token}</nextToken><imageUsageReportSet><item><imageId>${ami}</imageId><reportId>amiur-00b877d192f6b02d0</reportId><resourceTypeSet><item><resourceType>ec2:LaunchTemplate</resourceType><resourceTypeOptionSet><item><optionName>version-depth</optionName><optionValueSet><item>10000</item></optionValueSet></item></resourceTypeOptionSet></item></resourceTypeSet><accountIdSet><item>444455556666</item></accountIdSet><state>error</state><stateReason>Internal error</stateReason><creationTime>2026-11-23T03:04:05.000Z</creationTime><expirationTime>2026-12-23T03:04:05.000Z</expirationTime></item></imageUsageReportSet>`,
      ),
    ],
  },
  DescribeImageUsageReportEntries: {
    inputs: [{ ReportIds: ['amiur-00b877d192f6b02d0'], NextToken: token }],
    answers: [
      ec2(
        'DescribeImageUsageReportEntries',
        `<nextToken>${token}</nextToken><imageUsageReportEntrySet><item><resourceType>ec2:Instance</resourceType><reportId>amiur-00b877d192f6b02d0</reportId><usageCount>15</usageCount><accountId>444455556666</accountId><imageId>${ami}</imageId><reportCreationTime>2026-11-23T03:04:05.000Z</reportCreationTime></item></imageUsageReportEntrySet>`,
      ),
    ],
  },
  GetImageAncestry: {
    inputs: [{ ImageId: ami }],
    answers: [
      ec2(
        'GetImageAncestry',
        `<imageAncestryEntrySet><item><creationDate>2026-11-23T03:04:05.000Z</creationDate><imageId>${ami}</imageId><sourceImageId>ami-2</sourceImageId><sourceImageRegion>eu-west-1</sourceImageRegion></item><item><creationDate>2026-11-20T03:04:05.000Z</creationDate><imageId>ami-2</imageId><imageOwnerAlias>amazon</imageOwnerAlias></item></imageAncestryEntrySet>`,
      ),
    ],
  },
  ModifyImageAttribute: {
    inputs: [
      { DryRun: true, ImageId: ami, ImdsSupport: { Value: 'v2.0' } },
      {
        ImageId: ami,
        LaunchPermission: {
          Add: [
            { UserId: '444455556666' },
            { UserId: '777788889999' },
            { OrganizationArn: 'arn:aws:organizations::111122223333:organization/o-exampleorgid' },
            { OrganizationalUnitArn: 'arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-abcd-12345678' },
            { Group: 'all' },
          ],
          Remove: [
            { UserId: '555566667777' },
            { Group: 'all' },
            { OrganizationArn: 'arn:aws:organizations::111122223333:organization/o-exampleorgi2' },
            { OrganizationalUnitArn: 'arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-abcd-87654321' },
          ],
        },
      },
    ],
    answers: [done('ModifyImageAttribute')],
  },
  ResetImageAttribute: {
    inputs: [{ ImageId: ami, Attribute: 'launchPermission' }],
    answers: [done('ResetImageAttribute')],
  },
  ResetSnapshotAttribute: {
    inputs: [{ SnapshotId: snapshot, Attribute: 'createVolumePermission' }],
    answers: [done('ResetSnapshotAttribute')],
  },
  CreateTags: {
    inputs: [{ Resources: [ami, snapshot], Tags: tagList('image') }],
    answers: [done('CreateTags')],
  },
  DeleteTags: {
    inputs: [{ Resources: [ami, snapshot], Tags: [{ Key: 'golden:expires' }, { Key: 'purpose', Value: '' }] }],
    answers: [done('DeleteTags')],
  },
  CopyImage: {
    inputs: [
      {
        DryRun: true,
        SourceRegion: 'us-east-1',
        SourceImageId: ami,
        Name: 'base-20261123-030000-9f2c',
        Description: odd,
        ClientToken: 'a-token',
        Encrypted: true,
        KmsKeyId: 'alias/golden-eu',
        TagSpecifications: tagSpecifications('image', 'snapshot'),
      },
      { SourceRegion: 'us-east-1', SourceImageId: ami, Name: 'base' }, // the SDK generates a token
    ],
    answers: [ec2('CopyImage', `<imageId>${ami}</imageId>`)],
  },
  CreateImage: {
    inputs: [true, false].map((NoReboot) => ({
      InstanceId: instance,
      Name: 'base-20261123-030000-9f2c',
      Description: odd,
      NoReboot,
      TagSpecifications: tagSpecifications('image', 'snapshot'),
    })),
    answers: [ec2('CreateImage', `<imageId>${ami}</imageId>`)],
  },
  CreateSnapshots: {
    inputs: [
      {
        InstanceSpecification: { InstanceId: instance, ExcludeDataVolumeIds: [volume] },
        Description: odd,
        TagSpecifications: tagSpecifications('snapshot'),
      },
      {
        InstanceSpecification: { InstanceId: instance },
        Description: odd,
        TagSpecifications: tagSpecifications('snapshot'),
      },
    ],
    answers: [
      ec2(
        'CreateSnapshots',
        `<snapshotSet><item><snapshotId>${snapshot}</snapshotId><volumeId>${volume}</volumeId><state>pending</state><startTime>2026-11-23T03:04:05.678Z</startTime><progress/><ownerId>123456789012</ownerId><volumeSize>8</volumeSize><description>base</description><encrypted>true</encrypted>${tagSet}</item></snapshotSet>`,
      ),
    ],
  },
  CopySnapshot: {
    inputs: [
      {
        SourceRegion: 'us-east-1',
        SourceSnapshotId: snapshot,
        Description: odd,
        Encrypted: true,
        KmsKeyId: 'alias/golden',
        TagSpecifications: tagSpecifications('snapshot'),
      },
    ],
    answers: [ec2('CopySnapshot', `<snapshotId>${snapshot}</snapshotId>`)],
  },
  ImportSnapshot: {
    inputs: [
      {
        Description: odd,
        DiskContainer: {
          Description: odd,
          Format: 'VMDK',
          UserBucket: { S3Bucket: 'disks', S3Key: 'web server/2026.vmdk' },
        },
        RoleName: 'vmimport',
        ClientToken: 'token',
        Encrypted: true,
        KmsKeyId: 'alias/golden',
        TagSpecifications: tagSpecifications('import-snapshot-task'),
      },
    ],
    answers: [
      ec2(
        'ImportSnapshot',
        `<importTaskId>import-snap-0123456789abcdef0</importTaskId><description>base</description><snapshotTaskDetail><diskImageSize>0.0</diskImageSize><description>base</description><format>VMDK</format><progress>3</progress><status>active</status><statusMessage>pending</statusMessage><userBucket><s3Bucket>disks</s3Bucket><s3Key>web.vmdk</s3Key></userBucket></snapshotTaskDetail>${tagSet}`,
      ),
    ],
  },
  DescribeImportSnapshotTasks: {
    inputs: [{}, { NextToken: 'next' }],
    answers: [
      ec2(
        'DescribeImportSnapshotTasks',
        `<importSnapshotTaskSet><item><importTaskId>import-snap-0123456789abcdef0</importTaskId><description>base</description><snapshotTaskDetail><diskImageSize>705638400.0</diskImageSize><description>base</description><format>VMDK</format><snapshotId>${snapshot}</snapshotId><status>completed</status><userBucket><s3Bucket>disks</s3Bucket><s3Key>web.vmdk</s3Key></userBucket></snapshotTaskDetail>${tagSet}</item></importSnapshotTaskSet>`,
      ),
      ec2('DescribeImportSnapshotTasks', '<importSnapshotTaskSet/>'),
    ],
  },
  CancelImportTask: {
    inputs: [{ ImportTaskId: 'import-snap-0123456789abcdef0' }],
    answers: [
      ec2(
        'CancelImportTask',
        '<importTaskId>import-snap-0123456789abcdef0</importTaskId><previousState>active</previousState><state>deleting</state>',
      ),
    ],
  },
  CreateStoreImageTask: {
    inputs: [{ ImageId: ami, Bucket: 'archives', S3ObjectTags: [{ Key: 'golden:recipe', Value: 'base' }] }],
    answers: [ec2('CreateStoreImageTask', `<objectKey>${ami}.bin</objectKey>`)],
  },
  DescribeStoreImageTasks: {
    inputs: [{ ImageIds: [ami] }],
    answers: [
      ec2(
        'DescribeStoreImageTasks',
        `<storeImageTaskResultSet><item><amiId>${ami}</amiId><bucket>archives</bucket><progressPercentage>17</progressPercentage><s3objectKey>${ami}.bin</s3objectKey><storeTaskState>InProgress</storeTaskState><taskStartTime>2026-11-23T03:05:10.000Z</taskStartTime></item></storeImageTaskResultSet>`,
      ),
    ],
  },
  CreateRestoreImageTask: {
    inputs: [
      {
        Bucket: 'archives',
        ObjectKey: `${ami}.bin`,
        Name: 'base-20261123-030000-9f2c-restored',
        TagSpecifications: tagSpecifications('image', 'snapshot'),
      },
    ],
    answers: [ec2('CreateRestoreImageTask', `<imageId>${ami}</imageId>`)],
  },
  RegisterImage: {
    inputs: [
      {
        Name: 'base-20261123-030000-9f2c',
        Description: odd,
        Architecture: 'arm64',
        VirtualizationType: 'hvm',
        RootDeviceName: '/dev/xvda',
        EnaSupport: true,
        SriovNetSupport: 'simple',
        BootMode: 'uefi',
        TpmSupport: 'v2.0',
        ImdsSupport: 'v2.0',
        BlockDeviceMappings: [
          {
            DeviceName: '/dev/xvda',
            Ebs: {
              SnapshotId: snapshot,
              VolumeSize: 8,
              VolumeType: 'gp3',
              Iops: 3000,
              Throughput: 125,
              DeleteOnTermination: true,
            },
          },
          { DeviceName: '/dev/sdb', VirtualName: 'ephemeral0' },
        ],
        TagSpecifications: tagSpecifications('image'),
      },
    ],
    answers: [ec2('RegisterImage', `<imageId>${ami}</imageId>`)],
  },
  DeregisterImage: {
    inputs: [{ ImageId: ami }, { ImageId: ami, DeleteAssociatedSnapshots: true }],
    answers: [
      done('DeregisterImage'),
      ec2(
        'DeregisterImage',
        `<return>true</return><deleteSnapshotResultSet><item><snapshotId>${snapshot}</snapshotId><returnCode>skipped</returnCode></item></deleteSnapshotResultSet>`,
      ),
    ],
  },
  EnableImageDeprecation: {
    inputs: [{ ImageId: ami, DeprecateAt: new Date('2026-11-23T03:05:00Z') }],
    answers: [done('EnableImageDeprecation')],
  },
  ListImagesInRecycleBin: {
    inputs: [{ ImageIds: [ami] }],
    answers: [
      ec2(
        'ListImagesInRecycleBin',
        `<imageSet><item><imageId>${ami}</imageId><name>base-20261123-030000-9f2c</name><recycleBinEnterTime>2026-11-23T03:05:10.000Z</recycleBinEnterTime><recycleBinExitTime>2026-11-30T03:05:10.000Z</recycleBinExitTime></item></imageSet>`,
      ),
    ],
  },
  AttachImageWatermark: {
    inputs: [{ DryRun: true, ImageId: ami, WatermarkName: 'golden-image-prod-us-east-1/base' }],
    answers: [
      ec2('AttachImageWatermark', `<watermarkKey>123456789012:golden-image-prod-us-east-1/base</watermarkKey>`),
    ],
  },
  DetachImageWatermark: {
    inputs: [{ ImageId: ami, WatermarkKey: '123456789012:golden-image-prod-us-east-1/base' }],
    answers: [done('DetachImageWatermark')],
  },
  CreateLaunchTemplateVersion: {
    inputs: [
      {
        DryRun: true,
        ClientToken: 'token',
        LaunchTemplateId: 'lt-0123456789abcdef0',
        SourceVersion: '3',
        VersionDescription: odd,
        LaunchTemplateData: { ImageId: ami },
      },
    ],
    answers: [
      ec2(
        'CreateLaunchTemplateVersion',
        `<launchTemplateVersion><launchTemplateId>lt-0123456789abcdef0</launchTemplateId><versionNumber>4</versionNumber></launchTemplateVersion>`,
      ),
    ],
  },
  DeleteLaunchTemplateVersions: {
    inputs: [{ LaunchTemplateId: 'lt-0123456789abcdef0', Versions: ['4'] }],
    answers: [
      ec2(
        'DeleteLaunchTemplateVersions',
        `<successfullyDeletedLaunchTemplateVersionSet/><unsuccessfullyDeletedLaunchTemplateVersionSet><item><launchTemplateId>lt-0123456789abcdef0</launchTemplateId><versionNumber>4</versionNumber><responseError><code>launchTemplateVersionDoesNotExist</code><message>no</message></responseError></item></unsuccessfullyDeletedLaunchTemplateVersionSet>`,
      ),
    ],
  },
  DescribeLaunchTemplates: {
    inputs: [{ LaunchTemplateIds: ['lt-0123456789abcdef0'] }, { LaunchTemplateNames: ['web'] }],
    answers: [
      ec2(
        'DescribeLaunchTemplates',
        `<launchTemplates><item><launchTemplateId>lt-0123456789abcdef0</launchTemplateId><defaultVersionNumber>3</defaultVersionNumber><tagSet><item><key>golden:recipe</key><value>base</value></item></tagSet></item></launchTemplates>`,
      ),
    ],
  },
  DescribeLaunchTemplateVersions: {
    inputs: [
      {
        LaunchTemplateId: 'lt-0123456789abcdef0',
        Filters: [{ Name: 'image-id', Values: [ami] }],
        MaxResults: 200,
        NextToken: 'next',
      },
      { LaunchTemplateName: 'web', Versions: ['$Default'] },
    ],
    answers: [
      ec2(
        'DescribeLaunchTemplateVersions',
        `<launchTemplateVersionSet><item><versionNumber>4</versionNumber><versionDescription>recipe base</versionDescription><launchTemplateData><imageId>${ami}</imageId></launchTemplateData></item></launchTemplateVersionSet><nextToken>next</nextToken>`,
      ),
    ],
  },
  ModifyLaunchTemplate: {
    inputs: [{ DryRun: true, LaunchTemplateId: 'lt-0123456789abcdef0', DefaultVersion: '4' }],
    answers: [
      ec2(
        'ModifyLaunchTemplate',
        `<launchTemplate><launchTemplateId>lt-0123456789abcdef0</launchTemplateId><defaultVersionNumber>4</defaultVersionNumber></launchTemplate>`,
      ),
    ],
  },
  DisableImage: { inputs: [{ ImageId: ami }], answers: [done('DisableImage')] },
  EnableImage: { inputs: [{ ImageId: ami }], answers: [done('EnableImage')] },
  DescribeInstances: {
    inputs: [{ InstanceIds: [instance] }, { ...paged, MaxResults: 100 }],
    answers: [
      ec2(
        'DescribeInstances',
        `<reservationSet><item>${reservation(described)}</item><item>${reservation('<instanceId>i-2</instanceId>')}</item></reservationSet><nextToken>${token}</nextToken>`,
      ),
    ],
  },
  RunInstances: {
    inputs: [
      {
        ImageId: ami,
        InstanceType: 't3.small',
        SubnetId: 'subnet-0123456789abcdef0',
        SecurityGroupIds: ['sg-1', 'sg-2'],
        KeyName: 'admin',
        MinCount: 1,
        MaxCount: 1,
        ClientToken: 'a-token',
        IamInstanceProfile: { Name: 'golden-image-builder' },
        MetadataOptions: {
          HttpTokens: 'required',
          HttpEndpoint: 'enabled',
          HttpPutResponseHopLimit: 2,
          InstanceMetadataTags: 'enabled',
          HttpProtocolIpv6: 'enabled',
        },
        Placement: {
          Tenancy: 'host',
          HostId: 'h-0123456789abcdef0',
          HostResourceGroupArn: 'arn:aws:resource-groups:us-east-1:123456789012:group/hosts',
          GroupName: 'builders',
        },
        LicenseSpecifications: [
          {
            LicenseConfigurationArn:
              'arn:aws:license-manager:us-east-1:123456789012:license-configuration:lic-0123456789abcdef0123456789abcdef',
          },
        ],
        InstanceMarketOptions: {
          MarketType: 'spot',
          SpotOptions: { SpotInstanceType: 'one-time', InstanceInterruptionBehavior: 'terminate', MaxPrice: '0.05' },
        },
        InstanceInitiatedShutdownBehavior: 'terminate',
        UserData: 'I2Nsb3VkLWJvb3Rob29rCg==',
        BlockDeviceMappings: [
          {
            DeviceName: '/dev/xvda',
            Ebs: {
              DeleteOnTermination: true,
              VolumeType: 'gp3',
              VolumeSize: 8,
              Encrypted: true,
              KmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
              Iops: 3000,
              Throughput: 125,
            },
          },
          {
            DeviceName: '/dev/sdf',
            Ebs: { DeleteOnTermination: true, VolumeType: 'gp3', Encrypted: false, KmsKeyId: undefined },
          },
        ],
        TagSpecifications: tagSpecifications('instance', 'volume', 'network-interface', 'spot-instances-request'),
      },
      {
        // parameters that a candidate omits; the SDK generates a token
        ImageId: ami,
        InstanceType: 't3.small',
        SubnetId: undefined,
        SecurityGroupIds: undefined,
        MinCount: 1,
        MaxCount: 1,
        BlockDeviceMappings: undefined,
        DryRun: true,
      },
    ],
    answers: [ec2('RunInstances', reservation(described))],
  },
  StopInstances: { inputs: [{ InstanceIds: [instance] }], answers: [ec2('StopInstances', stateChange)] },
  TerminateInstances: {
    inputs: [{ InstanceIds: [instance, 'i-2'] }],
    answers: [ec2('TerminateInstances', stateChange)],
  },
  DescribeInstanceTypeOfferings: {
    inputs: [
      {
        LocationType: 'availability-zone',
        Filters: [{ Name: 'instance-type', Values: ['t3.small', 'm6g.large'] }],
        MaxResults: 1000,
        NextToken: token,
      },
    ],
    answers: [
      ec2(
        'DescribeInstanceTypeOfferings',
        `<instanceTypeOfferingSet><item><instanceType>t3.small</instanceType><locationType>availability-zone</locationType><location>us-east-1a</location></item></instanceTypeOfferingSet><nextToken>${token}</nextToken>`,
      ),
    ],
  },
  DescribeInstanceTypes: {
    inputs: [
      {
        Filters: [{ Name: 'instance-type', Values: ['t3.small', 'm6g.large'] }],
        MaxResults: 100,
        NextToken: token,
      },
    ],
    answers: [
      ec2(
        'DescribeInstanceTypes',
        '<instanceTypeSet><item><instanceType>t3.small</instanceType><currentGeneration>true</currentGeneration><bareMetal>false</bareMetal><hypervisor>nitro</hypervisor><processorInfo><supportedArchitectures><item>x86_64</item></supportedArchitectures></processorInfo><networkInfo><enaSupport>required</enaSupport></networkInfo><supportedBootModes><item>legacy-bios</item><item>uefi</item></supportedBootModes><supportedVirtualizationTypes><item>hvm</item></supportedVirtualizationTypes><nitroTpmSupport>supported</nitroTpmSupport><ebsInfo><ebsOptimizedSupport>default</ebsOptimizedSupport><maximumEbsAttachments>28</maximumEbsAttachments><attachmentLimitType>shared</attachmentLimitType></ebsInfo><instanceStorageInfo><nvmeSupport>required</nvmeSupport><disks><item><count>2</count><sizeInGB>75</sizeInGB><type>ssd</type></item></disks></instanceStorageInfo></item></instanceTypeSet><nextToken>next</nextToken>',
      ),
    ],
  },
  DescribeRegions: {
    inputs: [{}, { AllRegions: true }],
    answers: [
      ec2(
        'DescribeRegions',
        '<regionInfo><item><regionName>ap-east-1</regionName><regionEndpoint>ec2.ap-east-1.amazonaws.com</regionEndpoint><optInStatus>opted-in</optInStatus></item><item><regionName>us-east-1</regionName><regionEndpoint>ec2.us-east-1.amazonaws.com</regionEndpoint><optInStatus>opt-in-not-required</optInStatus></item></regionInfo>',
      ),
    ],
  },
  DescribeRouteTables: {
    inputs: [{ Filters, MaxResults: 100, NextToken: token }],
    answers: [
      ec2(
        'DescribeRouteTables',
        '<routeTableSet><item><routeTableId>rtb-1</routeTableId><vpcId>vpc-1</vpcId><ownerId>123456789012</ownerId><routeSet><item><destinationCidrBlock>10.0.0.0/16</destinationCidrBlock><gatewayId>local</gatewayId><state>active</state><origin>CreateRouteTable</origin></item><item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><natGatewayId>nat-1</natGatewayId><state>blackhole</state></item><item><destinationIpv6CidrBlock>::/0</destinationIpv6CidrBlock><transitGatewayId>tgw-1</transitGatewayId><state>active</state></item><item><destinationPrefixListId>pl-1</destinationPrefixListId><gatewayId>vpce-1</gatewayId><state>active</state></item><item><destinationCidrBlock>10.1.0.0/16</destinationCidrBlock><vpcPeeringConnectionId>pcx-1</vpcPeeringConnectionId><state>active</state></item><item><destinationCidrBlock>10.2.0.0/16</destinationCidrBlock><networkInterfaceId>eni-1</networkInterfaceId><state>active</state></item></routeSet><associationSet><item><routeTableAssociationId>rtbassoc-1</routeTableAssociationId><routeTableId>rtb-1</routeTableId><main>true</main></item><item><routeTableAssociationId>rtbassoc-2</routeTableAssociationId><subnetId>subnet-1</subnetId><main>false</main></item></associationSet></item></routeTableSet><nextToken>next</nextToken>',
      ),
    ],
  },
  DescribeSecurityGroups: {
    inputs: [paged],
    answers: [
      ec2(
        'DescribeSecurityGroups',
        '<securityGroupInfo><item><ownerId>123456789012</ownerId><groupId>sg-1</groupId><groupName>default</groupName><groupDescription>default VPC security group</groupDescription><vpcId>vpc-1</vpcId><ipPermissions/><ipPermissionsEgress><item><ipProtocol>-1</ipProtocol><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges></item><item><ipProtocol>tcp</ipProtocol><fromPort>443</fromPort><toPort>443</toPort></item></ipPermissionsEgress></item></securityGroupInfo><nextToken>next</nextToken>',
      ),
    ],
  },
  DescribeSubnets: {
    inputs: [paged],
    answers: [
      ec2(
        'DescribeSubnets',
        '<subnetSet><item><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId><state>available</state><availableIpAddressCount>251</availableIpAddressCount><availabilityZone>us-east-1a</availabilityZone><defaultForAz>true</defaultForAz><mapPublicIpOnLaunch>true</mapPublicIpOnLaunch><assignIpv6AddressOnCreation>false</assignIpv6AddressOnCreation></item></subnetSet><nextToken>next</nextToken>',
      ),
    ],
  },
  GetImageBlockPublicAccessState: {
    inputs: [{}],
    answers: [
      ec2(
        'GetImageBlockPublicAccessState',
        '<imageBlockPublicAccessState>block-new-sharing</imageBlockPublicAccessState><managedBy>account</managedBy>',
      ),
    ],
  },
  GetAllowedImagesSettings: {
    inputs: [{}],
    answers: [
      ec2('GetAllowedImagesSettings', '<state>audit-mode</state><imageCriterionSet/><managedBy>account</managedBy>'),
    ],
  },
  DescribeVpcEndpoints: {
    inputs: [paged],
    answers: [
      ec2(
        'DescribeVpcEndpoints',
        '<vpcEndpointSet><item><vpcEndpointId>vpce-1</vpcEndpointId><vpcEndpointType>Interface</vpcEndpointType><vpcId>vpc-1</vpcId><serviceName>com.amazonaws.us-east-1.ssm</serviceName><state>available</state></item></vpcEndpointSet><nextToken>next</nextToken>',
      ),
    ],
  },
  DescribeHosts: {
    inputs: [{ HostIds: ['h-0123456789abcdef0'] }],
    answers: [
      ec2(
        'DescribeHosts',
        '<hostSet><item><hostId>h-0123456789abcdef0</hostId><state>available</state><availabilityZone>us-east-1a</availabilityZone><hostProperties><instanceFamily>m5</instanceFamily></hostProperties></item></hostSet>',
      ),
    ],
  },
  DescribeKeyPairs: {
    inputs: [{ KeyNames: ['admin'] }],
    answers: [
      ec2(
        'DescribeKeyPairs',
        `<keySet><item><keyPairId>key-0123456789abcdef0</keyPairId><keyName>admin</keyName><keyType>rsa</keyType>${tagSet}</item></keySet>`,
      ),
    ],
  },
  DescribeVpcs: {
    inputs: [paged],
    answers: [
      ec2(
        'DescribeVpcs',
        `<vpcSet><item><vpcId>vpc-1</vpcId><ownerId>123456789012</ownerId><state>available</state><cidrBlock>10.0.0.0/16</cidrBlock><isDefault>false</isDefault>${tagSet}</item></vpcSet><nextToken>next</nextToken>`,
      ),
    ],
  },
  DescribeSnapshots: {
    inputs: [{ OwnerIds: ['self'], ...paged }],
    answers: [
      ec2(
        'DescribeSnapshots',
        `<snapshotSet><item><snapshotId>${snapshot}</snapshotId><volumeId>${volume}</volumeId><status>pending</status><startTime>2026-11-23T03:04:05.678Z</startTime><progress>30%</progress><ownerId>123456789012</ownerId><volumeSize>8</volumeSize><description>Created by CreateImage</description>${tagSet}<encrypted>true</encrypted><kmsKeyId>arn:aws:kms:us-east-1:123456789012:key/1</kmsKeyId><storageTier>standard</storageTier></item></snapshotSet><nextToken>${token}</nextToken>`,
      ),
    ],
  },
  GetEbsEncryptionByDefault: {
    inputs: [{}],
    answers: [
      ec2(
        'GetEbsEncryptionByDefault',
        '<ebsEncryptionByDefault>true</ebsEncryptionByDefault><sseType>sse-kms</sseType>',
      ),
    ],
  },
  GetEbsDefaultKmsKeyId: {
    inputs: [{}],
    answers: [ec2('GetEbsDefaultKmsKeyId', '<kmsKeyId>arn:aws:kms:us-east-1:123456789012:key/1</kmsKeyId>')],
  },
  DescribeKey: {
    inputs: [{ KeyId: 'alias/golden' }],
    answers: [
      json({
        KeyMetadata: {
          AWSAccountId: '123456789012',
          Arn: 'arn:aws:kms:us-east-1:123456789012:key/1',
          CreationDate: 1795402800.5,
          Enabled: true,
          KeyId: '1',
          KeyManager: 'CUSTOMER',
          KeyState: 'Enabled',
          KeyUsage: 'ENCRYPT_DECRYPT',
        },
      }),
    ],
  },
  CreateGrant: {
    inputs: [
      {
        KeyId: 'arn:aws:kms:us-east-1:123456789012:key/1',
        Name: 'golden:base/20261123-030000-0000/us-east-1/444455556666',
        GranteePrincipal: 'arn:aws:iam::444455556666:role/golden-copy-target',
        RetiringPrincipal: 'arn:aws:iam::123456789012:root',
        Operations: ['Decrypt', 'DescribeKey', 'CreateGrant', 'ReEncryptFrom'],
      },
    ],
    answers: [json({ GrantId: 'abcd', GrantToken: 'efgh' })],
  },
  ListRetirableGrants: {
    inputs: [{ RetiringPrincipal: 'arn:aws:iam::123456789012:root', Limit: 100, Marker: 'next' }],
    answers: [
      json({
        Grants: [
          {
            CreationDate: 1795402800.5,
            GrantId: 'abcd',
            GranteePrincipal: 'arn:aws:iam::444455556666:role/golden-copy-target',
            IssuingAccount: 'arn:aws:iam::123456789012:root',
            KeyId: 'arn:aws:kms:us-east-1:123456789012:key/1',
            Name: 'golden:base/20261123-030000-0000/us-east-1/444455556666',
            Operations: ['Decrypt', 'CreateGrant'],
            RetiringPrincipal: 'arn:aws:iam::123456789012:root',
          },
        ],
        NextMarker: 'more',
        Truncated: true,
      }),
    ],
  },
  RevokeGrant: {
    inputs: [{ KeyId: 'arn:aws:kms:us-east-1:123456789012:key/1', GrantId: 'abcd' }],
    answers: [json({})],
  },
  AssumeRole: {
    inputs: [
      {
        RoleArn: 'arn:aws:iam::444455556666:role/golden-copy-target',
        RoleSessionName: 'golden-20261123-030000-0000',
        DurationSeconds: 900,
        Policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ec2:CopyImage"],"Resource":"*"}]}',
        ExternalId: 'golden-42',
      },
    ],
    answers: [
      xml(
        '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser><AssumedRoleId>AROA123EXAMPLE123:golden</AssumedRoleId><Arn>arn:aws:sts::444455556666:assumed-role/golden-copy-target/golden</Arn></AssumedRoleUser><Credentials><AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>2026-11-23T04:00:00Z</Expiration></Credentials></AssumeRoleResult><ResponseMetadata><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ResponseMetadata></AssumeRoleResponse>',
      ),
    ],
  },
  GetKeyPolicy: {
    inputs: [{ KeyId: 'arn:aws:kms:us-east-1:123456789012:key/1' }],
    answers: [json({ Policy: '{"Version":"2012-10-17","Statement":[]}', PolicyName: 'default' })],
  },
  GetInstanceProfile: {
    inputs: [{ InstanceProfileName: 'golden-image-builder' }],
    answers: [
      xml(
        '<GetInstanceProfileResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetInstanceProfileResult><InstanceProfile><InstanceProfileId>AIPAEXAMPLEEXAMPLEEX</InstanceProfileId><Roles><member><Path>/</Path><Arn>arn:aws:iam::123456789012:role/golden-image-builder</Arn><RoleName>golden-image-builder</RoleName><CreateDate>2026-11-23T03:00:00Z</CreateDate><RoleId>AROAEXAMPLEEXAMPLEEX</RoleId></member></Roles><InstanceProfileName>golden-image-builder</InstanceProfileName><Path>/</Path><Arn>arn:aws:iam::123456789012:instance-profile/golden-image-builder</Arn><CreateDate>2026-11-23T03:00:00Z</CreateDate></InstanceProfile></GetInstanceProfileResult><ResponseMetadata><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ResponseMetadata></GetInstanceProfileResponse>',
      ),
    ],
  },
  DescribeSecret: {
    inputs: [{ SecretId: 'prod/db' }],
    answers: [
      json({
        ARN: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf',
        Name: 'prod/db',
        KmsKeyId: 'alias/secrets',
        DeletedDate: 1795402800.5,
        VersionIdsToStages: { 'EXAMPLE1-90ab-cdef-fedc-ba987EXAMPLE': ['AWSCURRENT'] },
      }),
    ],
  },
  GetServiceQuota: {
    inputs: [{ ServiceCode: 'ec2', QuotaCode: 'L-1216C47A' }],
    answers: [json({ Quota: { ServiceCode: 'ec2', QuotaCode: 'L-1216C47A', Value: 32 } })],
  },
  DeleteSnapshot: { inputs: [{ SnapshotId: snapshot }], answers: [done('DeleteSnapshot')] },
  DescribeSnapshotAttribute: {
    inputs: [{ SnapshotId: snapshot, Attribute: 'createVolumePermission' }],
    answers: [
      ec2(
        'DescribeSnapshotAttribute',
        `<snapshotId>${snapshot}</snapshotId><createVolumePermission><item><userId>444455556666</userId></item><item><group>all</group></item></createVolumePermission>`,
      ),
    ],
  },
  ModifySnapshotAttribute: {
    inputs: [
      {
        DryRun: true,
        SnapshotId: snapshot,
        Attribute: 'createVolumePermission',
        CreateVolumePermission: { Add: [{ UserId: '444455556666' }, { UserId: '777788889999' }] },
      },
      {
        SnapshotId: snapshot,
        Attribute: 'createVolumePermission',
        CreateVolumePermission: { Remove: [{ UserId: '555566667777' }, { Group: 'all' }] },
      },
    ],
    answers: [done('ModifySnapshotAttribute')],
  },
  DescribeVolumes: {
    inputs: [{ ...paged, MaxResults: 500 }],
    answers: [
      ec2(
        'DescribeVolumes',
        `<volumeSet><item><volumeId>${volume}</volumeId><size>8</size><snapshotId>${snapshot}</snapshotId><availabilityZone>us-east-1a</availabilityZone><status>in-use</status><createTime>2026-11-23T03:00:01.000Z</createTime><attachmentSet><item><volumeId>${volume}</volumeId><instanceId>${instance}</instanceId><device>/dev/xvda</device><status>attached</status><attachTime>2026-11-23T03:00:01.000Z</attachTime><deleteOnTermination>true</deleteOnTermination></item></attachmentSet>${tagSet}<volumeType>gp3</volumeType><iops>3000</iops><throughput>125</throughput><encrypted>true</encrypted><multiAttachEnabled>false</multiAttachEnabled></item></volumeSet>`,
      ),
    ],
  },
  DeleteVolume: { inputs: [{ VolumeId: volume }], answers: [done('DeleteVolume')] },
  ModifyNetworkInterfaceAttribute: {
    inputs: [{ NetworkInterfaceId: 'eni-0123456789abcdef0', Groups: ['sg-0123456789abcdef0', 'sg-0123456789abcdef1'] }],
    answers: [done('ModifyNetworkInterfaceAttribute')],
  },
  ModifyVolume: {
    inputs: [{ VolumeId: volume, Iops: 3_000, Throughput: 125 }],
    answers: [
      ec2(
        'ModifyVolume',
        `<volumeModification><volumeId>${volume}</volumeId><modificationState>modifying</modificationState><targetIops>3000</targetIops><targetThroughput>125</targetThroughput><progress>0</progress></volumeModification>`,
      ),
    ],
  },
  GetObject: {
    inputs: [
      { Bucket: 'golden-image-artifacts', Key: 'builds/base/20261123-030000-9f2c/plan.json' },
      { Bucket: 'golden-image-artifacts', Key: `builds/base/a b+c/Köln&日本=?#%.json`, Range: 'bytes=-4000' },
    ],
    answers: [
      {
        status: 206,
        headers: {
          'x-amz-id-2': 'an id',
          'x-amz-request-id': 'C3D13FE58DE4C810',
          'last-modified': 'Mon, 23 Nov 2026 03:04:05 GMT',
          etag: '"2b54c0b0f3ee1a6b1f2c"',
          'accept-ranges': 'bytes',
          'content-range': 'bytes 10-37/38',
          'content-type': 'application/json',
          'content-length': '36',
          'x-amz-server-side-encryption': 'AES256',
          'x-amz-version-id': 'null',
          'x-amz-meta-made-by': 'golden',
        },
        body: '{"Köln":"日本 🚀","n":[1,2]}\n',
      },
    ],
  },
  ListObjectsV2: {
    inputs: [
      { Bucket: 'golden-image-artifacts', Prefix: 'builds/', Delimiter: '/' },
      { Bucket: 'golden-image-artifacts', Prefix: 'builds/base/Köln& +%/', ContinuationToken: token },
      { Bucket: 'disks', Prefix: 'web server/2026.vmdk', MaxKeys: 1, ExpectedBucketOwner: '111122223333' },
    ],
    answers: [
      xml(
        `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>golden-image-artifacts</Name><Prefix>builds/</Prefix><Delimiter>/</Delimiter><KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken><Contents><Key>builds/Köln &amp; more</Key><LastModified>2026-11-23T03:04:05.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>434234</Size><StorageClass>STANDARD</StorageClass></Contents><CommonPrefixes><Prefix>builds/base/</Prefix></CommonPrefixes></ListBucketResult>`,
      ),
      xml(
        '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>golden-image-artifacts</Name><Prefix/><KeyCount>0</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated></ListBucketResult>',
      ),
    ],
  },
  DeleteObject: {
    inputs: [{ Bucket: 'golden-image-artifacts', Key: 'waits/instance/i-0123456789abcdef0.json' }],
    answers: [
      { status: 204, headers: { 'x-amz-request-id': 'C3D13FE58DE4C810', 'x-amz-delete-marker': 'true' }, body: '' },
    ],
  },
  HeadObject: {
    inputs: [{ Bucket: 'golden-image-archives', Key: `${ami}.bin` }],
    answers: [
      {
        status: 200,
        headers: {
          'x-amz-request-id': 'C3D13FE58DE4C810',
          'content-length': '123456789',
          'x-amz-storage-class': 'DEEP_ARCHIVE',
          'x-amz-restore': 'ongoing-request="false", expiry-date="Fri, 04 Dec 2026 00:00:00 GMT"',
          'x-amz-meta-ami-name': 'base-20261123-030000-9f2c',
        },
        body: '',
      },
    ],
  },
  PutObject: {
    inputs: [
      {
        Bucket: 'golden-image-artifacts',
        Key: 'builds/base/20261123-030000-9f2c/manifest.json',
        Body: `${JSON.stringify({ odd, list: [1, { deep: true }] }, null, 2)}\n`,
        ContentType: 'application/json',
      },
      {
        Bucket: 'golden-image-artifacts',
        Key: 'builds/base/lock.json',
        Body: '{}',
        ContentType: 'application/json',
        IfNoneMatch: '*',
      },
      {
        Bucket: 'golden-image-artifacts',
        Key: 'builds/base/lock.json',
        Body: '{}',
        ContentType: 'application/json',
        IfMatch: '"2b54c0b0f3ee1a6b1f2c"',
      },
    ],
    answers: [
      {
        status: 200,
        headers: {
          'x-amz-request-id': 'C3D13FE58DE4C810',
          etag: '"2b54c0b0f3ee1a6b1f2c"',
          'x-amz-server-side-encryption': 'AES256',
          'x-amz-checksum-crc32': 'AAAAAA==',
          'x-amz-version-id': '3HL4kqtJlcpXroDTDmJ',
        },
        body: '',
      },
    ],
  },
  SendTaskSuccess: {
    inputs: [{ taskToken: token, output: JSON.stringify({ ami, odd }) }],
    answers: [json({})],
  },
  SendTaskFailure: {
    inputs: [{ taskToken: token, error: 'ImageFailed', cause: JSON.stringify({ errorMessage: odd }) }],
    answers: [json({})],
  },
  PutEvents: {
    inputs: [
      {
        Entries: [
          {
            Source: 'golden.images',
            DetailType: 'Source Image Updated',
            Resources: ['arn:aws:states:us-east-1:123456789012:stateMachine:golden-build-image'],
            Detail: JSON.stringify({ recipes: ['base'], source: { ami }, reason: odd }),
          },
        ],
      },
    ],
    answers: [
      json({ FailedEntryCount: 0, Entries: [{ EventId: '11710aed-b79e-4468-a20b-bb3c0c3b4860' }] }),
      json({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: odd }] }),
    ],
  },
  DescribeStacks: {
    inputs: [{ StackName: stackName }],
    answers: [
      cloudFormation(
        'DescribeStacks',
        `<Stacks><member><StackName>${stackName}</StackName><StackId>${stackArn}</StackId><CreationTime>2026-11-23T03:04:05.678Z</CreationTime><StackStatus>ROLLBACK_COMPLETE</StackStatus><StackStatusReason>Köln &amp; more</StackStatusReason><Parameters><member><ParameterKey>HomeBus</ParameterKey><ParameterValue>bus</ParameterValue></member></Parameters><Tags><member><Key>golden:version</Key><Value>0f2c</Value></member><member><Key>golden:events-to</Key><Value>golden-image-dev-us-east-1</Value></member></Tags></member></Stacks>`,
      ),
    ],
  },
  DetectStackDrift: {
    inputs: [{ StackName: stackName }],
    answers: [cloudFormation('DetectStackDrift', '<StackDriftDetectionId>b78ac9b0</StackDriftDetectionId>')],
  },
  DescribeStackDriftDetectionStatus: {
    inputs: [{ StackDriftDetectionId: 'b78ac9b0' }],
    answers: [
      cloudFormation(
        'DescribeStackDriftDetectionStatus',
        `<StackId>${stackArn}</StackId><StackDriftDetectionId>b78ac9b0</StackDriftDetectionId><StackDriftStatus>DRIFTED</StackDriftStatus><DetectionStatus>DETECTION_FAILED</DetectionStatus><DetectionStatusReason>Köln &amp; more</DetectionStatusReason><DriftedStackResourceCount>1</DriftedStackResourceCount><Timestamp>2026-11-23T03:04:05.678Z</Timestamp>`,
      ),
    ],
  },
  DescribeStackResourceDrifts: {
    inputs: [
      { StackName: stackName, StackResourceDriftStatusFilters: ['MODIFIED', 'DELETED'] },
      { StackName: stackName, StackResourceDriftStatusFilters: ['MODIFIED', 'DELETED'], NextToken: 'next' },
    ],
    answers: [
      cloudFormation(
        'DescribeStackResourceDrifts',
        `<StackResourceDrifts><member><StackId>${stackArn}</StackId><LogicalResourceId>BuildImageRole</LogicalResourceId><PhysicalResourceId>role</PhysicalResourceId><ResourceType>AWS::IAM::Role</ResourceType><StackResourceDriftStatus>MODIFIED</StackResourceDriftStatus><PropertyDifferences><member><PropertyPath>/Policies/0</PropertyPath><ExpectedValue>a</ExpectedValue><ActualValue>b</ActualValue><DifferenceType>NOT_EQUAL</DifferenceType></member></PropertyDifferences><Timestamp>2026-11-23T03:04:05.678Z</Timestamp></member></StackResourceDrifts><NextToken>next</NextToken>`,
      ),
    ],
  },
  DescribeStackEvents: {
    inputs: [{ StackName: stackName }],
    answers: [
      cloudFormation(
        'DescribeStackEvents',
        `<StackEvents><member><EventId>1</EventId><StackId>${stackArn}</StackId><LogicalResourceId>CopyEnded</LogicalResourceId><ResourceStatus>CREATE_FAILED</ResourceStatus><ResourceStatusReason>Access denied (Request ID: 1)</ResourceStatusReason><Timestamp>2026-11-23T03:04:05.678Z</Timestamp></member></StackEvents>`,
      ),
    ],
  },
  CreateStack: {
    inputs: [stackInput],
    answers: [cloudFormation('CreateStack', `<StackId>${stackArn}</StackId>`)],
  },
  UpdateStack: {
    inputs: [stackInput],
    answers: [cloudFormation('UpdateStack', `<StackId>${stackArn}</StackId>`)],
  },
  DeleteStack: {
    inputs: [{ StackName: stackName }],
    answers: [
      xml(
        '<DeleteStackResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></DeleteStackResponse>',
      ),
    ],
  },
  Publish: {
    inputs: [
      {
        TopicArn: 'arn:aws:sns:us-east-1:123456789012:golden-image-dev-notifications',
        Subject: 'golden-image-dev: base is published',
        Message: `base is published.\n\n${odd}\n`,
      },
    ],
    answers: [
      xml(
        '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>94f20ce6-13c5-43a0-9a9e-ca52d816e90b</MessageId></PublishResult><ResponseMetadata><RequestId>d74b8436-ae13-5ab4-a9ff-ce54dfea72a0</RequestId></ResponseMetadata></PublishResponse>',
      ),
    ],
  },
  GetCallerIdentity: {
    inputs: [{}],
    answers: [
      xml(
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:sts::123456789012:assumed-role/operator/someone</Arn><UserId>AROACKCEVSQ6C2EXAMPLE:someone</UserId><Account>123456789012</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ResponseMetadata></GetCallerIdentityResponse>',
      ),
    ],
  },
  DescribeExecution: {
    inputs: [
      {
        executionArn: 'arn:aws:states:us-east-1:123456789012:execution:golden-build-image:manual-1',
      },
    ],
    answers: [
      json({
        executionArn: 'arn:aws:states:us-east-1:123456789012:execution:golden-build-image:manual-1',
        stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:golden-build-image',
        name: 'manual-1',
        status: 'RUNNING',
        startDate: 1795402800.123,
        input: '{"recipe":"base"}',
        inputDetails: { included: true },
        redriveCount: 1,
        redriveDate: 1795406400.5,
        redriveStatus: 'NOT_REDRIVABLE',
      }),
      json({
        executionArn: 'arn:aws:states:us-east-1:123456789012:execution:golden-image-dev-sweep:cli-1795402800123',
        name: 'cli-1795402800123',
        status: 'FAILED',
        startDate: 1795402800.123,
        stopDate: 1795402860.456,
        error: 'SweepFailed',
        cause: JSON.stringify({ errorType: 'SweepFailed', errorMessage: odd }),
      }),
    ],
  },
  ListStateMachines: {
    inputs: [{ maxResults: 1000, nextToken: token }],
    answers: [
      json({
        stateMachines: [
          {
            stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:golden-image-dev-sweep',
            name: 'golden-image-dev-sweep',
            type: 'STANDARD',
            creationDate: 1795402800.5,
          },
        ],
        nextToken: token,
      }),
    ],
  },
  StartExecution: {
    inputs: [
      {
        stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:golden-image-dev-sweep',
        name: 'cli-1795402800123',
        input: JSON.stringify({ dryRun: true, odd }),
      },
    ],
    answers: [
      json({
        executionArn: 'arn:aws:states:us-east-1:123456789012:execution:golden-image-dev-sweep:cli-1795402800123',
        startDate: 1795402800.123,
      }),
    ],
  },
  StopExecution: {
    inputs: [{ executionArn: `${execution}:base-by-hand-0123abcd`, error: 'Cancelled', cause: odd }],
    answers: [json({ stopDate: 1795402800.5 })],
  },
  ListExecutions: {
    inputs: [
      { stateMachineArn: machine, statusFilter: 'RUNNING', maxResults: 1000 },
      { stateMachineArn: machine, maxResults: 20, nextToken: token },
    ],
    answers: [
      json({
        executions: [
          {
            executionArn: `${execution}:manual-1`,
            stateMachineArn: machine,
            name: 'manual-1',
            status: 'SUCCEEDED',
            startDate: 1795402800.123,
            stopDate: 1795404800.5,
            redriveCount: 0,
          },
        ],
        nextToken: token,
      }),
      json({ executions: [] }),
    ],
  },
  ListTagsForResource: {
    inputs: [{ resourceArn: machine }],
    answers: [json({ tags: [{ key: 'golden:bucket', value: 'golden-image-artifacts' }] })],
  },
  GetExecutionHistory: {
    inputs: [
      {
        executionArn: 'arn:aws:states:us-east-1:123456789012:execution:golden-build-image:manual-1',
        includeExecutionData: false,
        maxResults: 1000,
        nextToken: token,
      },
      {
        executionArn: 'arn:aws:states:us-east-1:123456789012:execution:golden-build-image:manual-1',
        includeExecutionData: true,
        reverseOrder: true,
        maxResults: 10,
      },
    ],
    answers: [
      json({
        events: [
          event(1, 'ExecutionStarted', {
            executionStartedEventDetails: { input: '{}', roleArn: 'arn:aws:iam::1:role/x' },
          }),
          event(2, 'TaskStateEntered', { stateEnteredEventDetails: { name: 'Resolve' } }),
          event(3, 'TaskStateExited', { stateExitedEventDetails: { name: 'Resolve', output: '{}' } }),
          event(4, 'MapIterationStarted', { mapIterationStartedEventDetails: { name: 'Distribute', index: 0 } }),
          event(5, 'ExecutionFailed', { executionFailedEventDetails: { error: 'X', cause: odd } }),
        ],
        nextToken: token,
      }),
    ],
  },
  DescribeInstanceInformation: {
    inputs: [{ Filters: [{ Key: 'InstanceIds', Values: [instance] }] }],
    answers: [
      json({
        InstanceInformationList: [
          {
            InstanceId: instance,
            PingStatus: 'Online',
            LastPingDateTime: 1795402800.25,
            AgentVersion: '3.3.987.0',
            IsLatestVersion: false,
            PlatformType: 'Linux',
            ResourceType: 'EC2Instance',
            IPAddress: '172.31.0.4',
            AssociationOverview: { InstanceAssociationStatusAggregatedCount: { Success: 1 } },
          },
        ],
      }),
    ],
  },
  ListCommandInvocations: {
    inputs: [{ CommandId: command.CommandId, InstanceId: instance, Details: true }],
    answers: [
      json({
        CommandInvocations: [
          {
            CommandId: command.CommandId,
            InstanceId: instance,
            Status: 'Failed',
            StatusDetails: 'Failed',
            CommandPlugins: [
              {
                Name: 'PatchWindows',
                Status: 'Failed',
                StatusDetails: 'Failed',
                ResponseCode: 1,
                ResponseStartDateTime: 1795402800.123,
                Output: `out of space ${odd}`,
                StandardOutputUrl: 'https://s3.us-east-1.amazonaws.com/bucket/key/stdout',
                StandardErrorUrl: 'https://s3.us-east-1.amazonaws.com/bucket/key/stderr',
              },
            ],
          },
        ],
      }),
      json({ CommandInvocations: [] }),
    ],
  },
  ListCommands: {
    inputs: [{ InstanceId: instance, MaxResults: 50, NextToken: token }],
    answers: [json({ Commands: [command], NextToken: token }), json({ Commands: [] })],
  },
  SendCommand: {
    inputs: [
      {
        InstanceIds: [instance],
        DocumentName: 'AWS-RunShellScript',
        DocumentVersion: '$LATEST',
        Parameters: { commands: ['#!/bin/bash', 'set -euo pipefail', `echo '${odd}'`], executionTimeout: ['3600'] },
        Comment: `20261123-030000-9f2c/provision/0 ${odd}`,
        TimeoutSeconds: 600,
        OutputS3BucketName: 'golden-image-artifacts',
        OutputS3KeyPrefix: 'builds/base/20261123-030000-9f2c/commands',
      },
      { InstanceIds: [instance], DocumentName: 'AWS-RunPatchBaseline', Parameters: { Operation: ['Install'] } },
      {
        InstanceIds: [instance],
        DocumentName: 'AWS-RunRemoteScript',
        Parameters: {
          sourceType: ['S3'],
          sourceInfo: ['{"path":"https://s3.us-east-1.amazonaws.com/bucket/assets/abc"}'],
          commandLine: [odd],
          executionTimeout: ['3600'],
        },
      },
    ],
    answers: [json({ Command: command })],
  },
  GetCommandInvocation: {
    inputs: [{ CommandId: command.CommandId, InstanceId: instance }],
    answers: [
      json({
        CommandId: command.CommandId,
        InstanceId: instance,
        Comment: odd,
        DocumentName: 'AWS-RunShellScript',
        PluginName: 'aws:runShellScript',
        ResponseCode: -1,
        ExecutionStartDateTime: '2026-11-23T03:00:00.000Z',
        ExecutionElapsedTime: 'PT1.5S',
        Status: 'Failed',
        StatusDetails: 'Undeliverable',
        StandardOutputContent: odd,
        StandardOutputUrl: 'https://s3.us-east-1.amazonaws.com/bucket/builds/stdout',
        StandardErrorContent: '',
        StandardErrorUrl: '',
        CloudWatchOutputConfig: { CloudWatchLogGroupName: '', CloudWatchOutputEnabled: false },
      }),
    ],
  },
  GetParameters: {
    inputs: [{ Names: ['/golden/base/stable', '/golden/app/stable'] }],
    answers: [
      json({
        Parameters: [
          { Name: '/golden/base/stable', Type: 'String', DataType: 'aws:ec2:image', Value: ami, Version: 7 },
        ],
        InvalidParameters: ['/golden/app/stable'],
      }),
    ],
  },
  GetParametersByPath: {
    inputs: [{ Path: '/golden', Recursive: true, MaxResults: 10, NextToken: token }],
    answers: [
      json({
        Parameters: [
          { Name: '/golden/base/stable', Type: 'String', DataType: 'aws:ec2:image', Value: ami, Version: 7 },
          { Name: '/golden/base/Köln', Type: 'StringList', Value: odd, Version: 1 },
        ],
        NextToken: token,
      }),
    ],
  },
  DescribeParameters: {
    inputs: [
      {
        ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: ['/builders/token', '/builders/other'] }],
        MaxResults: 50,
        NextToken: 'next',
      },
    ],
    answers: [
      json({
        Parameters: [
          {
            ARN: 'arn:aws:ssm:us-east-1:123456789012:parameter/builders/token',
            Name: '/builders/token',
            Type: 'SecureString',
            KeyId: 'alias/aws/ssm',
            DataType: 'text',
            Tier: 'Standard',
            Version: 7,
            LastModifiedDate: 1795402800.5,
          },
        ],
        NextToken: 'next',
      }),
    ],
  },
  GetParameter: {
    inputs: [{ Name: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64' }],
    answers: [
      json({
        Parameter: {
          ARN: 'arn:aws:ssm:us-east-1:123456789012:parameter/golden/base/stable',
          Name: '/golden/base/stable',
          Type: 'String',
          DataType: 'aws:ec2:image',
          Value: ami,
          Version: 7,
          LastModifiedDate: 1795402800.5,
        },
      }),
    ],
  },
  PutParameter: {
    inputs: [
      {
        Name: '/golden/base/stable',
        Value: ami,
        Type: 'String',
        DataType: 'aws:ec2:image',
        Overwrite: true,
        Description: odd,
      },
    ],
    answers: [json({ Tier: 'Standard', Version: 8 })],
  },
  DeleteParameter: { inputs: [{ Name: '/golden/base/stable' }], answers: [json({})] },
};

const s3Error = (status: number, code: string, more = '') =>
  xml(`<Error><Code>${code}</Code><Message>${code} it is</Message>${more}<RequestId>1</RequestId></Error>`, status);
const cloudFormationError = (status: number, code: string, message = `${code} it is`) =>
  xml(
    `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
    status,
  );
const snsError = (status: number, code: string) =>
  xml(
    `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${code} it is</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
    status,
  );
const ec2Error = (status: number, code: string) =>
  xml(
    `<Response><Errors><Error><Code>${code}</Code><Message>${code} it is</Message></Error></Errors><RequestID>ea966190-f9aa-478e-9ede-example</RequestID></Response>`,
    status,
  );

/** Errors by command: AWS's answer, and the error name that our code must see. */
export const errors: [command: string, answer: SampleAnswer, name: string][] = [
  ['GetParameter', json({ __type: 'ParameterNotFound' }, 400), 'ParameterNotFound'],
  [
    'GetParameter',
    json({ __type: 'com.amazonaws.ssm#AccessDeniedException', Message: 'no' }, 400),
    'AccessDeniedException',
  ],
  ['PutParameter', json({ __type: 'ThrottlingException', message: 'Rate exceeded' }, 400), 'ThrottlingException'],
  ['PutParameter', json({ __type: 'InternalServerError', Message: 'oops' }, 500), 'InternalServerError'],
  ['DeleteParameter', json({ __type: 'ParameterNotFound', message: 'gone' }, 400), 'ParameterNotFound'],
  ['SendCommand', json({ __type: 'InvalidInstanceId', Message: 'not in a valid state' }, 400), 'InvalidInstanceId'],
  ['GetCommandInvocation', json({ __type: 'InvocationDoesNotExist' }, 400), 'InvocationDoesNotExist'],
  ['ListCommands', { ...json(undefined, 503), headers: {} }, 'Unknown'],
  ['SendTaskSuccess', json({ __type: 'com.amazonaws.sfn#TaskTimedOut', message: 'too late' }, 400), 'TaskTimedOut'],
  ['SendTaskFailure', json({ __type: 'InvalidToken', message: 'no such token' }, 400), 'InvalidToken'],
  ['GetExecutionHistory', json({ __type: 'ExecutionDoesNotExist', message: 'x' }, 400), 'ExecutionDoesNotExist'],
  ['StartExecution', json({ __type: 'ExecutionAlreadyExists', message: 'x' }, 400), 'ExecutionAlreadyExists'],
  ['PutEvents', json({ __type: 'InternalException', message: 'oops' }, 500), 'InternalException'],
  ['CreateStack', cloudFormationError(400, 'AlreadyExistsException'), 'AlreadyExistsException'],
  ['CreateStack', cloudFormationError(403, 'AccessDenied'), 'AccessDenied'],
  ['UpdateStack', cloudFormationError(400, 'ValidationError', 'No updates are to be performed.'), 'ValidationError'],
  ['DescribeStacks', cloudFormationError(400, 'ValidationError', 'Stack with id x does not exist'), 'ValidationError'],
  ['Publish', snsError(404, 'NotFound'), 'NotFoundException'],
  ['Publish', snsError(400, 'InvalidParameter'), 'InvalidParameterException'],
  ['Publish', snsError(403, 'AuthorizationError'), 'AuthorizationErrorException'],
  ['GetObject', s3Error(404, 'NoSuchKey', '<Key>key</Key>'), 'NoSuchKey'],
  ['GetObject', s3Error(403, 'AccessDenied'), 'AccessDenied'],
  ['GetObject', s3Error(416, 'InvalidRange', '<RangeRequested>bytes=-1</RangeRequested>'), 'InvalidRange'],
  ['HeadObject', { status: 404, headers: { 'x-amz-request-id': 'C3D13FE58DE4C810' }, body: '' }, 'NotFound'],
  ['PutObject', s3Error(503, 'SlowDown'), 'SlowDown'],
  ['PutObject', s3Error(412, 'PreconditionFailed', '<Condition>If-None-Match</Condition>'), 'PreconditionFailed'],
  ['PutObject', s3Error(404, 'NoSuchBucket', '<BucketName>bucket</BucketName>'), 'NoSuchBucket'],
  ['DescribeImages', ec2Error(400, 'InvalidAMIID.NotFound'), 'InvalidAMIID.NotFound'],
  ['RunInstances', ec2Error(500, 'InsufficientInstanceCapacity'), 'InsufficientInstanceCapacity'],
  ['CreateImage', ec2Error(400, 'InvalidAMIName.Duplicate'), 'InvalidAMIName.Duplicate'],
  ['CopyImage', ec2Error(503, 'RequestLimitExceeded'), 'RequestLimitExceeded'],
  ['DeleteSnapshot', ec2Error(400, 'InvalidSnapshot.InUse'), 'InvalidSnapshot.InUse'],
  ['ModifyImageAttribute', ec2Error(403, 'UnauthorizedOperation'), 'UnauthorizedOperation'],
];
