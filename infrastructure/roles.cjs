// The functions and their permissions. Each action's resources and conditions are written here once. serverless.yml makes one
// role per function of them, and test/template.test.ts checks the result.
const { bounded } = require('./bounds.cjs');
const { settingsOf } = require('./settings.cjs');
const { noValue, off, read } = require('./stack-settings.cjs');
const { sub, arn } = require('./substituted.cjs');

const name = '${self:service}-${self:provider.stage}';
const machine = `${name}-build-image`;

// ARNs of EC2's images and snapshots name no account. Targets may be in any region.
const here = (kind) => arn('ec2:${AWS::Region}:${AWS::AccountId}:' + kind + '/*');
const anywhere = (kind) => arn('ec2:*:${AWS::AccountId}:' + kind + '/*');
const imageHere = arn('ec2:${AWS::Region}::image/*');
const snapshotHere = arn('ec2:${AWS::Region}::snapshot/*');
const images = arn('ec2:*::image/*');
const snapshots = arn('ec2:*::snapshot/*');
const inBucket = (key) => sub('${ArtifactBucket.Arn}/' + key);
const objects = inBucket('builds/*');
const machineArn = arn('states:${AWS::Region}:${AWS::AccountId}:stateMachine:' + machine);
const executionsOf = (name) => arn('states:${AWS::Region}:${AWS::AccountId}:execution:' + name + ':*');
const executions = executionsOf(machine);
const cleanUps = executionsOf(`${name}-clean-up-build`);
const sweeps = executionsOf(`${name}-sweep`);
const channelRoot = '${file(infrastructure/stack-settings.cjs):channelRoot}';
const channels = arn('ssm:*:${AWS::AccountId}:parameter' + channelRoot + '/*');
const topic = '${file(infrastructure/notified.cjs):topic}'; // an ARN, of a topic of ours or of others
const builderRole = { 'Fn::GetAtt': ['BuilderRole', 'Arn'] };
const builderProfile = { 'Fn::GetAtt': ['BuilderProfile', 'Arn'] };

// The second name is EC2's in China.
const ec2Service = ['ec2.amazonaws.com', 'ec2.amazonaws.com.cn'];

const carries = (key) => ({ Null: { [`${key}/golden:build`]: 'false' } });
const madeByUs = carries('aws:ResourceTag');
const taggedAsOurs = carries('aws:RequestTag');

const anything = [{ Resource: '*' }]; // only for actions that take no resource

/** Instances must have our tags, the builder's profile and IMDSv2. A candidate must come from an image of ours. */
const launches = (image, imageCondition) => [
  { Resource: image, Condition: imageCondition },
  {
    Resource: here('instance'),
    Condition: {
      ...taggedAsOurs,
      ArnEquals: { 'ec2:InstanceProfile': builderProfile },
      StringEquals: { 'ec2:MetadataHttpTokens': 'required' },
    },
  },
  { Resource: [here('volume'), here('network-interface')], Condition: taggedAsOurs },
  // a network that another account shares belongs to that account
  { Resource: [arn('ec2:${AWS::Region}:*:subnet/*'), arn('ec2:${AWS::Region}:*:security-group/*')] },
];

/** Tags are written at creation, so nothing else can be made to look like ours; expiry below is the one exception. */
const tagsOn = (creation, resources) => [
  { Resource: resources, Condition: { ...taggedAsOurs, StringEquals: { 'ec2:CreateAction': creation } } },
];

/**
 * The expiry of an image is the one tag that is added and removed later, and only on our own images. A request without keys means
 * all tags to DeleteTags, so it must not count as one whose keys are all allowed.
 */
const expiry = [
  {
    Resource: [images, snapshots],
    Condition: {
      Null: { ...madeByUs.Null, 'aws:TagKeys': 'false' },
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['golden:expires'] },
    },
  },
];

/** EC2's endpoints, which end in the partition's domain. */
const viaEc2 = ['ec2.*.amazonaws.com', 'ec2.*.amazonaws.com.cn', 'ec2.*.amazonaws.eu'];

/** What EC2 does with a customer-managed key for the function that launches or copies. */
const keysThroughEc2 = (condition = {}) => [
  {
    Resource: arn('kms:*:${AWS::AccountId}:key/*'),
    Condition: { StringLike: { 'kms:ViaService': viaEc2 }, ...condition },
  },
];

/** Looking at keys, which a key's policy need not forbid. EC2 does not show which key an alias means. */
const keysOfAccount = [{ Resource: arn('kms:*:${AWS::AccountId}:key/*') }];

