// The rules and schedules that start executions and functions, and the queues for failed events. CloudFormation gets these
// resources and the simulator runs the same ones, so their rules and schedules cannot differ.
const { readOfRecipes } = require('./of-recipes.cjs');
const { whomToNotify } = require('./notified.cjs');
const { settingsOf } = require('./settings.cjs');

const ref = (id) => ({ Ref: id });
const getArn = (id) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const failures = getArn('TriggerFailures');
const lambdaOf = {
  startBuild: 'StartBuildLambdaFunction',
  watchSources: 'WatchSourcesLambdaFunction',
  measureRecipes: 'MeasureRecipesLambdaFunction',
  notify: 'NotifyLambdaFunction',
};

// AWS's own maximum: EventBridge does not give an event up within a day
const patient = { MaximumEventAgeInSeconds: 86400, MaximumRetryAttempts: 185 };

const rule = (Description, EventPattern, Targets) => ({
  Type: 'AWS::Events::Rule',
  Properties: { Description, EventPattern, Targets },
});
/** A rule or a schedule that starts builds. It exists from the first deployment on, and works once the setting is on. */
const automatic = ({ Type, Properties }, { automaticBuilds }) => ({
  Type,
  Properties: { ...Properties, State: automaticBuilds ? 'ENABLED' : 'DISABLED' },
});
const calls = (key) => [
  { Id: key, Arn: getArn(lambdaOf[key]), DeadLetterConfig: { Arn: failures }, RetryPolicy: patient },
];
const executions = (machine, status) => ({
  source: ['aws.states'],
  'detail-type': ['Step Functions Execution Status Change'],
  detail: { status, stateMachineArn: [ref(machine)] },
});
const builds = (status) => executions('BuildImage', status);

/** Rule → the function that it calls. Each rule needs its own permission. */
const called = {
  SourceImageUpdated: 'startBuild',
  ChannelMoved: 'startBuild',
  BuildSucceeded: 'startBuild',
  ImageAvailable: 'watchSources',
};
/** The same, if the deployment names somebody to notify. */
const calledToNotify = { BuildEnded: 'notify', CleanUpDied: 'notify' };

const startingBy = (channelRoot) => ({
  SourceImageUpdated: rule(
    'A recipe has a newer source image, as watchSources found.',
    // leaves out what another stage in this account and region found for its own recipes
    { source: ['golden.images'], 'detail-type': ['Source Image Updated'], resources: [ref('BuildImage')] },
    calls('startBuild'),
  ),
  ChannelMoved: rule(
    'A channel moved, by a build or by hand: recipes that build on it follow.',
    {
      source: ['aws.ssm'],
      'detail-type': ['Parameter Store Change'],
      detail: { name: [{ prefix: `${channelRoot}/` }], operation: ['Create', 'Update'] },
    },
    calls('startBuild'),
  ),
  BuildSucceeded: rule(
    'A build ended well: recipes that build on its channel follow, once, whatever the number of its regions.',
    builds(['SUCCEEDED']),
    calls('startBuild'),
  ),
  ImageAvailable: rule(
    'An image of this account became available: it may be the source of a recipe.',
    { source: ['aws.ec2'], 'detail-type': ['EC2 AMI State Change'], detail: { State: ['available'] } },
    calls('watchSources'),
  ),
});
const rules = {
  BuildDied: rule(
    'An image build failed, was aborted or ran out of time.',
    builds(['FAILED', 'TIMED_OUT', 'ABORTED']),
    [
      {
        Id: 'clean-up',
        Arn: ref('CleanUpBuild'),
        RoleArn: getArn('CleanUpStarter'),
        DeadLetterConfig: { Arn: getArn('DeadBuilds') },
        RetryPolicy: patient,
      },
      { Id: 'dead-builds', Arn: getArn('DeadBuilds'), RetryPolicy: patient },
    ],
  ),
};

