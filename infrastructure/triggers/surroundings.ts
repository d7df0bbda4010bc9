// The roles, permissions, queue and subscriptions around the rules and schedules. The simulator does without them.
import { schedulesOf } from '../../core/start/recipe-schedule.ts';
import type { Catalog } from '../../core/recipe/types.ts';
import { arn, assumedBy, getArn, noValue, ref, type Resource, type Resources } from '../cloudformation.ts';
import type { ConfiguredDeployment } from '../settings/deployment.ts';
import { called, calledToNotify } from './rules.ts';
import { failures, lambdaOf, scheduledFunctions, type Called } from './targets.ts';
import { notifyResources, pageResources, triggerResources } from './triggers.ts';

const permission = (key: Called, Principal: string, SourceArn: object): Resource => ({
  Type: 'AWS::Lambda::Permission',
  Properties: { Action: 'lambda:InvokeFunction', FunctionName: getArn(lambdaOf[key]), Principal, SourceArn },
});
/** A rule may call its function. */
const permissionsOf = (rules: Record<string, Called>): Resources =>
  Object.fromEntries(
    Object.entries(rules).map(([id, key]) => [`${id}Permission`, permission(key, 'events.amazonaws.com', getArn(id))]),
  );

// Amazon announces new images on these topics, in us-east-1 only. Off by default: see docs/deploy.md.
const topics = {
  AmazonLinux: '137112412989:amazon-linux-2023-ami-updates',
  AmazonWindows: '801119661308:ec2-windows-ami-update',
};
const subscriptions: Resources = Object.fromEntries(
  Object.entries(topics).flatMap(([id, topic]) => {
    const TopicArn = { 'Fn::Sub': 'arn:${AWS::Partition}:sns:us-east-1:' + topic };
    const Properties = { TopicArn, Region: 'us-east-1', Protocol: 'lambda', Endpoint: getArn(lambdaOf.watchSources) };
    return [
      [`${id}Subscription`, { Type: 'AWS::SNS::Subscription', Condition: 'AmazonTopics', Properties }],
      [`${id}Permission`, { ...permission('watchSources', 'sns.amazonaws.com', TopicArn), Condition: 'AmazonTopics' }],
    ];
  }),
);

/** The rules of all region stacks take on this one role. IAM is the same in every region, so those stacks need no role of their own. */
const forwarderOf = (boundary: string | undefined): Resource => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    PermissionsBoundary: boundary ?? noValue,
    AssumeRolePolicyDocument: assumedBy('events.amazonaws.com'),
    Policies: [
      {
        PolicyName: 'forward-events',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: 'events:PutEvents',
              Resource: arn('events:${AWS::Region}:${AWS::AccountId}:event-bus/default'),
            },
          ],
        },
      },
    ],
  },
});

const around = (rules: string[], { name, stack }: ConfiguredDeployment): Resources => ({
  TriggerSchedules: {
    Type: 'AWS::Scheduler::ScheduleGroup',
    Properties: { Name: name },
  },
  TriggerScheduler: {
    Type: 'AWS::IAM::Role',
    Properties: {
      PermissionsBoundary: stack.permissionsBoundary ?? noValue,
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
                Resource: scheduledFunctions.map((key) => getArn(lambdaOf[key])),
              },
              { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: failures },
            ],
          },
        },
      ],
    },
  },
  EventForwarder: forwarderOf(stack.permissionsBoundary),
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
            Condition: { ArnEquals: { 'aws:SourceArn': rules.map(getArn) } },
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

/** All rules and schedules of a deployment, with their surroundings. */
export function triggersIn(deployment: ConfiguredDeployment, catalog: Catalog): Resources {
  const rules = { ...called, ...(deployment.notified && calledToNotify) };
  return {
    ...around([...Object.keys(rules), 'MoveDied'], deployment),
    ...permissionsOf(rules),
    ...subscriptions,
    ...triggerResources(schedulesOf(catalog), { ...deployment, ...deployment.settings }),
    ...pageResources(),
    ...(deployment.notified && notifyResources()),
  };
}