/** Commands go only to our instances. Their output goes to the bucket. */
const commandsOf = (documents) => [
  { Resource: [...documents, sub('${ArtifactBucket.Arn}')] },
  { Resource: here('instance'), Condition: { StringLike: { 'ssm:resourceTag/golden:build': '*' } } },
];

/** The parameters that a recipe's `source.parameter` and `source.channel` may name. */
const sources = [{ Resource: [arn('ssm:${AWS::Region}::parameter/aws/service/*'), channels] }];

/** IAM action → its statements, for all functions or by function. The table below gives a function its actions. */
const statements = {
  'ec2:CopyImage': [
    { Resource: images, Condition: taggedAsOurs },
    // EC2 checks the source image as well. By AWS's table, its owner can be a condition, but not its tags.
    { Resource: images, Condition: { StringEquals: { 'ec2:Owner': sub('${AWS::AccountId}') } } },
    // AWS does not document whether EC2 checks the source's snapshots too. No condition fits them, so all are allowed.
    { Resource: snapshots },
  ],
  'ec2:CreateImage': [
    { Resource: [imageHere, snapshotHere], Condition: taggedAsOurs },
    { Resource: here('instance'), Condition: madeByUs },
  ],
  'ec2:CreateTags': {
    launch: tagsOn('RunInstances', [here('instance'), here('volume'), here('network-interface')]),
    launchCandidate: tagsOn('RunInstances', [here('instance'), here('volume'), here('network-interface')]),
    createImage: tagsOn('CreateImage', [imageHere, snapshotHere]),
    copyImage: tagsOn('CopyImage', [images, snapshots]),
    compensate: expiry,
  },
  'ec2:DeleteSnapshot': [{ Resource: snapshots, Condition: madeByUs }],
  'ec2:DeleteTags': expiry,
  'ec2:DeleteVolume': {
    sweep: [{ Resource: anywhere('volume'), Condition: madeByUs }],
    others: [{ Resource: here('volume'), Condition: madeByUs }],
  },
  'ec2:DeregisterImage': [{ Resource: images, Condition: madeByUs }],
  'ec2:DescribeImageAttribute': [{ Resource: images }],
  'ec2:DescribeImages': anything,
  'ec2:DescribeInstances': anything,
  'ec2:DescribeInstanceTypes': anything,
  'ec2:DescribeRegions': anything,
  'ec2:DescribeRouteTables': anything,
  'ec2:DescribeSecurityGroups': anything,
  'ec2:DescribeSnapshotAttribute': [{ Resource: snapshots }],
  'ec2:DescribeSnapshots': anything,
  'ec2:DescribeSubnets': anything,
  'ec2:DescribeVolumes': anything,
  'ec2:DescribeVpcEndpoints': anything,
  'ec2:GetAllowedImagesSettings': anything,
  'ec2:GetEbsDefaultKmsKeyId': anything,
  'ec2:GetEbsEncryptionByDefault': anything,
  'ec2:ModifyImageAttribute': [{ Resource: images, Condition: madeByUs }],
  'ec2:ModifySnapshotAttribute': [
    // no snapshot of ours is ever public
    { Resource: snapshots, Condition: { ...madeByUs, StringNotEquals: { 'ec2:Add/group': 'all' } } },
  ],
  'ec2:ResetImageAttribute': [{ Resource: images, Condition: madeByUs }],
  'ec2:ResetSnapshotAttribute': [{ Resource: snapshots, Condition: madeByUs }],
  'ec2:RunInstances': { launch: launches(imageHere), launchCandidate: launches(imageHere, madeByUs) },
  'ec2:StopInstances': [{ Resource: here('instance'), Condition: madeByUs }],
  'ec2:TerminateInstances': {
    sweep: [{ Resource: anywhere('instance'), Condition: madeByUs }],
    others: [{ Resource: here('instance'), Condition: madeByUs }],
  },
  // only watchSources' events about a source image, on this account's bus
  'events:PutEvents': [
    {
      Resource: arn('events:${AWS::Region}:${AWS::AccountId}:event-bus/default'),
      Condition: { StringEquals: { 'events:source': 'golden.images', 'events:detail-type': 'Source Image Updated' } },
    },
  ],
  'iam:PassRole': [{ Resource: builderRole, Condition: { StringEquals: { 'iam:PassedToService': ec2Service } } }],
  'kms:CreateGrant': keysThroughEc2({ Bool: { 'kms:GrantIsForAWSResource': 'true' } }),
  'kms:Decrypt': keysThroughEc2(),
  'kms:DescribeKey': {
    resolve: keysOfAccount,
    grantPermissions: keysOfAccount,
    verify: keysOfAccount,
    others: keysThroughEc2(),
  },
  'kms:GenerateDataKeyWithoutPlaintext': keysThroughEc2(),
  'kms:ReEncryptFrom': keysThroughEc2(),
  'kms:ReEncryptTo': keysThroughEc2(),
  's3:GetObject': {
    // the end of a failed command's output, and whether output arrived; no decision depends on it
    awaitCommand: [{ Resource: inBucket('commands/*') }],
    awaitCheck: [{ Resource: inBucket('commands/*') }],
    others: [{ Resource: objects }],
  },
  's3:ListBucket': [{ Resource: sub('${ArtifactBucket.Arn}') }],
  's3:PutObject': {
    sweep: [{ Resource: [inBucket('builds/*/owner.json'), inBucket('reports/sweep/*')] }],
    others: [{ Resource: objects }],
  },
  'sqs:SendMessage': [{ Resource: { 'Fn::GetAtt': ['TriggerFailures', 'Arn'] } }],
  'ssm:DeleteParameter': [{ Resource: channels }],
  'ssm:DescribeInstanceInformation': anything,
  'ssm:GetCommandInvocation': anything,
  'sns:Publish': [{ Resource: topic }],
  'ssm:GetParameter': {
    resolve: sources,
    startBuild: sources,
    watchSources: sources,
    publish: [{ Resource: channels }],
    compensate: [{ Resource: channels }],
    measureRecipes: [{ Resource: channels }],
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
    sendCheck: commandsOf(
      ['Shell', 'PowerShell'].map((kind) => arn('ssm:${AWS::Region}::document/AWS-Run' + kind + 'Script')),
    ),
  },
  'states:DescribeExecution': [{ Resource: [executions, cleanUps, sweeps] }], // an execution's input; the holder of a lock: a build, its clean-up, a sweep
  'states:GetExecutionHistory': [{ Resource: executions }],
  'states:SendTaskFailure': anything,
  'states:SendTaskHeartbeat': anything,
  'states:SendTaskSuccess': anything,
  'states:StartExecution': [{ Resource: machineArn }],
};