const notifying = {
  BuildEnded: rule(
    'A build ended, well or not: people are told.',
    builds(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']),
    calls('notify'),
  ),
  CleanUpDied: rule(
    'The clean-up of a build that died died too: people are told.',
    executions('CleanUpBuild', ['FAILED', 'TIMED_OUT', 'ABORTED']),
    calls('notify'),
  ),
};

const permission = (key, Principal, SourceArn) => ({
  Type: 'AWS::Lambda::Permission',
  Properties: { Action: 'lambda:InvokeFunction', FunctionName: getArn(lambdaOf[key]), Principal, SourceArn },
});
const pascal = (key) => key[0].toUpperCase() + key.slice(1);

const permissionsOf = (rules) =>
  Object.fromEntries(
    Object.entries(rules).map(([id, key]) => [`${id}Permission`, permission(key, 'events.amazonaws.com', getArn(id))]),
  );

// Nobody waits for these functions' answers. Lambda itself retries, and puts an event that fails three times into the queue.
const retriesOf = (key) => ({
  [`${pascal(key)}Retries`]: {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: {
      FunctionName: ref(lambdaOf[key]),
      Qualifier: '$LATEST',
      MaximumEventAgeInSeconds: 21600,
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: failures } },
    },
  },
});

const scheduledOnes = ['startBuild', 'watchSources', 'measureRecipes'];
const target = (key, input) => ({
  Arn: getArn(lambdaOf[key]),
  RoleArn: getArn('TriggerScheduler'),
  Input: JSON.stringify(input),
  RetryPolicy: patient,
  DeadLetterConfig: { Arn: failures },
});
const scheduled = '<aws.scheduler.scheduled-time>'; // EventBridge Scheduler puts the time there that the schedule names

// A logical id has no hyphens and a recipe's name no capitals, so two recipes never share a logical id.
const scheduleId = (recipe) => `Schedule${recipe.replaceAll('-', 'X')}`;
const scheduleOf = ({ recipe, expression, timezone, windowMinutes }) => ({
  Type: 'AWS::Scheduler::Schedule',
  Properties: {
    GroupName: ref('TriggerSchedules'),
    Name: recipe,
    Description: `Builds ${recipe}, as triggers.schedule of its recipe says.`,
    ScheduleExpression: expression,
    ScheduleExpressionTimezone: timezone,
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: windowMinutes },
    Target: target('startBuild', { recipe, scheduled }),
  },
});
const everySo = (key, ScheduleExpression, Description) => ({
  Type: 'AWS::Scheduler::Schedule',
  Properties: {
    GroupName: ref('TriggerSchedules'),
    Description,
    ScheduleExpression,
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: target(key, { scheduled }),
  },
});
const watching = everySo(
  'watchSources',
  'rate(1 hour)',
  'Looks for newer source images. AWS tells nobody that its public parameters have changed.',
);
// CloudWatch charges for every metric and hour in which the metric gets a value
const measuring = everySo(
  'measureRecipes',
  'rate(6 hours)',
  'Measures how old the images are that channels point at, and which recipes are not built by themselves any more.',
);

// Once a day at a quiet hour. A second sweep or a missed day does no harm.
const sweeping = {
  Type: 'AWS::Scheduler::Schedule',
  Properties: {
    Name: '${self:service}-${self:provider.stage}-sweep',
    Description: 'Removes what builds left behind.',
    State: '${param:dailySweep}',
    ScheduleExpression: 'cron(30 4 * * ? *)',
    ScheduleExpressionTimezone: 'UTC',
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 60 },
    Target: {
      Arn: ref('SweepMachine'),
      RoleArn: getArn('SweepStarter'),
      Input: JSON.stringify({ dryRun: false }),
      RetryPolicy: { MaximumEventAgeInSeconds: 21600, MaximumRetryAttempts: 20 },
      DeadLetterConfig: { Arn: getArn('UnstartedSweeps') },
    },
  },
};

