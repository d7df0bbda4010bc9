// Role, instance profile and security group of builders and candidates.
import { assets } from '../core/memory/documents.ts';
import { arn, noValue, ref, sub, type Resource, type Resources } from './cloudformation.ts';
import { readsSecrets } from './secret-statements.ts';
import type { StackSettings } from './settings/stack-settings.ts';

/**
 * What the SSM agent needs for Run Command, patching and packages. AWS's managed policy for the agent would also let it read
 * every parameter of the account
 * (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMManagedInstanceCore.html).
 */
const agent = {
  Effect: 'Allow', // the agent's own calls take no resource, or AWS does not say which one it asks about
  Action: [
    'ec2messages:AcknowledgeMessage',
    'ec2messages:DeleteMessage',
    'ec2messages:FailMessage',
    'ec2messages:GetEndpoint',
    'ec2messages:GetMessages',
    'ec2messages:SendReply',
    'ssm:GetDeployablePatchSnapshotForInstance',
    'ssm:GetManifest',
    'ssm:ListAssociations',
    'ssm:ListInstanceAssociations',
    'ssm:PutComplianceItems',
    'ssm:PutConfigurePackageResult',
    'ssm:PutInventory',
    'ssm:UpdateInstanceInformation',
    'ssmmessages:CreateControlChannel',
    'ssmmessages:CreateDataChannel',
    'ssmmessages:OpenControlChannel',
    'ssmmessages:OpenDataChannel',
  ],
  Resource: '*',
};

const documents = {
  Effect: 'Allow', // of AWS, of the account, and shared by others
  Action: ['ssm:DescribeDocument', 'ssm:GetDocument'],
  Resource: arn('ssm:${AWS::Region}:*:document/*'),
};

/**
 * The agent uploads with a canned ACL. First it asks how the bucket encrypts:
 * https://github.com/aws/amazon-ssm-agent/blob/mainline/agent/s3util/s3util.go and
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html
 */
const output = [
  {
    Effect: 'Allow',
    Action: ['s3:PutObject', 's3:PutObjectAcl'],
    Resource: sub('${ArtifactBucket.Arn}/commands/*'),
  },
  { Effect: 'Allow', Action: 's3:GetEncryptionConfiguration', Resource: sub('${ArtifactBucket.Arn}') },
];
/** Files of recipes and large scripts, by a plugin of the agent that lists before it gets: see core/guest/remote/remote-command.ts. */
const downloads = [
  { Effect: 'Allow', Action: 's3:GetObject', Resource: sub('${ArtifactBucket.Arn}/' + assets.key('*')) },
  {
    Effect: 'Allow',
    Action: 's3:ListBucket',
    Resource: sub('${ArtifactBucket.Arn}'),
    Condition: { StringLike: { 's3:prefix': assets.key('*') } },
  },
];
// A large output is uploaded in parts, and S3 decrypts the parts to join them.
const encryptsOutput = (key: string) => ({
  Effect: 'Allow',
  Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
  Resource: key,
});

/** No rule lets anything in. Everything may go out, because steps download from any address. */
const securityGroup = (vpcId: string | undefined): Resource => ({
  Type: 'AWS::EC2::SecurityGroup',
  Properties: {
    GroupDescription: 'Builders and candidates of golden images: nothing comes in',
    VpcId: vpcId ?? noValue,
    SecurityGroupIngress: [],
    SecurityGroupEgress: [
      { IpProtocol: '-1', CidrIp: '0.0.0.0/0' },
      { IpProtocol: '-1', CidrIpv6: '::/0' },
    ],
  },
});

/** The role of a builder that may read these secrets. @param named Name or path of the role. */
export function builderRole(
  { kmsKey, permissionsBoundary }: StackSettings,
  named: object,
  secrets: string[],
): Resource {
  const key = kmsKey === undefined ? [] : [encryptsOutput(kmsKey)];
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      ...named,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            // IAM in China refuses a trust policy with EC2's other name
            Principal: { Service: { 'Fn::If': ['InChina', 'ec2.amazonaws.com.cn', 'ec2.amazonaws.com'] } },
            Action: 'sts:AssumeRole',
          },
        ],
      },
      PermissionsBoundary: permissionsBoundary ?? noValue,
      Policies: [
        {
          PolicyName: 'builder',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [agent, documents, ...output, ...downloads, ...key, ...readsSecrets(secrets)],
          },
        },
      ],
    },
  };
}

/** Role and profile have generated names unless one is given: names are unique in an account. */
export function builderResources(stack: StackSettings): Resources {
  const { builderSecrets, securityGroups, vpcId } = stack;
  const name = stack.builderRole ?? noValue;
  return {
    // Builders run the recipe's own scripts, so they must not read or change anything of the pipeline.
    BuilderRole: builderRole(stack, { RoleName: name }, builderSecrets),
    BuilderProfile: {
      Type: 'AWS::IAM::InstanceProfile',
      Properties: { InstanceProfileName: name, Roles: [ref('BuilderRole')] },
    },
    ...(securityGroups.length > 0 ? {} : { BuilderSecurityGroup: securityGroup(vpcId) }),
  };
}