const answersTask = ['states:SendTaskFailure', 'states:SendTaskHeartbeat', 'states:SendTaskSuccess'];
const launchActions = ['ec2:CreateTags', 'ec2:DescribeInstances', 'ec2:RunInstances', 'iam:PassRole', 's3:GetObject'];
const awaitsAgent = ['ec2:DescribeInstances', 'ssm:DescribeInstanceInformation', ...answersTask];
const sendsCommand = [
  'ec2:DescribeInstances',
  's3:GetObject',
  'ssm:GetCommandInvocation',
  'ssm:ListCommandInvocations',
  'ssm:ListCommands',
  'ssm:SendCommand',
];
const awaitsCommand = [
  'ec2:DescribeInstances',
  's3:GetObject',
  'ssm:GetCommandInvocation',
  'ssm:ListCommandInvocations',
  ...answersTask,
];
const removesEverything = [
  'ec2:DeleteSnapshot',
  'ec2:DeleteVolume',
  'ec2:DeregisterImage',
  'ec2:DescribeImages',
  'ec2:DescribeInstances',
  'ec2:DescribeSnapshots',
  'ec2:DescribeVolumes',
  'ec2:TerminateInstances',
];

/** Function key → the actions it calls, as its file declares them in `permissions`. */
const functions = {
  resolve: [
    'ec2:DescribeImages',
    'ec2:DescribeInstanceTypes',
    'ec2:DescribeRegions',
    'ec2:DescribeRouteTables',
    'ec2:DescribeSecurityGroups',
    'ec2:DescribeSnapshots',
    'ec2:DescribeSubnets',
    'ec2:DescribeVpcEndpoints',
    'ec2:GetAllowedImagesSettings',
    'ec2:GetEbsDefaultKmsKeyId',
    'ec2:GetEbsEncryptionByDefault',
    'kms:DescribeKey',
    's3:GetObject',
    's3:PutObject',
    'ssm:GetParameter',
    'states:DescribeExecution',
  ],
  recordUpToDate: ['s3:GetObject', 's3:PutObject', 'states:GetExecutionHistory'],
  launch: launchActions,
  awaitBuilder: awaitsAgent,
  sendCommand: sendsCommand,
  awaitCommand: awaitsCommand,
  seal: ['ec2:DescribeInstances', 'ec2:StopInstances', ...answersTask],
  createImage: ['ec2:CreateImage', 'ec2:CreateTags', 'ec2:DescribeImages', 's3:GetObject'],
  awaitImage: ['ec2:DescribeImages', 'ec2:DescribeSnapshots', ...answersTask],

  launchCandidate: launchActions,
  awaitCandidate: awaitsAgent,
  sendCheck: sendsCommand,
  awaitCheck: awaitsCommand,
  terminateCandidate: ['ec2:DescribeInstances', 'ec2:TerminateInstances'],

  copyImage: ['ec2:CopyImage', 'ec2:CreateTags', 'ec2:DescribeImages', 's3:GetObject'],
  awaitCopy: ['ec2:DescribeImages', 'ec2:DescribeSnapshots', ...answersTask],
  grantPermissions: [
    'ec2:DeleteTags',
    'ec2:DescribeImages',
    'ec2:DescribeSnapshots',
    'ec2:ModifyImageAttribute',
    'ec2:ModifySnapshotAttribute',
    'kms:DescribeKey',
    's3:GetObject',
  ],
  verify: [
    'ec2:DescribeImageAttribute',
    'ec2:DescribeImages',
    'ec2:DescribeSnapshotAttribute',
    'ec2:DescribeSnapshots',
    'kms:DescribeKey',
    's3:GetObject',
    ...answersTask,
  ],

  publish: [
    'ec2:DescribeImages',
    's3:GetObject',
    's3:PutObject',
    'ssm:GetParameter',
    'ssm:PutParameter',
    ...answersTask,
  ],

  cleanUp: [
    ...removesEverything,
    's3:GetObject',
    's3:ListBucket',
    's3:PutObject',
    'states:GetExecutionHistory',
    ...answersTask,
  ],
  compensate: [
    ...removesEverything,
    'ec2:CreateTags',
    'ec2:DescribeImageAttribute',
    'ec2:DescribeSnapshotAttribute',
    'ec2:ResetImageAttribute',
    'ec2:ResetSnapshotAttribute',
    's3:GetObject',
    's3:PutObject',
    'ssm:DeleteParameter',
    'ssm:GetParameter',
    'ssm:PutParameter',
    'states:DescribeExecution',
    ...answersTask,
  ],
  recordFailure: [
    's3:GetObject',
    's3:ListBucket',
    's3:PutObject',
    'states:DescribeExecution',
    'states:GetExecutionHistory',
  ],
  sweep: [
    ...removesEverything,
    'ec2:DescribeRegions',
    's3:GetObject',
    's3:PutObject',
    'ssm:GetParametersByPath',
    'states:DescribeExecution',
  ],

  startBuild: [
    'ec2:DescribeImages',
    'ec2:DescribeInstanceTypes',
    's3:GetObject',
    'ssm:GetParameter',
    'states:DescribeExecution',
    'states:StartExecution',
  ],
  watchSources: [
    'ec2:DescribeImages',
    'ec2:DescribeInstanceTypes',
    'events:PutEvents',
    's3:GetObject',
    'ssm:GetParameter',
  ],
  measureRecipes: ['ec2:DescribeImages', 's3:GetObject', 'ssm:GetParameter'],
  notify: ['s3:GetObject', 'sns:Publish', 'states:DescribeExecution'],
};

