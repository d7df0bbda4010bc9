// The permissions that AWS checks for a call: the actions and resources of AWS's Service Authorization Reference
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html and its neighbours), with the condition
// keys that our roles use. Properties of resources come from earlier answers, as AWS looks them up.
import type { RecordedCall } from '../../../simulator/aws/calls/attach.ts';
import type { Ask } from './iam.ts';

/** A call that an emulator recorded; `params` and `answer` have the SDK's shapes. */
export type SeenCall = Pick<
  RecordedCall,
  'service' | 'action' | 'account' | 'region' | 'params' | 'error' | 'by' | 'role' | 'answer'
>;

type Tags = Record<string, string>;
interface Resource {
  tags: Tags;
  owner?: string;
  encrypted?: boolean;
  /** Of a snapshot, the volume that it is of. */
  volume?: string;
  /** Of a network interface, the instance that it is attached to. */
  instance?: string;
}
/** Keyed by `region id`. */
export type SeenResources = Map<string, Resource>;

/* eslint-disable @typescript-eslint/no-explicit-any -- inputs and outputs of thirty commands share no narrower type */
const tagsOf = (list: any[] | undefined): Tags =>
  Object.fromEntries((list ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
const specified = (params: any, type: string): Tags =>
  tagsOf(params.TagSpecifications?.find((one: any) => one.ResourceType === type)?.Tags);
const snapshotsOf = (image: any): string[] =>
  (image.BlockDeviceMappings ?? []).flatMap((disk: any) => disk.Ebs?.SnapshotId ?? []);

/** Learns about EC2's resources from the calls: the tags that they were given, and the tags in descriptions. */
export function resourcesIn(calls: SeenCall[]): SeenResources {
  const resources: SeenResources = new Map();
  const note = (region: string, id: string | undefined, resource: Resource) => {
    if (id !== undefined) resources.set(`${region} ${id}`, { ...resources.get(`${region} ${id}`), ...resource });
  };
  const snapshotTags = new Map<string, Tags>();
  for (const { service, action, region, params, answer } of calls as any[]) {
    if (service !== 'ec2' || !answer) continue;
    const {
      Instances = [],
      Reservations = [],
      Images = [],
      Snapshots = [],
      Volumes = [],
      LaunchTemplates = [],
    } = answer;
    for (const one of LaunchTemplates) note(region, one.LaunchTemplateId, { tags: tagsOf(one.Tags) });
    for (const one of [...Instances, ...Reservations.flatMap((reservation: any) => reservation.Instances ?? [])]) {
      note(region, one.InstanceId, { tags: { ...specified(params, 'instance'), ...tagsOf(one.Tags) } });
      for (const { NetworkInterfaceId: id } of one.NetworkInterfaces ?? []) {
        const tags = resources.get(`${region} ${id}`)?.tags ?? specified(params, 'network-interface');
        note(region, id, { tags, instance: one.InstanceId });
      }
    }
    if (action === 'CreateTags')
      for (const id of params.Resources)
        note(region, id, { tags: { ...resources.get(`${region} ${id}`)?.tags, ...tagsOf(params.Tags) } });
    if (action === 'CopySnapshot') note(region, answer.SnapshotId, { tags: specified(params, 'snapshot') });
    for (const one of answer.ImportSnapshotTasks ?? []) note(region, one.ImportTaskId, { tags: tagsOf(one.Tags) });
    for (const one of Snapshots)
      note(region, one.SnapshotId, { tags: tagsOf(one.Tags), owner: one.OwnerId, volume: one.VolumeId });
    for (const one of Volumes) note(region, one.VolumeId, { tags: tagsOf(one.Tags) });
    for (const one of Images) {
      const encrypted = (one.BlockDeviceMappings ?? []).some((disk: any) => disk.Ebs?.Encrypted);
      note(region, one.ImageId, { tags: tagsOf(one.Tags), owner: one.OwnerId, encrypted });
      const tags = snapshotTags.get(`${region} ${one.ImageId}`);
      if (tags) for (const id of snapshotsOf(one)) note(region, id, { tags, owner: one.OwnerId });
    }
    if (/^(CreateImage|CopyImage|RegisterImage|CreateRestoreImageTask)$/.test(action)) {
      note(region, answer.ImageId, { tags: specified(params, 'image') });
      // The snapshots of an image that is registered were there before it.
      if (action !== 'RegisterImage') snapshotTags.set(`${region} ${answer.ImageId}`, specified(params, 'snapshot'));
    }
  }
  return resources;
}

/** What AWS looks up about an account when it authorizes a call. */
export interface AccountFacts {
  resources: SeenResources;
  /** Name of the role that an instance profile gives to its instance. */
  roleOf: (profile: string) => string;
}

const prefixed = (prefix: string, tags: Tags) =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value]));

