// The resources and conditions of all IAM actions, each action once. A function declares its actions in `permissions`, in its own
// file. roles.ts makes one role for each function from both.
import { arn, getArn, sub, type Text } from '../cloudformation.ts';
import { copyTargetRoles, grantsOfKms } from './grants-of-kms.ts';
import { grantsOfEbs } from './grants-of-ebs.ts';
import { grantsOfEc2 } from './grants-of-ec2.ts';
import { grantsOfS3 } from './grants-of-s3.ts';
import { anything, here, throughReferences, type Grant, type GrantTable } from './policies.ts';

/** Commands go only to our instances. Their output goes to the bucket. */
const commandsOf = (documents: Text[]): Grant[] => [
  { Resource: [...documents, sub('${ArtifactBucket.Arn}')] },
  { Resource: here('instance'), Condition: { StringLike: { 'ssm:resourceTag/golden:build': '*' } } },
];

/** A document of AWS that runs a script. */
const runDocument = (kind: string) => arn('ssm:${AWS::Region}::document/AWS-Run' + kind + 'Script');

/** The functions that ask whether the execution still runs that moves a channel. */
const moving = ['publish', 'resolveMove', 'moveChannel', 'revokeImages', 'resolveShare', 'checkDrift', 'retireBuild'];

/** Roles that EC2 gets for an instance. */
const passed = (Resource: Text | Text[]): Grant[] => [
  {
    Resource,
    // the second name is EC2's in China
    Condition: { StringEquals: { 'iam:PassedToService': ['ec2.amazonaws.com', 'ec2.amazonaws.com.cn'] } },
  },
];

function grantsOfSsm(channelRoot: string): GrantTable {
  const channels = arn('ssm:*:${AWS::AccountId}:parameter' + channelRoot + '/*');
  /** The parameters that a recipe's `source.parameter` and `source.channel` may name. */
  const sources = [{ Resource: [arn('ssm:${AWS::Region}::parameter/aws/service/*'), channels] }];
  return {
    'ssm:DeleteParameter': [{ Resource: channels }],
    'ssm:DescribeInstanceInformation': anything,
    // Resolve asks whether the secrets of steps exist. EC2 asks for verify and others.
    'ssm:DescribeParameters': { resolve: anything, resolvePlan: anything, others: throughReferences() },
    'ssm:GetCommandInvocation': anything,
    'ssm:GetParameter': {
      resolve: sources,
      resolvePlan: sources,
      startBuild: sources,
      watchSources: sources,
      others: [{ Resource: channels }],
    },
    'ssm:GetParameters': {
      checkDrift: [{ Resource: channels }],
      others: throughReferences(arn('ssm:*:${AWS::AccountId}:parameter/*')),
    },
    'ssm:GetParametersByPath': [{ Resource: arn('ssm:*:${AWS::AccountId}:parameter' + channelRoot) }], // IAM checks the path itself
    'ssm:ListCommandInvocations': anything,
    'ssm:ListCommands': anything,
    'ssm:PutParameter': [{ Resource: channels }],
    'ssm:SendCommand': {
      // a step may name any document: AWS's own belong to no account, the others to ours
      sendCommand: commandsOf([
        arn('ssm:${AWS::Region}::document/*'),
        arn('ssm:${AWS::Region}:${AWS::AccountId}:document/*'),
      ]),
      sendCheck: commandsOf(['Shell', 'PowerShell', 'Remote'].map(runDocument)),
      compensate: commandsOf(['Shell', 'PowerShell'].map(runDocument)),
    },
  };
}