/** Functions that events call, not a state machine. Lambda puts events that they could not handle into a queue, with their own role. */
const byEvents = ['startBuild', 'watchSources', 'measureRecipes', 'notify'];

/** Actions that AWS checks beyond the call itself. No function makes these calls, so no file declares them. */
const encryption = [
  'kms:CreateGrant',
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];
const implied = {
  'ec2:CopyImage': encryption,
  'ec2:RunInstances': encryption,
  's3:GetObject': ['s3:ListBucket'], // otherwise S3 answers Forbidden for an absent object
  'ssm:PutParameter': ['ec2:DescribeImages'], // Parameter Store looks at an AMI with its writer's permissions
};
const allowed = (actions) => [...new Set([...actions, ...actions.flatMap((action) => implied[action] ?? [])])];

const pascal = (key) => key[0].toUpperCase() + key.slice(1);
const roleId = (key) => `${pascal(key)}Role`;
const getArn = (id) => ({ 'Fn::GetAtt': [id, 'Arn'] });

function statementsOf(key, actions, settings) {
  const merged = new Map(); // actions that agree on resources and conditions share a statement
  for (const action of allowed(actions)) {
    const known = statements[action];
    if (!known) throw new Error(`${key} wants ${action}, which has no statement.`);
    const own = Array.isArray(known) ? known : (known[key] ?? known.others);
    if (!own)
      throw new Error(`${key} wants ${action}, whose statements are for ${Object.keys(known).join(', ')} only.`);
    for (const unbounded of own) {
      const { Resource, Condition } = bounded(key, action, unbounded, settings);
      const id = JSON.stringify([Resource, Condition]);
      const statement = merged.get(id) ?? { Effect: 'Allow', Action: [], Resource, ...(Condition && { Condition }) };
      statement.Action.push(action);
      merged.set(id, statement);
    }
  }
  return [...merged.values()];
}