const onKey = [
  'kms:CreateGrant',
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/** A call, and words for the resources that AWS checks for it. */
function asking(call: SeenCall, { resources, roleOf }: AccountFacts) {
  const { service, action: name, region, account, error } = call;
  const params = call.params as any;
  const prefix = ({ sfn: 'states', eventbridge: 'events' } as Record<string, string>)[service] ?? service;
  const action = `${prefix}:${name}`;
  const on = (resource: string, context: Ask['context'] = {}): Ask => ({ action, resource, context });
  return {
    params,
    answer: (call.answer ?? {}) as any,
    error,
    region,
    account,
    action,
    roleOf,
    resources,
    on,
    here: (kind: string, id = '*') => `arn:aws:ec2:${region}:${account}:${kind}/${id}`,
    unowned: (kind: string, id = '*', at = region) => `arn:aws:ec2:${at}::${kind}/${id}`,
    bucket: (of: string) => `arn:aws:s3:::${of}`,
    carried: (id: string, at = region) => carriedBy(resources.get(`${at} ${id}`)),
    /** A new resource: an ARN without an id, its tags, and the permission to write these tags. */
    made: (kind: string, arn: string, more: Ask['context'] = {}): Ask[] => {
      const tags = specified(params, kind);
      const context = { ...more, ...prefixed('aws:RequestTag', tags) };
      const tagging = { action: 'ec2:CreateTags', resource: arn, context: { ...context, 'ec2:CreateAction': name } };
      return [on(arn, context), ...(Object.keys(tags).length > 0 ? [tagging] : [])];
    },
    // https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html: EC2 uses a key with its caller's
    // permissions.
    withKey: (key?: string): Ask[] =>
      onKey.map((use) => ({
        action: use,
        resource: key?.includes(':key/') ? key : `arn:aws:kms:${region}:${account}:key/*`,
        context: {
          'kms:ViaService': `ec2.${region}.amazonaws.com`,
          ...(use === 'kms:CreateGrant' && { 'kms:GrantIsForAWSResource': 'true' }),
        },
      })),
    parameter: (): Ask => {
      const owner = params.Name.startsWith('/aws/') ? '' : account; // public parameters belong to no account
      return on(`arn:aws:ssm:${region}:${owner}:parameter/${params.Name.replace(/^\//, '')}`);
    },
  };
}

type Asking = ReturnType<typeof asking>;

const carriedBy = ({ tags = {}, owner, volume }: Partial<Resource> = {}): Ask['context'] => ({
  ...prefixed('aws:ResourceTag', tags),
  ...prefixed('ec2:ResourceTag', tags),
  ...prefixed('ssm:resourceTag', tags),
  ...(owner && { 'ec2:Owner': owner }),
  ...(volume && owner && { 'ec2:ParentVolume': `arn:aws:ec2:us-east-1:${owner}:volume/${volume}` }),
});

/** Only AMIs and snapshots are tagged after their creation. */
function taggedLater({ params, on, here, unowned, carried }: Asking): Ask[] {
  const keys: string[] = (params.Tags ?? []).map(({ Key }: any) => Key);
  const context = {
    ...prefixed('aws:RequestTag', tagsOf(params.Tags)),
    ...(keys.length > 0 && { 'aws:TagKeys': keys }),
  };
  const resource = (id: string): string => {
    if (id.startsWith('i-')) return here('instance', id);
    if (id.startsWith('vol-')) return here('volume', id);
    return unowned(id.startsWith('ami-') ? 'image' : 'snapshot', id);
  };
  return params.Resources.map((id: string) => on(resource(id), { ...carried(id), ...context }));
}

const referenced: Record<string, string[]> = {
  'ec2:Instance': ['ec2:DescribeInstances'],
  'ec2:LaunchTemplate': ['ec2:DescribeLaunchTemplates', 'ec2:DescribeLaunchTemplateVersions'],
  'ssm:Parameter': ['ssm:DescribeParameters', 'ssm:GetParameters'],
  'imagebuilder:ImageRecipe': ['imagebuilder:ListImageRecipes'],
  'imagebuilder:ContainerRecipe': ['imagebuilder:ListContainerRecipes', 'imagebuilder:GetContainerRecipe'],
};

/** The path that the stack gives to the profiles and roles of recipes with secrets, and the simulator's names of these profiles. */
export const pathOfBuilders = 'golden-image-dev/builders/';
export const isOfRecipe = (profile: string): boolean => profile.startsWith('golden-secrets-of-');

const asked: Record<string, (of: Asking) => Ask[]> = {
  'ec2:RunInstances'({
    params,
    answer,
    region,
    account,
    roleOf,
    resources,
    here,
    unowned,
    on,
    carried,
    made,
    withKey,
  }) {
    const { ImageId, IamInstanceProfile = {}, MetadataOptions = {}, BlockDeviceMappings = [] } = params;
    const [eni = params] = params.NetworkInterfaces ?? [];
    const [instance = {}] = answer.Instances ?? [];
    const groups: string[] =
      params.SecurityGroupIds ?? eni.Groups ?? (instance.SecurityGroups ?? [{}]).map(({ GroupId }: any) => GroupId);
    const { Name = '' } = IamInstanceProfile;
    const path = isOfRecipe(Name) ? pathOfBuilders : '';
    const profile = IamInstanceProfile.Arn ?? `arn:aws:iam::${account}:instance-profile/${path}${Name}`;
    const keys = new Set<string>(BlockDeviceMappings.flatMap(({ Ebs }: any) => Ebs?.KmsKeyId ?? []));
    if (resources.get(`${region} ${ImageId}`)?.encrypted) keys.add('of the snapshot');
    return [
      on(unowned('image', ImageId), carried(ImageId)),
      ...made('instance', here('instance'), {
        'ec2:InstanceProfile': profile,
        'ec2:InstanceType': params.InstanceType,
        ...(MetadataOptions.HttpTokens && { 'ec2:MetadataHttpTokens': MetadataOptions.HttpTokens }),
      }),
      ...made('volume', here('volume')),
      ...made('network-interface', here('network-interface')),
      ...(params.InstanceMarketOptions ? made('spot-instances-request', here('spot-instances-request')) : []),
      on(here('subnet', eni.SubnetId ?? instance.SubnetId)),
      ...groups.map((id) => on(here('security-group', id))),
      ...(params.Placement?.GroupName ? [on(here('placement-group', params.Placement.GroupName))] : []),
      ...(params.KeyName ? [on(here('key-pair', params.KeyName))] : []),
      ...(params.Placement?.HostResourceGroupArn ? [on(params.Placement.HostResourceGroupArn)] : []),
      ...(params.LicenseSpecifications ?? []).map((one: any) => on(one.LicenseConfigurationArn)),
      {
        action: 'iam:PassRole',
        resource: `arn:aws:iam::${account}:role/${roleOf(profile.split('/').at(-1) ?? '')}`,
        context: { 'iam:PassedToService': 'ec2.amazonaws.com' },
      },
      ...[...keys].flatMap(withKey),
    ];
  },
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-ami-references.html#ami-references-required-permissions
  'ec2:DescribeImageReferences': ({ on, params, region, account }) => {
    const resources: Record<string, string> = {
      'ssm:GetParameters': `arn:aws:ssm:${region}:${account}:parameter/some`,
      'imagebuilder:GetContainerRecipe': `arn:aws:imagebuilder:${region}:${account}:container-recipe/some/1.0.0`,
    };
    const actions: string[] = params.ResourceTypes.flatMap(({ ResourceType }: any) => referenced[ResourceType] ?? []);
    const context = { 'aws:CalledVia': 'ec2-images.amazonaws.com' };
    return [on('*'), ...actions.map((action) => ({ action, resource: resources[action] ?? '*', context }))];
  },
  'ec2:CreateImageUsageReport': ({ params, on, unowned, here, carried }) => [
    on(unowned('image', params.ImageId), carried(params.ImageId)),
    on(here('image-usage-report')),
  ],
  'ec2:CreateImage': ({ params, here, unowned, on, carried, made }) => [
    on(here('instance', params.InstanceId), carried(params.InstanceId)),
    ...made('image', unowned('image')),
    ...made('snapshot', unowned('snapshot')),
  ],
  'ec2:CreateSnapshots': ({ params, answer, here, unowned, on, carried, made }) => [
    on(here('instance', params.InstanceSpecification.InstanceId), carried(params.InstanceSpecification.InstanceId)),
    ...(answer.Snapshots ?? []).map(({ VolumeId }: any) => on(here('volume', VolumeId), carried(VolumeId))),
    ...made('snapshot', unowned('snapshot')),
  ],
  'ec2:CopySnapshot': ({ params, unowned, on, carried, made, withKey }) => [
    on(unowned('snapshot', params.SourceSnapshotId, params.SourceRegion), carried(params.SourceSnapshotId)),
    ...made('snapshot', unowned('snapshot')),
    ...(params.Encrypted ? withKey(params.KmsKeyId) : []),
  ],
  // By AWS's table EC2 checks the task and the snapshot: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
  'ec2:ImportSnapshot': ({ here, unowned, on, made }) => [
    ...made('import-snapshot-task', here('import-snapshot-task')),
    on(unowned('snapshot')),
  ],
  'ec2:CancelImportTask': ({ params, here, on, carried }) => [
    on(here('import-snapshot-task', params.ImportTaskId), carried(params.ImportTaskId)),
  ],
  'ec2:RegisterImage': ({ params, unowned, on, carried, made }) => [
    ...snapshotsOf(params).map((id) => on(unowned('snapshot', id), carried(id))),
    ...made('image', unowned('image')),
  ],
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/work-with-ami-store-restore.html#ami-s3-permissions: EC2 reads the blocks and
  // writes the object with its caller's permissions. AWS's page does not say which action is checked on what.
  'ec2:CreateStoreImageTask': ({ params, unowned, on, carried, bucket, withKey }) => [
    on(unowned('image', params.ImageId), carried(params.ImageId)),
    ...['GetSnapshotBlock', 'ListChangedBlocks', 'ListSnapshotBlocks'].map((name) => ({
      action: `ebs:${name}`,
      resource: unowned('snapshot', 'snap-of-the-image'),
      context: carried(params.ImageId), // the snapshots have the tags of their image
    })),
    ...['AbortMultipartUpload', 'DeleteObject', 'GetObject', 'PutObject', 'PutObjectTagging'].map((name) => ({
      action: `s3:${name}`,
      resource: `${bucket(params.Bucket)}/${params.ImageId}.bin`,
      context: {},
    })),
    { action: 's3:ListBucket', resource: bucket(params.Bucket), context: {} },
    { action: 'ec2:DescribeTags', resource: '*', context: {} },
    ...withKey(),
  ],
  'ec2:CreateRestoreImageTask': ({ params, unowned, bucket, made, withKey }) => [
    ...made('image', unowned('image')),
    ...made('snapshot', unowned('snapshot')).slice(1), // AWS's table has the image only, and CreateTags has both
    ...['CompleteSnapshot', 'PutSnapshotBlock', 'StartSnapshot'].map((name) => ({
      action: `ebs:${name}`,
      resource: unowned('snapshot', 'snap-that-is-begun'),
      context: {},
    })),
    { action: 's3:GetObject', resource: `${bucket(params.Bucket)}/${params.ObjectKey}`, context: {} },
    { action: 's3:ListBucket', resource: bucket(params.Bucket), context: {} },
    { action: 'ec2:DescribeTags', resource: '*', context: {} },
    { action: 'ec2:GetEbsEncryptionByDefault', resource: '*', context: {} },
    ...withKey(),
  ],
  // Since 28 Oct 2024 EC2 also checks the source:
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/copy-ami-permissions.html. It is undocumented whether EC2 checks the
  // source's snapshots, too (it does for CopySnapshot). The roles are judged as if it did.
  'ec2:CopyImage': ({ params, unowned, on, carried, made, withKey }) => [
    on(unowned('image', params.SourceImageId, params.SourceRegion), carried(params.SourceImageId, params.SourceRegion)),
    on(unowned('snapshot', 'snap-of-the-source', params.SourceRegion)),
    ...made('image', unowned('image')),
    ...made('snapshot', unowned('snapshot')),
    ...(params.Encrypted ? withKey(params.KmsKeyId) : []),
  ],
  'ec2:ModifySnapshotAttribute'({ params, unowned, on, carried }) {
    const { Add = [], Remove = [] } = params.CreateVolumePermission ?? {};
    const context = (list: string, who: any[]): Ask['context'] => {
      const [users, groups] = [who.flatMap(({ UserId }) => UserId ?? []), who.flatMap(({ Group }) => Group ?? [])];
      return {
        ...(users.length > 0 && { [`ec2:${list}/userId`]: users }),
        ...(groups.length > 0 && { [`ec2:${list}/group`]: groups }),
      };
    };
    const changed = { ...context('Add', Add), ...context('Remove', Remove) };
    return [on(unowned('snapshot', params.SnapshotId), { ...carried(params.SnapshotId), ...changed })];
  },
  'ec2:CreateTags': taggedLater,
  'ec2:DeleteTags': taggedLater,
  'ssm:SendCommand'({ params, region, account, here, on, carried, bucket }) {
    const { DocumentName, InstanceIds = [], OutputS3BucketName } = params;
    const owner = /^(AWS|Amazon)/.test(DocumentName) ? '' : account; // AWS's own belong to no account
    return [
      on(DocumentName.startsWith('arn:') ? DocumentName : `arn:aws:ssm:${region}:${owner}:document/${DocumentName}`),
      ...InstanceIds.map((id: string) => on(here('instance', id), carried(id))),
      ...(OutputS3BucketName ? [on(bucket(OutputS3BucketName))] : []),
    ];
  },
  'ssm:PutParameter': ({ params, parameter }) => [
    parameter(),
    // https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-ec2-aliases.html
    ...(params.DataType === 'aws:ec2:image' ? [{ action: 'ec2:DescribeImages', resource: '*', context: {} }] : []),
  ],
  'ssm:GetParameter': ({ parameter }) => [parameter()],
  'ssm:GetParameters': ({ params, region, account, on }) =>
    params.Names.map((name: string) => on(`arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, '')}`)),
  // https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-retrieval-authorization.html: the path, not what is below
  'ssm:GetParametersByPath': ({ params, region, account, on }) => [
    on(`arn:aws:ssm:${region}:${account}:parameter/${params.Path.replace(/^\//, '')}`),
  ],
  'ssm:DeleteParameter': ({ parameter }) => [parameter()],
  's3:HeadObject': ({ params, error, bucket }) => [
    { action: 's3:GetObject', resource: `${bucket(params.Bucket)}/${params.Key}`, context: {} },
    ...(error === 'NotFound' ? [{ action: 's3:ListBucket', resource: bucket(params.Bucket), context: {} }] : []),
  ],
  's3:GetObject': ({ params, error, on, bucket }) => [
    on(`${bucket(params.Bucket)}/${params.Key}`),
    // without it S3 does not report that the object is missing
    ...(error === 'NoSuchKey' ? [{ action: 's3:ListBucket', resource: bucket(params.Bucket), context: {} }] : []),
  ],
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
  's3:ListObjectsV2': ({ params, bucket, account }) => [
    { action: 's3:ListBucket', resource: bucket(params.Bucket), context: { 's3:ResourceAccount': account } },
  ],
  's3:DeleteObject': ({ params, on, bucket }) => [on(`${bucket(params.Bucket)}/${params.Key}`)],
  's3:PutObject': ({ params, on, bucket }) => [on(`${bucket(params.Bucket)}/${params.Key}`)],
  'events:PutEvents': ({ params, region, account, action }) =>
    params.Entries.map(({ Source, DetailType }: any) => ({
      action,
      resource: `arn:aws:events:${region}:${account}:event-bus/default`,
      context: { 'events:source': Source, 'events:detail-type': DetailType },
    })),
  // https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html: on the key, by any of its names
  'kms:DescribeKey': ({ answer, region, account, on }) => [
    on(answer.KeyMetadata?.Arn ?? `arn:aws:kms:${region}:${account}:key/*`),
  ],
  'kms:CreateGrant': ({ params, on }) => [
    on(params.KeyId, {
      'kms:GranteePrincipal': params.GranteePrincipal,
      'kms:RetiringPrincipal': params.RetiringPrincipal,
      'kms:GrantOperations': params.Operations,
    }),
  ],
  // AWS's policy EC2InstanceConnectEndpoint allows the action on the groups, too.
  'ec2:ModifyNetworkInterfaceAttribute': ({ params, region, resources, here, carried, on }) => {
    const { NetworkInterfaceId: id, Groups = [] } = params;
    const { instance = '' } = resources.get(`${region} ${id}`) ?? {};
    return [
      on(here('network-interface', id), carried(id)),
      on(here('instance', instance), carried(instance)),
      ...Groups.map((group: string) => on(here('security-group', group))),
    ];
  },
  'kms:RevokeGrant': ({ params, on }) => [on(params.KeyId)],
  'sts:AssumeRole': ({ params, on }) => [on(params.RoleArn)],
  'kms:GetKeyPolicy': ({ params, on }) => [on(params.KeyId)],
  'iam:GetInstanceProfile': ({ params, account, on }) => [
    on(`arn:aws:iam::${account}:instance-profile/${params.InstanceProfileName}`),
  ],
  'servicequotas:GetServiceQuota': ({ params, region, account, on }) => [
    on(`arn:aws:servicequotas:${region}:${account}:${params.ServiceCode}/${params.QuotaCode}`),
  ],
  // On the ARN of the secret. Where there is none, AWS makes one of the name.
  'secretsmanager:DescribeSecret': ({ params, answer, region, account, on }) => [
    on(answer.ARN ?? `arn:aws:secretsmanager:${region}:${account}:secret:${params.SecretId}`),
  ],
  'sns:Publish': ({ params, on }) => [on(params.TopicArn)],
  'states:StartExecution': ({ params, on }) => [on(params.stateMachineArn)],
  'states:DescribeExecution': ({ params, on }) => [on(params.executionArn)],
  'states:GetExecutionHistory': ({ params, on }) => [on(params.executionArn)],
};

/** Calls that are authorized on the resource of an id: the id's parameter, and the kind of the resource. */
const byId: Record<string, [string, 'here' | 'unowned', string]> = {
  'ec2:CreateLaunchTemplateVersion': ['LaunchTemplateId', 'here', 'launch-template'],
  'ec2:DeleteLaunchTemplateVersions': ['LaunchTemplateId', 'here', 'launch-template'],
  'ec2:ModifyLaunchTemplate': ['LaunchTemplateId', 'here', 'launch-template'],
  'ec2:DeleteSnapshot': ['SnapshotId', 'unowned', 'snapshot'],
  'ec2:DeleteVolume': ['VolumeId', 'here', 'volume'],
  'ec2:ModifyVolume': ['VolumeId', 'here', 'volume'],
  'ec2:AttachImageWatermark': ['ImageId', 'unowned', 'image'],
  'ec2:DetachImageWatermark': ['ImageId', 'unowned', 'image'],
  'ec2:DeregisterImage': ['ImageId', 'unowned', 'image'],
  'ec2:DisableImage': ['ImageId', 'unowned', 'image'],
  'ec2:EnableImage': ['ImageId', 'unowned', 'image'],
  'ec2:EnableImageDeprecation': ['ImageId', 'unowned', 'image'],
  'ec2:GetImageAncestry': ['ImageId', 'unowned', 'image'],
  'ec2:DescribeImageAttribute': ['ImageId', 'unowned', 'image'],
  'ec2:DescribeSnapshotAttribute': ['SnapshotId', 'unowned', 'snapshot'],
  'ec2:ModifyImageAttribute': ['ImageId', 'unowned', 'image'],
  'ec2:ResetImageAttribute': ['ImageId', 'unowned', 'image'],
  'ec2:ResetSnapshotAttribute': ['SnapshotId', 'unowned', 'snapshot'],
  'ec2:StopInstances': ['InstanceIds', 'here', 'instance'],
  'ec2:TerminateInstances': ['InstanceIds', 'here', 'instance'],
};

/** The permissions that a call needs. Throws for an action that is not in these tables. */
export function askedFor(call: SeenCall, facts: AccountFacts): Ask[] {
  const of = asking(call, facts);
  const named = byId[of.action];
  if (named) {
    const [parameter, arn, kind] = named;
    return [of.params[parameter]].flat().map((id: string) => of.on(of[arn](kind, id), of.carried(id)));
  }
  if (takesNoResource.has(of.action)) return [of.on('*')];
  const found = asked[of.action];
  if (!found) throw new Error(`nobody has looked up what ${of.action} is authorized on`);
  return found(of);
}

const takesNoResource = new Set([
  'ec2:DescribeHosts',
  'ec2:DescribeImages',
  'ec2:DescribeImageUsageReportEntries',
  'ec2:DescribeImportSnapshotTasks',
  'ec2:DescribeImageUsageReports',
  'ec2:DescribeInstances',
  'ec2:DescribeInstanceTypeOfferings',
  'ec2:DescribeInstanceTypes',
  'ec2:DescribeKeyPairs',
  'ec2:DescribeLaunchTemplates',
  'ec2:DescribeLaunchTemplateVersions',
  'ec2:DescribeRegions',
  'ec2:DescribeRouteTables',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSnapshots',
  'ec2:DescribeStoreImageTasks',
  'ec2:ListImagesInRecycleBin',
  'ec2:DescribeSubnets',
  'ec2:DescribeVolumes',
  'ec2:DescribeVpcEndpoints',
  'ec2:DescribeVpcs',
  'ec2:GetAllowedImagesSettings',
  'ec2:GetEbsDefaultKmsKeyId',
  'ec2:GetEbsEncryptionByDefault',
  'ec2:GetImageBlockPublicAccessState',
  'kms:ListRetirableGrants',
  'ssm:DescribeInstanceInformation',
  'ssm:DescribeParameters',
  'ssm:GetCommandInvocation',
  'ssm:ListCommandInvocations',
  'ssm:ListCommands',
  'states:SendTaskFailure',
  'states:SendTaskHeartbeat',
  'states:SendTaskSuccess',
]);