// Amazon announces new images on these topics, in us-east-1 only. Off by default: see docs/deploy.md.
const topics = {
  AmazonLinux: '137112412989:amazon-linux-2023-ami-updates',
  AmazonWindows: '801119661308:ec2-windows-ami-update',
};
const subscriptions = Object.fromEntries(
  Object.entries(topics).flatMap(([id, topic]) => {
    const TopicArn = { 'Fn::Sub': 'arn:${AWS::Partition}:sns:us-east-1:' + topic };
    const Properties = { TopicArn, Region: 'us-east-1', Protocol: 'lambda', Endpoint: getArn(lambdaOf.watchSources) };
    return [
      [`${id}Subscription`, { Type: 'AWS::SNS::Subscription', Condition: 'AmazonTopics', Properties }],
      [`${id}Permission`, { ...permission('watchSources', 'sns.amazonaws.com', TopicArn), Condition: 'AmazonTopics' }],
    ];
  }),
);

const assumedBy = (Service) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } },
    },
  ],
});

const around = (called) => ({
  TriggerSchedules: {
    Type: 'AWS::Scheduler::ScheduleGroup',
    Properties: { Name: '${self:service}-${self:provider.stage}' },
  },
  TriggerScheduler: {
    Type: 'AWS::IAM::Role',
    Properties: {
      PermissionsBoundary: '${file(infrastructure/stack-settings.cjs):boundary}',
      AssumeRolePolicyDocument: assumedBy('scheduler.amazonaws.com'),
      Policies: [
        {
          PolicyName: 'trigger',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Action: 'lambda:InvokeFunction',
                Resource: scheduledOnes.map((key) => getArn(lambdaOf[key])),
              },
              { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: failures },
            ],
          },
        },
      ],
    },
  },
  TriggerFailures: {
    Type: 'AWS::SQS::Queue',
    Properties: { SqsManagedSseEnabled: true, MessageRetentionPeriod: 1209600 }, // 14 days, the most SQS keeps
  },
  TriggerFailuresPolicy: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [ref('TriggerFailures')],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: failures,
            Condition: { ArnEquals: { 'aws:SourceArn': Object.keys(called).map(getArn) } },
          },
          {
            Effect: 'Deny',
            Principal: '*',
            Action: 'sqs:*',
            Resource: failures,
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    },
  },
});

/**
 * The resources that start, watch and sweep builds, by logical id.
 * @param schedules `schedulesOf` of core/start/recipe-schedule.ts.
 */
const triggerResources = (schedules, settings) => {
  const startBuilds = {
    ...startingBy(settings.channelRoot),
    WatchSourcesSchedule: watching,
    ...Object.fromEntries(schedules.map((schedule) => [scheduleId(schedule.recipe), scheduleOf(schedule)])),
  };
  return {
    ...rules,
    ...Object.assign({}, ...scheduledOnes.map(retriesOf)),
    MeasureRecipesSchedule: measuring,
    DailySweep: sweeping,
    ...Object.fromEntries(Object.entries(startBuilds).map(([id, resource]) => [id, automatic(resource, settings)])),
  };
};

/** The resources that notify people, by logical id. */
const notifyResources = () => ({ ...notifying, ...retriesOf('notify') });

module.exports = {
  triggerResources,
  notifyResources,
  /** For serverless.yml, after the bundler has read the recipes. */
  async resources(osls) {
    const { resolveVariable } = osls;
    const schedules = readOfRecipes('schedules.json');
    const anybody = Boolean(whomToNotify(await resolveVariable('param:notify')));
    const all = anybody ? { ...called, ...calledToNotify } : called;
    return {
      ...around(all),
      ...permissionsOf(all),
      ...subscriptions,
      ...triggerResources(schedules, await settingsOf(osls)),
      ...(anybody ? notifyResources() : {}),
    };
  },
};