/** Bucket and topic are encrypted with the deployment's own key, if it has one. */
const withKey = (actions, key) => {
  const reads = actions.includes('s3:GetObject');
  const writes = actions.includes('s3:PutObject') || actions.includes('sns:Publish');
  const used = [...(reads || writes ? ['kms:Decrypt'] : []), ...(writes ? ['kms:GenerateDataKey'] : [])];
  return key && used.length > 0 ? [{ Effect: 'Allow', Action: used, Resource: key }] : [];
};

const role = (key, actions, { settings, kmsKey, boundary }) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    PermissionsBoundary: boundary,
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    Policies: [
      {
        PolicyName: key,
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              Resource: arn('logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/' + `${name}-${key}:*`),
            },
            ...statementsOf(key, byEvents.includes(key) ? [...actions, 'sqs:SendMessage'] : actions, settings),
            ...withKey(actions, kmsKey),
          ],
        },
      },
    ],
  },
});

// Seconds. A look takes one or two calls; going through every region takes longer.
const timeouts = {
  resolve: 110,
  launch: 110,
  launchCandidate: 110,
  verify: 110,
  publish: 120,
  cleanUp: 120,
  compensate: 300,
  sweep: 600,
  startBuild: 120,
  watchSources: 300,
  measureRecipes: 300,
};

/** The functions that need the recipes. scripts/bundle.mjs puts the recipes beside them. */
const takeRecipes = ['resolve', 'recordFailure', 'sweep', 'startBuild', 'watchSources', 'measureRecipes'];

const table = (value) => Object.fromEntries(Object.entries(functions).map(([key, actions]) => value(key, actions)));

/** The functions that a state machine runs. The sweep's function is no part of a build. */
const runs = {
  build: Object.keys(functions).filter((key) => key !== 'sweep' && !byEvents.includes(key)),
  cleanUp: ['compensate', 'recordFailure'],
  sweep: ['sweep'],
};
const machines = Object.fromEntries(
  Object.entries(runs).flatMap(([which, keys]) => {
    const named = keys.map((key) => [`${pascal(key)}Arn`, getArn(`${pascal(key)}LambdaFunction`)]);
    return [
      // A Task's Resource must be in the partition of the execution.
      [`${which}Substitutions`, { Partition: { Ref: 'AWS::Partition' }, ...Object.fromEntries(named) }],
      [`${which}Arns`, named.map(([, found]) => found)],
    ];
  }),
);

module.exports = {
  functions,
  takeRecipes,
  byEvents,
  implied,
  /** `functions` of serverless.yml. */
  lambdas: table((key) => [
    key,
    {
      handler: `dist/${key}/index.handler`,
      role: roleId(key),
      ...(timeouts[key] && { timeout: timeouts[key] }),
      environment: {
        ...(takeRecipes.includes(key) && { GOLDEN_CATALOG: `dist/${key}/recipes.json` }),
        ...(byEvents.includes(key) && { GOLDEN_MACHINE: { Ref: 'BuildImage' } }),
        ...(key === 'notify' && { GOLDEN_TOPIC: topic }),
      },
      package: { patterns: [`dist/${key}/**`] },
    },
  ]),
  /** CloudFormation resources: a role for each function. */
  async roles(osls) {
    const stack = await read(osls);
    const around = {
      settings: await settingsOf(osls),
      kmsKey: off(stack.kmsKey) ? undefined : stack.kmsKey,
      boundary: off(stack.permissionsBoundary) ? noValue : stack.permissionsBoundary,
    };
    return table((key, actions) => [roleId(key), role(key, actions, around)]);
  },
  /** The functions that each state machine may run: `${CopyImageArn}` and so on, as statemachines/ names them. */
  ...machines,
};