function grantsOfStates(name: string): GrantTable {
  const executionsOf = (machine: string) =>
    arn('states:${AWS::Region}:${AWS::AccountId}:execution:' + `${name}-${machine}:*`);
  return {
    'states:DescribeExecution': {
      undoMove: [{ Resource: executionsOf('move-channel') }],
      ...Object.fromEntries(
        moving.map((key) => [key, [{ Resource: ['build-image', 'move-channel'].map(executionsOf) }]]),
      ),
      // the executions that move a channel, or are at work on a build
      resolveRetirement: [
        { Resource: ['build-image', 'clean-up-build', 'sweep', 'move-channel', 'retire-images'].map(executionsOf) },
      ],
      // the executions that build the variants of a recipe
      ...Object.fromEntries(
        ['awaitOthers', 'awaitVariants'].map((key) => [key, [{ Resource: executionsOf('build-image') }]]),
      ),
      // an execution's input; the holder of a lock: a build, its clean-up, a sweep
      others: [{ Resource: ['build-image', 'clean-up-build', 'sweep'].map(executionsOf) }],
    },
    'states:GetExecutionHistory': [{ Resource: executionsOf('build-image') }],
    'states:SendTaskFailure': anything,
    'states:SendTaskSuccess': anything,
    'states:StartExecution': [
      { Resource: arn('states:${AWS::Region}:${AWS::AccountId}:stateMachine:' + `${name}-build-image`) },
    ],
  };
}

/** The pipeline's own events of one type, on this account's bus. */
const events = (type: string): Grant[] => [
  {
    Resource: arn('events:${AWS::Region}:${AWS::AccountId}:event-bus/default'),
    Condition: { StringEquals: { 'events:source': 'golden.images', 'events:detail-type': type } },
  },
];

/** What the table needs of a deployment: its name, where its channels are, and the topic's ARN. */
interface Granted {
  name: string;
  channelRoot: string;
  topic: Text;
}

/** IAM action → its grants in one deployment. */
export const grantsIn = ({ name, channelRoot, topic }: Granted): GrantTable => ({
  ...grantsOfEbs,
  ...grantsOfEc2,
  'events:PutEvents': { watchSources: events('Source Image Updated'), others: events('Image Published') },
  'iam:GetInstanceProfile': [{ Resource: arn('iam::${AWS::AccountId}:instance-profile/*') }],
  // The candidate needs no secrets. A recipe with secrets has a role of its own.
  'iam:PassRole': {
    launch: passed([getArn('BuilderRole'), arn('iam::${AWS::AccountId}:role/${AWS::StackName}/builders/*')]),
    others: passed(getArn('BuilderRole')),
  },
  'imagebuilder:GetContainerRecipe': throughReferences(arn('imagebuilder:*:*:container-recipe/*/*')),
  'imagebuilder:ListContainerRecipes': throughReferences(),
  'imagebuilder:ListImageRecipes': throughReferences(),
  ...grantsOfKms,
  ...grantsOfS3,
  // IAM comes first: a role that may look at some secrets only would learn of an absent one that it may not look. No value is shown.
  'secretsmanager:DescribeSecret': [{ Resource: arn('secretsmanager:${AWS::Region}:*:secret:*') }],
  // vCPUs on demand and as spot in the pipeline's region; AMIs, public ones, users of an AMI and pending snapshots in every region of a recipe
  'servicequotas:GetServiceQuota': [
    {
      Resource: ['L-1216C47A', 'L-34B43A08'].map((quota) =>
        arn('servicequotas:${AWS::Region}:${AWS::AccountId}:ec2/' + quota),
      ),
    },
    {
      Resource: ['ec2/L-B665C33B', 'ec2/L-0E3CBAB9', 'ec2/L-70015FFA', 'ebs/L-94D7AB7D'].map((quota) =>
        arn('servicequotas:*:${AWS::AccountId}:' + quota),
      ),
    },
  ],
  // the trust policy of each role decides; an account cannot be a condition here, so the name is
  'sts:AssumeRole': [{ Resource: copyTargetRoles }],
  'sns:Publish': [{ Resource: topic }],
  'sqs:SendMessage': [{ Resource: getArn('TriggerFailures') }],
  ...grantsOfSsm(channelRoot),
  ...grantsOfStates(name),
});
