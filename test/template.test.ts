// Judges what packaging emits. Nothing here asks AWS anything.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readRecipeFolder } from '../cli/recipes/recipe-folder.ts';
import { secondsOf } from '../core/duration.ts';
import { declaredFunctions } from '../infrastructure/roles/declared.ts';
import { regionStack } from '../infrastructure/triggers/region-stack.ts';
import { scheduledFunctions } from '../infrastructure/triggers/targets.ts';
import { triggerResources } from '../infrastructure/triggers/triggers.ts';
import { stackProblems } from '../infrastructure/settings/stack-settings.ts';
import { functionFiles } from '../scripts/deployment-files.ts';
import { root } from '../scripts/setup.mjs';
import { checkPolicy, listOf, type Statement } from './support/roles/check-policies.ts';
import { checkTemplate, type Template, type TemplateResource } from './support/template/check-template.ts';
import {
  ours,
  packagedTemplate,
  rolesWith,
  settingsAsSimulated,
  somebodys,
} from './support/template/packaged-template.ts';

let template: Template;
beforeAll(async () => {
  template = await packagedTemplate();
}, 60_000);

const of = (type: string, { Resources } = template) =>
  Object.entries(Resources).filter(([, resource]) => resource.Type === type);
const only = (type: string) => of(type).map(([, { Properties }]) => Properties);
const byText = (a: unknown, b: unknown) => JSON.stringify(a).localeCompare(JSON.stringify(b));
const pascal = (key: string) => key.charAt(0).toUpperCase() + key.slice(1);

const statementsOf = ({ Properties }: TemplateResource): Statement[] =>
  ((Properties['Policies'] ?? []) as { PolicyDocument: { Statement: Statement[] } }[]).flatMap(
    ({ PolicyDocument }) => PolicyDocument.Statement,
  );
const judge = async (judged: Template) =>
  (
    await Promise.all(of('AWS::IAM::Role', judged).map(([id, role]) => checkPolicy(id, statementsOf(role), judged)))
  ).flat();

/** A copy of the template with one thing in it changed. */
function mutant(change: (resources: Record<string, TemplateResource>) => void): Template {
  const copy = structuredClone(template);
  change(copy.Resources);
  return copy;
}
const statementFor = (resource: TemplateResource | undefined, action: string): Statement => {
  const found = resource && statementsOf(resource).find(({ Action }) => listOf(Action).includes(action));
  if (!found) throw new Error(`no statement allows ${action}`);
  return found;
};

/** What is there only where somebody is notified by mail. */
const notifying = [
  'BuildEnded',
  'BuildEndedPermission',
  'CleanUpDied',
  'CleanUpDiedPermission',
  'MoveFailed',
  'MoveFailedPermission',
  'Notifications',
  'NotificationsByMail',
  'NotificationsPolicy',
  'NotifyRetries',
];
/** Builds and alarms are told to the topic, which CloudWatch and the function may write to, with TLS. */
function tells({ Resources }: Template): void {
  const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
  for (const rule of ['BuildEnded', 'CleanUpDied']) {
    expect(Resources[rule]?.Properties['Targets']).toMatchObject([{ Arn: arn('NotifyLambdaFunction') }]);
    expect(Resources[`${rule}Permission`]?.Properties).toMatchObject({ SourceArn: arn(rule) });
    const { Statement } = Resources['TriggerFailuresPolicy']?.Properties['PolicyDocument'] ?? {};
    expect(Statement[0].Condition.ArnEquals['aws:SourceArn']).toContainEqual(arn(rule));
  }
  const topic = { 'Fn::Sub': expect.stringMatching(/:sns:.*:golden-image-prod-notifications$/) };
  expect(Resources['NotifyLambdaFunction']?.Properties['Environment'].Variables.GOLDEN_TOPIC).toEqual(topic);
  expect(statementFor(Resources['NotifyRole'], 'sns:Publish').Resource).toEqual(topic);
  expect(Resources['Notifications']?.Properties['TopicName']).toBe('golden-image-prod-notifications');
  expect(Resources['NotificationsByMail']?.Properties).toMatchObject({
    Protocol: 'email',
    Endpoint: 'ops@example.com',
  });
  const policy = Resources['NotificationsPolicy']?.Properties['PolicyDocument'] as { Statement: Statement[] };
  const [cloudWatch, plain] = policy.Statement;
  expect(cloudWatch).toMatchObject({ Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' } });
  expect(plain).toMatchObject({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
  const silent = Object.entries(Resources)
    .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
    .filter(([, { Properties }]) => Properties['AlarmActions']?.[0].Ref !== 'Notifications');
  expect(silent.map(([id]) => id)).toEqual(['BuildFailed', 'MoveNotDone']); // of which the function tells
  expect(Resources['StalewebXserver']?.Properties['Threshold']).toBe(10);
}

describe('the resources', () => {
  test('fit the CloudFormation resource specification', () => {
    expect(checkTemplate(template)).toEqual([]);
  });

  test('are the same when everything that can be set is set', async () => {
    const settings = [
      'stage=prod',
      'region=us-west-2',
      'param=builderRole=own-builder',
      'param=builderSecrets=/builders/*,secret:builders/token,secret:arn:aws:secretsmanager:us-east-1:111122223333:secret:shared-*',
      'param=channelRoot=/images',
      'param=commandOutputDays=5',
      'param=kmsKey=arn:aws:kms:us-west-2:111122223333:key/0f2c9a51-1111-2222-3333-444455556666',
      'param=permissionsBoundary=arn:aws:iam::111122223333:policy/boundary',
      'param=vpcId=vpc-0123456789abcdef0',
      'param=subnets=subnet-0123456789abcdef0,subnet-0123456789abcdef1',
      'param=logRetentionInDays=7',
      'param=dailySweep=DISABLED',
      'param=amazonTopics=on',
      'param=automaticBuilds=on',
      'param=notify=ops@example.com',
      'param=staleAfterDays=10',
    ];
    // The examples are for us-east-1.
    const moved = (text: string) =>
      somebodys(text).replaceAll('us-west-2', 'us-east-2').replaceAll('us-east-1', 'home');
    const set = await packagedTemplate(
      settings.map((setting) => `--${setting}`),
      moved,
    );
    const added = Object.keys(set.Resources).filter((id) => !(id in template.Resources));
    expect(added.toSorted()).toEqual(notifying);
    expect(Object.keys(set.Resources).filter((id) => !added.includes(id))).toEqual(Object.keys(template.Resources));
    expect(checkTemplate(set)).toEqual([]);
    expect(await judge(set)).toEqual([]);
    tells(set);
    const text = JSON.stringify(set);
    expect(set.Resources['BuilderRole']?.Properties['RoleName']).toBe('own-builder');
    for (const [id, { Properties }] of of('AWS::IAM::Role', set))
      expect([id, Properties['PermissionsBoundary']]).toEqual([id, 'arn:aws:iam::111122223333:policy/boundary']);
    expect(text).not.toContain('parameter/golden');
    expect(statementFor(set.Resources['PublishRole'], 'ssm:PutParameter').Resource).toEqual({
      'Fn::Sub': 'arn:${AWS::Partition}:ssm:*:${AWS::AccountId}:parameter/images/*',
    });
    expect(set.Resources['ChannelMoved']?.Properties['EventPattern'].detail.name).toEqual([{ prefix: '/images/' }]);
    expect(set.Resources['BuilderSecurityGroup']?.Properties['VpcId']).toBe('vpc-0123456789abcdef0');
    const told = set.Resources['LaunchLambdaFunction']?.Properties['Environment'].Variables.GOLDEN_SETTINGS['Fn::Sub'];
    expect(JSON.parse(told)).toMatchObject({
      channelRoot: '/images',
      subnets: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      securityGroups: ['${BuilderSecurityGroup.GroupId}'],
    });
    const builder = set.Resources['BuilderRole'];
    expect(statementFor(builder, 'ssm:GetParameter').Resource).toEqual([
      { 'Fn::Sub': 'arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/builders/*' },
    ]);
    expect(statementFor(builder, 'secretsmanager:GetSecretValue').Resource).toEqual([
      {
        'Fn::Sub': 'arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:builders/token-??????',
      },
      'arn:aws:secretsmanager:us-east-1:111122223333:secret:shared-*',
    ]);
    expect(JSON.stringify(set.Resources['ArtifactBucket']?.Properties['BucketEncryption'])).toContain('aws:kms');
    expect(set.Resources['Notifications']?.Properties['KmsMasterKeyId']).toMatch(/:key\//);
    for (const role of ['ResolveRole', 'NotifyRole', 'BuilderRole'])
      expect(listOf(statementFor(set.Resources[role], 'kms:GenerateDataKey').Resource)).toEqual([
        expect.stringMatching(/:key\//),
      ]);
    expect(text).not.toContain('"RetentionInDays":30');
    expect(set.Resources['DailySweep']?.Properties['State']).toBe('DISABLED');
    for (const [id, state] of statesOf(set)) expect([id, state]).toEqual([id, 'ENABLED']);
  });
});

describe('the stack of a target region', () => {
  test('fits the CloudFormation resource specification, and its mutants do not', () => {
    expect(checkTemplate(regionStack)).toEqual([]);
    const { CopyEnded } = regionStack.Resources;
    const { Targets, ...properties } = CopyEnded!.Properties;
    const judge = (changes: object) =>
      checkTemplate({
        ...regionStack,
        Resources: { CopyEnded: { ...CopyEnded!, Properties: { ...properties, Targets, ...changes } } },
      });
    expect(judge({ EventPatern: {} })).toEqual(['CopyEnded: unknown property EventPatern']);
    expect(judge({ Targets: [{ ...Targets[0], Arn: { Ref: 'Bus' } }] })).toEqual([
      expect.stringContaining('names no resource: Bus'),
    ]);
  });

  test('makes one rule and nothing of IAM: its role is of the main stack and may only put events on the home bus', () => {
    expect(Object.values(regionStack.Resources).map(({ Type }) => Type)).toEqual(['AWS::Events::Rule']);
    const role = template.Resources['EventForwarder'];
    expect(statementsOf(role!)).toEqual([
      {
        Effect: 'Allow',
        Action: 'events:PutEvents',
        Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default' },
      },
    ]);
    expect(role?.Properties['AssumeRolePolicyDocument'].Statement).toMatchObject([
      {
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': expect.anything() } },
      },
    ]);
    expect(template.Resources['BuildImage']?.Properties['Tags']).toContainEqual({
      Key: 'golden:event-forwarder',
      Value: { 'Fn::GetAtt': ['EventForwarder', 'Arn'] },
    });
  });

  test('sends no event that a rule of the home region would take for one of its own', () => {
    const [pattern] = Object.values(regionStack.Resources).map(({ Properties }) => Properties['EventPattern']);
    const same = Object.entries(template.Resources).filter(
      ([, { Type, Properties }]) =>
        Type === 'AWS::Events::Rule' &&
        String(Properties['EventPattern']['detail-type']) === String(pattern['detail-type']),
    );
    expect(Object.fromEntries(same.map(([id, { Properties }]) => [id, Properties['EventPattern'].region]))).toEqual({
      ImageAvailable: [{ Ref: 'AWS::Region' }],
      ImageChanged: undefined, // it calls wake, which looks in the region of the event
    });
  });
});

/** Everything that starts builds, and whether it works. */
function statesOf({ Resources }: Template): [id: string, state: unknown][] {
  const starting = /^(SourceImageUpdated|ChannelMoved|BuildSucceeded|ImageAvailable|WatchSourcesSchedule|Schedule.+)$/;
  return Object.entries(Resources).flatMap(([id, { Properties }]) =>
    starting.test(id) ? [[id, Properties['State']] as [string, unknown]] : [],
  );
}

test('nothing starts builds until the deployment says so', () => {
  const states = statesOf(template);
  expect(states.map(([id]) => id)).toEqual(
    expect.arrayContaining(['BuildSucceeded', 'WatchSourcesSchedule', 'Scheduleal2023Xbase']),
  );
  for (const [id, state] of states) expect([id, state]).toEqual([id, 'DISABLED']);
  // What looks after builds and images works from the first deployment on.
  for (const id of ['BuildDied', 'MoveDied', 'MeasureRecipesSchedule', 'CheckDriftSchedule', 'ImageGone', 'DailySweep'])
    expect(template.Resources[id]?.Properties['State'] ?? 'ENABLED').toBe('ENABLED');
  expect(template.Resources['BuildImage']?.Properties['Tags']).toContainEqual({
    Key: 'golden:automatic-builds',
    Value: 'off',
  });
  const { GOLDEN_SETTINGS } = template.Resources['StartBuildLambdaFunction']!.Properties['Environment'].Variables;
  expect(JSON.parse(GOLDEN_SETTINGS['Fn::Sub'])).toMatchObject({ automaticBuilds: false });
});

test('a setting that is neither on nor off is refused', async () => {
  await expect(rolesWith(['--param=automaticBuilds=yes'])).rejects.toThrow(
    /automaticBuilds must be on or off, not "yes"/,
  );
});

describe('a deployment', () => {
  test('names nothing of IAM, so that a second stage or region fits beside it', () => {
    const names = ['RoleName', 'InstanceProfileName', 'ManagedPolicyName', 'GroupName'];
    const named = ['AWS::IAM::Role', 'AWS::IAM::InstanceProfile', 'AWS::EC2::SecurityGroup'].flatMap((type) =>
      of(type).flatMap(([id, { Properties }]) =>
        names
          .filter((name) => Properties[name] && Properties[name].Ref !== 'AWS::NoValue')
          .map((name) => `${id} ${name}`),
      ),
    );
    expect(named).toEqual([]);
  });

  test('lets nothing into the security group that it makes', () => {
    const [group, ...others] = only('AWS::EC2::SecurityGroup');
    expect(others).toEqual([]);
    expect(group).toMatchObject({ SecurityGroupIngress: [], VpcId: { Ref: 'AWS::NoValue' } });
  });

  const sound = { service: 'golden-image', stage: 'dev' };
  test.each<[string, Record<string, string | number>, RegExp[]]>([
    ['the defaults', {}, []],
    ['the longest names that fit', { stage: 'x'.repeat(32) }, []],
    ['names that are too long', { stage: 'x'.repeat(33) }, [/at most 45 fit.*terminateInstances has 65/]],
    ['a boundary that is no ARN', { permissionsBoundary: 'boundary' }, [/permissionsBoundary.*ARN of an IAM policy/]],
    ['the alias of a key', { kmsKey: 'alias/golden' }, [/kmsKey.*not of an alias/]],
    ['a root that AWS keeps for itself', { channelRoot: '/aws/golden' }, [/channelRoot.*\/aws/]],
    [
      "a service whose root is the default service's",
      { service: 'golden', stage: 'prod' },
      [/GOLDEN_SERVICE "golden"/],
    ],
    [
      "a service whose root is a stage's of the default service",
      { service: 'golden-dev' },
      [/GOLDEN_SERVICE.*channelRoot/],
    ],
    ['such a service with a root of its own', { service: 'golden-dev', channelRoot: '/linux' }, []],
    ['a service that only begins alike', { service: 'goldens' }, []],
    ['every parameter as a secret', { builderSecrets: '*' }, [/builderSecrets/]],
    ['a VPC without subnets', { vpcId: 'vpc-0123456789abcdef0' }, [/needs --param="subnets/]],
    ['subnets without a VPC', { subnets: 'subnet-0123456789abcdef0' }, [/needs --param="vpcId/]],
    [
      'everything that is wrong at once',
      { kmsKey: 'k', vpcId: 'v', subnets: 's', commandOutputDays: 0 },
      [/kmsKey/, /vpcId/, /subnets/, /commandOutputDays/],
    ],
  ])('is packaged or refused with %s', (_, changes, expected) => {
    const { service, stage, ...params } = { ...sound, ...changes };
    const problems = stackProblems({ service, stage }, params, ['launch', 'terminateInstances']);
    expect(problems).toHaveLength(expected.length);
    expected.forEach((each) => expect(problems).toContainEqual(expect.stringMatching(each)));
  });
});

describe('recipes that Resolve would refuse every time are not packaged', () => {
  const same = (text: string) => text;

  test('where they name accounts and organizations of documentation', async () => {
    const problems = rolesWith(['--param=shareWith=any'], same);
    await expect(problems).rejects.toThrow(
      /cannot be deployed to us-east-1 as dev:\n(.*\n)*recipes\/al2023-base\.yaml distribute\[0\]\.accounts\[0\]: 111122223333 is an example from documentation/,
    );
    await expect(problems).rejects.toThrow(/distribute\[1\]\.organizations\[0\]: \S+o-exampleorgid is an example from/);
  });

  test('where they share with whom the settings do not name', async () => {
    await expect(rolesWith(['--stage=prod', '--param=shareWith=300000000002'])).rejects.toThrow(
      /as prod:\nrecipes\/al2023-base\.yaml distribute\[0\]\.accounts\[0\]: 300000000001 is outside of what this deployment/,
    );
  });

  test('where they are right in another region only', async () => {
    await expect(rolesWith(['--region=eu-central-1'])).rejects.toThrow(
      /to eu-central-1 as dev:\nrecipes\/al2023-base\.yaml distribute\[0\]: is shared, but its image would be encrypted/,
    );
  });

  test('a setting that is no list of what it takes is refused', async () => {
    await expect(rolesWith(['--param=shareWith=everybody'])).rejects.toThrow(/shareWith does not take everybody/);
  });
});

test('what the settings bound, the roles are bounded by', async () => {
  const settings = {
    regions: 'eu-west-1,ap-southeast-2,us-west-2',
    instanceProfiles: 'hardened',
    kmsAccounts: '300000000009',
  };
  const documents = 'AWS-ConfigureAWSPackage,AWS-InstallWindowsUpdates,our-own';
  const roles = await rolesWith(
    Object.entries({ ...settings, documents }).map(([name, value]) => `--param=${name}=${value}`),
  );
  const set = { ...template, Resources: { ...template.Resources, ...roles } };
  expect(await judge(set)).toEqual([]);
  const condition = (role: string, action: string) => statementFor(set.Resources[role], action).Condition;
  const regions = [{ 'Fn::Sub': '${AWS::Region}' }, 'eu-west-1', 'ap-southeast-2', 'us-west-2'];
  for (const [role, action] of [
    ['CopyImageRole', 'ec2:CopyImage'],
    ['GrantPermissionsRole', 'ec2:ModifyImageAttribute'],
    ['PublishRole', 'ssm:PutParameter'],
  ] as const)
    expect(condition(role, action)?.['StringEquals']?.['aws:RequestedRegion']).toEqual(regions);
  const sharing = condition('GrantPermissionsRole', 'ec2:ModifySnapshotAttribute');
  expect(sharing?.['ForAllValues:StringEquals']).toEqual({ 'ec2:Add/userId': ours.slice(0, 3) });
  const text = JSON.stringify(set.Resources['LaunchRole']);
  for (const named of ['instance-profile/hardened', 'role/hardened', 'kms:*:300000000009:key/*'])
    expect(text).toContain(named);
  const commands = JSON.stringify(set.Resources['SendCommandRole']);
  expect(commands).toContain('ssm:${AWS::Region}:${AWS::AccountId}:document/our-own');
  expect(commands).toContain('ssm:${AWS::Region}::document/AWS-RunShellScript');
  expect(commands).not.toContain('document/*');
});

test('a deployment that names nobody shares no snapshot with anybody', async () => {
  const alone = await rolesWith(['--param=shareWith=none'], (text) =>
    text.replaceAll(/^ +(accounts|organizations|organizationalUnits): .*$/gm, ''),
  );
  const { Condition } = statementFor(alone['GrantPermissionsRole'], 'ec2:ModifySnapshotAttribute');
  expect(Condition?.['Null']?.['ec2:Add/userId']).toBe('true');
});

describe('the functions', () => {
  test('are the files of functions/, on arm64 and Node 24', () => {
    const functions = only('AWS::Lambda::Function');
    expect(
      of('AWS::Lambda::Function')
        .map(([id]) => id)
        .toSorted(),
    ).toEqual(
      Object.keys(functionFiles)
        .map((key) => `${pascal(key)}LambdaFunction`)
        .toSorted(),
    );
    for (const { Runtime, Architectures } of functions)
      expect([Runtime, Architectures]).toEqual(['nodejs24.x', ['arm64']]);
  });

  test('each have a role of their own, for Lambda alone', () => {
    for (const [id, { Properties }] of of('AWS::Lambda::Function')) {
      const role = id.replace(/LambdaFunction$/, 'Role');
      expect(Properties['Role']).toEqual({ 'Fn::GetAtt': [role, 'Arn'] });
      expect(template.Resources[role]?.Properties['AssumeRolePolicyDocument'].Statement).toEqual([
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ]);
    }
  });

  test('each write to a log of their own that does not grow for ever', () => {
    const groups = only('AWS::Logs::LogGroup');
    for (const { RetentionInDays } of groups) expect(Number(RetentionInDays)).toBeGreaterThan(0);
    const names = groups.map(({ LogGroupName }) => LogGroupName);
    for (const { FunctionName } of only('AWS::Lambda::Function')) {
      expect(names).toContain(`/aws/lambda/${FunctionName}`);
      const role = template.Resources[`${pascal(FunctionName.split('-').at(-1))}Role`];
      expect(statementFor(role, 'logs:PutLogEvents').Resource).toEqual({
        'Fn::Sub': expect.stringContaining(`:log-group:/aws/lambda/${FunctionName}:*`),
      });
    }
  });
});

describe.each([
  ['BuildImage', 'build-image'],
  ['CleanUpBuild', 'clean-up-build'],
  ['SweepMachine', 'sweep'],
  ['MoveChannelMachine', 'move-channel'],
  ['PlanBuildMachine', 'plan-build'],
  ['RetireImagesMachine', 'retire-images'],
  ['ShareImageMachine', 'share-image'],
  ['ArchiveImageMachine', 'archive-image'],
])('the state machine %s', (id, file) => {
  const machine = () => template.Resources[id]?.Properties as Record<string, any>;

  test('is the file, logs and traces', () => {
    expect(machine()['Definition']).toEqual(
      JSON.parse(readFileSync(join(root, `statemachines/${file}.asl.json`), 'utf8')),
    );
    expect(machine()['TracingConfiguration']).toEqual({ Enabled: true });
    expect(machine()['LoggingConfiguration']).toEqual({
      Level: 'ERROR',
      IncludeExecutionData: false, // there are task tokens in it
      Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: { 'Fn::GetAtt': ['BuildImageLogs', 'Arn'] } } }],
    });
  });

  test('uses every substitution, and has one for every use', () => {
    const used = [...JSON.stringify(machine()['Definition']).matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
    expect(new Set(Object.keys(machine()['DefinitionSubstitutions']))).toEqual(new Set(used));
  });

  test('may invoke the functions it is given and no other', () => {
    const { Resource } = statementFor(template.Resources[`${id}Role`], 'lambda:InvokeFunction');
    const { Partition, ...arns } = machine()['DefinitionSubstitutions'];
    expect(Partition).toEqual({ Ref: 'AWS::Partition' });
    expect(Resource).toEqual(Object.values(arns));
  });
});

test('a build that died starts its clean-up, and the queue has what could not be delivered', () => {
  const targets = template.Resources['BuildDied']?.Properties['Targets'] as Record<string, unknown>[];
  expect(targets[0]).toMatchObject({
    Arn: { Ref: 'CleanUpBuild' },
    RoleArn: { 'Fn::GetAtt': ['CleanUpStarter', 'Arn'] },
    DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['DeadBuilds', 'Arn'] } },
  });
  const { Resource } = statementFor(template.Resources['CleanUpStarter'], 'states:StartExecution');
  expect(Resource).toEqual({ 'Fn::Sub': expect.stringMatching(/:stateMachine:golden-image-dev-clean-up-build$/) });
});

test('a move of a channel that died is undone by another execution, and the queue has what could not be delivered', () => {
  const { EventPattern, Targets } = template.Resources['MoveDied']?.Properties ?? {};
  expect(EventPattern.detail).toEqual({
    status: ['TIMED_OUT', 'ABORTED'],
    stateMachineArn: [{ Ref: 'MoveChannelMachine' }],
  });
  expect(Targets).toMatchObject([
    {
      Arn: { Ref: 'MoveChannelMachine' },
      RoleArn: { 'Fn::GetAtt': ['MoveStarter', 'Arn'] },
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['TriggerFailures', 'Arn'] } },
    },
  ]);
  const { Resource } = statementFor(template.Resources['MoveStarter'], 'states:StartExecution');
  expect(Resource).toEqual({ 'Fn::Sub': expect.stringMatching(/:stateMachine:golden-image-dev-move-channel$/) });
});

test('a sweep is started once a day, for real, and the queue has what could not be started', () => {
  const { ScheduleExpression, FlexibleTimeWindow, State, Target } = template.Resources['DailySweep']?.Properties ?? {};
  expect([ScheduleExpression, FlexibleTimeWindow.Mode, State]).toEqual(['cron(30 4 * * ? *)', 'FLEXIBLE', 'ENABLED']);
  expect(JSON.parse(Target.Input)).toEqual({ dryRun: false });
  expect(Target).toMatchObject({
    Arn: { Ref: 'SweepMachine' },
    RoleArn: { 'Fn::GetAtt': ['SweepStarter', 'Arn'] },
    RetryPolicy: { MaximumEventAgeInSeconds: expect.any(Number) },
    DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['UnstartedSweeps', 'Arn'] } },
  });
  const starter = template.Resources['SweepStarter'];
  expect(starter?.Properties['AssumeRolePolicyDocument'].Statement[0].Principal).toEqual({
    Service: 'scheduler.amazonaws.com',
  });
  expect(statementFor(starter, 'states:StartExecution').Resource).toEqual({
    'Fn::Sub': expect.stringMatching(/:stateMachine:golden-image-dev-sweep$/),
  });
  // Scheduler fills the queue as its role, not by the queue's policy.
  expect(statementFor(starter, 'sqs:SendMessage').Resource).toEqual({ 'Fn::GetAtt': ['UnstartedSweeps', 'Arn'] });
});

test('old images are retired once a day, after the sweep, and the queue has what could not be started', () => {
  const { ScheduleExpression, State, Target } = template.Resources['DailyRetirement']?.Properties ?? {};
  expect([ScheduleExpression, State]).toEqual(['cron(30 7 * * ? *)', 'ENABLED']);
  expect(JSON.parse(Target.Input)).toEqual({ who: 'the daily schedule' });
  expect(Target).toMatchObject({
    Arn: { Ref: 'RetireImagesMachine' },
    RoleArn: { 'Fn::GetAtt': ['RetirementStarter', 'Arn'] },
    DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['UnstartedRetirements', 'Arn'] } },
  });
  expect(statementFor(template.Resources['RetirementStarter'], 'states:StartExecution').Resource).toEqual({
    'Fn::Sub': expect.stringMatching(/:stateMachine:golden-image-dev-retire-images$/),
  });
});

test('the sweep has the time that its state gives it', () => {
  const { Timeout } = template.Resources['SweepLambdaFunction']?.Properties ?? {};
  const { TimeoutSeconds } = template.Resources['SweepMachine']!.Properties['Definition'].States.Sweep;
  expect(Number(Timeout)).toBeLessThan(TimeoutSeconds);
  expect(Number(Timeout)).toBeLessThanOrEqual(900);
});

describe('what starts builds', () => {
  const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
  const failures = arn('TriggerFailures');
  const patient = { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 };
  const schedules = () =>
    of('AWS::Scheduler::Schedule')
      .filter(([id]) => id !== 'DailySweep' && id !== 'DailyRetirement')
      .map(([, { Properties }]) => Properties);
  // nobody is to be notified here
  const calledByEvents = scheduledFunctions.map((key) => `${pascal(key)}LambdaFunction`);

  test('each recipe that asks for a schedule has it as it says, and no other starts a build', async () => {
    const { catalog } = await readRecipeFolder(join(root, 'examples'));
    // Variants are started together, under the name of their recipe.
    const wholes = new Map(
      Object.entries(catalog.variants ?? {}).flatMap(([whole, of]) => of.map((one) => [one, whole])),
    );
    const wanted = Object.values(catalog.recipes).flatMap((document) => {
      const { name, triggers } = (document ?? {}) as { name: string; triggers?: Record<string, string> };
      return triggers?.['schedule'] ? [{ ...triggers, name: wholes.get(name) ?? name }] : [];
    }) as { name: string; schedule: string; timezone?: string; flexibleWindow?: string }[];
    const asked = [...new Map(wanted.map((one) => [one.name, one])).values()];
    expect(asked.length).toBeGreaterThan(1);
    const all = schedules()
      .map(({ Name, ScheduleExpression, ScheduleExpressionTimezone, FlexibleTimeWindow, Target }) => ({
        name: Name,
        schedule: ScheduleExpression,
        timezone: ScheduleExpressionTimezone,
        minutes: FlexibleTimeWindow.MaximumWindowInMinutes,
        input: JSON.parse(Target.Input),
        target: Target.Arn,
      }))
      .toSorted((a, b) => (a.name ?? a.schedule).localeCompare(b.name ?? b.schedule));
    const others = all.filter(({ name }) => name !== undefined);
    const [check, watch, measure] = all.filter(({ name }) => name === undefined);
    const scheduled = '<aws.scheduler.scheduled-time>';
    expect(check).toMatchObject({ schedule: 'rate(1 hour)', target: arn('CheckDriftLambdaFunction') });
    expect(watch).toMatchObject({ schedule: 'rate(1 hour)', target: arn('WatchSourcesLambdaFunction') });
    expect(measure).toMatchObject({ schedule: 'rate(6 hours)', target: arn('MeasureRecipesLambdaFunction') });
    expect(others).toEqual(
      asked
        .toSorted((a, b) => a.name.localeCompare(b.name))
        .map(({ name, schedule, timezone = 'UTC', flexibleWindow = '15m' }) => ({
          name,
          schedule,
          timezone,
          minutes: secondsOf(flexibleWindow) / 60,
          input: { recipe: name, scheduled },
          target: arn('StartBuildLambdaFunction'),
        })),
    );
  });

  test('recipes whose names differ in a hyphen only have schedules of their own', () => {
    const schedule = { expression: 'rate(7 days)', timezone: 'UTC', windowMinutes: 15 };
    const names = ['a-1b', 'a1b', 'a1-b'];
    expect(
      Object.keys(
        triggerResources(
          names.map((recipe) => ({ recipe, ...schedule })),
          {
            automaticBuilds: true,
            channelRoot: '/golden',
            name: 'golden-image-dev',
            dailySweep: 'ENABLED',
            dailyRetirement: 'ENABLED',
          },
        ),
      ),
    ).toEqual(expect.arrayContaining(['ScheduleaX1b', 'Schedulea1b', 'Schedulea1Xb']));
  });

  test('what calls a function is permitted to, tries for a day and leaves in the queue what it could not deliver', () => {
    const permissions = only('AWS::Lambda::Permission');
    const rules = of('AWS::Events::Rule').filter(([id]) => id !== 'BuildDied' && id !== 'MoveDied');
    expect(rules.map(([id]) => id).toSorted()).toEqual([
      'BuildDone',
      'BuildSucceeded',
      'ChannelMoved',
      'CleanUpDone',
      'CommandEnded',
      'ImageAvailable',
      'ImageChanged',
      'ImageGone',
      'InstanceChanged',
      'SnapshotsEnded',
      'SourceImageUpdated',
    ]);
    for (const [id, { Properties }] of rules) {
      const [target, ...others] = Properties['Targets'] as Record<string, unknown>[];
      expect(others).toEqual([]);
      expect(target).toMatchObject({ RetryPolicy: patient, DeadLetterConfig: { Arn: failures } });
      expect(permissions).toContainEqual({
        Action: 'lambda:InvokeFunction',
        FunctionName: target?.['Arn'],
        Principal: 'events.amazonaws.com',
        SourceArn: arn(id),
      });
    }
    const policy = template.Resources['TriggerFailuresPolicy']?.Properties['PolicyDocument'].Statement[0];
    expect(policy.Condition.ArnEquals['aws:SourceArn'].toSorted(byText)).toEqual(
      [...rules.map(([id]) => arn(id)), arn('MoveDied')].toSorted(byText),
    );

    const scheduler = template.Resources['TriggerScheduler'];
    expect(statementFor(scheduler, 'sqs:SendMessage').Resource).toEqual(failures);
    expect(statementFor(scheduler, 'lambda:InvokeFunction').Resource).toEqual(calledByEvents.map(arn));
    for (const { Target } of schedules()) {
      expect(Target).toMatchObject({
        RetryPolicy: patient,
        DeadLetterConfig: { Arn: failures },
        RoleArn: arn('TriggerScheduler'),
      });
    }
  });

  test('an event that a function fails on is tried twice more, but a late event wakes nobody; it is left in the queue, which its role may fill', () => {
    const configs = only('AWS::Lambda::EventInvokeConfig');
    expect(configs.map(({ FunctionName }) => FunctionName)).toEqual(
      ['WakeLambdaFunction', ...calledByEvents, 'WritePageLambdaFunction'].map((id) => ({ Ref: id })),
    );
    for (const config of configs) {
      expect(config).toMatchObject({
        MaximumRetryAttempts: JSON.stringify(config['FunctionName']).includes('Wake') ? 0 : 2,
        DestinationConfig: { OnFailure: { Destination: failures } },
      });
    }
    for (const { key } of declaredFunctions.filter(({ byEvents }) => byEvents))
      expect(statementFor(template.Resources[`${pascal(key)}Role`], 'sqs:SendMessage').Resource).toEqual(failures);
  });

  test("Amazon's topics are listened to where that is asked for", async () => {
    const subscriptions = of('AWS::SNS::Subscription');
    expect(subscriptions).toHaveLength(2);
    for (const [, { Condition, Properties }] of subscriptions) {
      expect(Condition).toBe('AmazonTopics');
      expect(Properties['Endpoint']).toEqual(arn('WatchSourcesLambdaFunction'));
      expect(only('AWS::Lambda::Permission')).toContainEqual(
        expect.objectContaining({ Principal: 'sns.amazonaws.com', SourceArn: Properties['TopicArn'] }),
      );
    }
    expect(template.Conditions).toMatchObject({ AmazonTopics: { 'Fn::Equals': ['off/off', 'on/on'] } });
  });
});

describe('the buckets and queues', () => {
  test('the machine of builds tells whoever looks for the pipeline which bucket is its', () => {
    const [machine] = only('AWS::StepFunctions::StateMachine').filter(({ StateMachineName }) =>
      String(StateMachineName).endsWith('-dev-build-image'),
    );
    expect(machine?.['Tags']).toContainEqual({ Key: 'golden:bucket', Value: { Ref: 'ArtifactBucket' } });
  });

  test('the artifact bucket is encrypted, private, versioned, tidy and outlives the stack', () => {
    const { Properties, ...policies } = template.Resources['ArtifactBucket'] as TemplateResource;
    expect(policies).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(Properties).toMatchObject({
      BucketEncryption: { ServerSideEncryptionConfiguration: [expect.anything()] },
      VersioningConfiguration: { Status: 'Enabled' },
    });
    const rules = Properties['LifecycleConfiguration'].Rules as Record<string, unknown>[];
    expect(rules.flatMap((rule) => Object.keys(rule))).toEqual(
      expect.arrayContaining(['NoncurrentVersionExpiration', 'AbortIncompleteMultipartUpload']),
    );
  });

  const reachedByTlsOnly = (type: string, id: string): boolean => {
    const policy = only(`${type}Policy`).find(({ Bucket, Queues }) =>
      [Bucket, Queues].flat().some((ref) => ref?.Ref === id),
    );
    const statements = (policy?.['PolicyDocument'].Statement ?? []) as Statement[];
    return statements.some(
      ({ Effect, Condition }) => Effect === 'Deny' && String(Condition?.['Bool']?.['aws:SecureTransport']) === 'false',
    );
  };

  test('no bucket is open, unencrypted or reached without TLS', () => {
    for (const [id, { Properties }] of of('AWS::S3::Bucket')) {
      expect([id, reachedByTlsOnly('AWS::S3::Bucket', id)]).toEqual([id, true]);
      expect(Properties['BucketEncryption']).toBeDefined();
      expect(Object.values(Properties['PublicAccessBlockConfiguration'])).toEqual([true, true, true, true]);
    }
  });

  test('no queue is unencrypted or reached without TLS', () => {
    for (const [id, { Properties }] of of('AWS::SQS::Queue')) {
      expect([id, reachedByTlsOnly('AWS::SQS::Queue', id)]).toEqual([id, true]);
      expect(Properties['SqsManagedSseEnabled']).toBe(true);
    }
  });

  test('a build that died goes to a queue which only that rule may fill', () => {
    const rule = template.Resources['BuildDied']?.Properties;
    expect(rule?.['EventPattern'].detail).toEqual({
      status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
      stateMachineArn: [{ Ref: 'BuildImage' }],
    });
    expect(rule?.['Targets']).toContainEqual(expect.objectContaining({ Arn: { 'Fn::GetAtt': ['DeadBuilds', 'Arn'] } }));
    expect(template.Resources['DeadBuildsPolicy']?.Properties['PolicyDocument'].Statement[0]).toMatchObject({
      Principal: { Service: 'events.amazonaws.com' },
      Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['BuildDied', 'Arn'] } } },
    });
  });
});

describe('the permissions', () => {
  test('are those that infrastructure/ makes', async () => {
    const roles = await rolesWith(settingsAsSimulated);
    const ids = Object.keys(roles);
    expect(ids.length).toBeGreaterThan(50);
    expect(Object.fromEntries(ids.map((id) => [id, template.Resources[id]]))).toEqual(roles);
  });

  test('exist, name their resources, and change nothing in EC2 that is not ours', async () => {
    expect(await judge(template)).toEqual([]);
  });

  test('let only the builder role be passed, and only to EC2', () => {
    const passing = of('AWS::IAM::Role').flatMap(([id, role]) =>
      statementsOf(role)
        // ResolvePlan looks at instance profiles.
        .filter(({ Action }) => listOf(Action).some((action) => /^iam:(?!GetInstanceProfile$)/.test(action)))
        .map((statement) => ({ id, ...statement })),
    );
    expect(passing.map(({ id }) => id)).toEqual(['LaunchRole', 'LaunchCandidateRole']);
    // Only the builder gets the role of a recipe with secrets.
    const ofRecipes = { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${AWS::StackName}/builders/*' };
    expect(passing.map(({ Resource }) => listOf(Resource).slice(1))).toEqual([[ofRecipes], []]);
    for (const { Action, Resource, Condition } of passing) {
      expect(listOf(Action)).toEqual(['iam:PassRole']);
      expect(listOf(Resource)[0]).toEqual({ 'Fn::GetAtt': ['BuilderRole', 'Arn'] });
      expect(Condition).toEqual({
        StringEquals: { 'iam:PassedToService': ['ec2.amazonaws.com', 'ec2.amazonaws.com.cn'] },
      });
    }
  });

  test('let tags be written only while the thing is made, but for the end of what is ours', () => {
    const tagging = of('AWS::IAM::Role').flatMap(([id, role]) =>
      statementsOf(role).flatMap(({ Action, Condition = {} }) =>
        listOf(Action)
          .filter((action) => /^ec2:(Create|Delete)Tags$/.test(action))
          .map((action) => ({ who: `${id} ${action}`, Condition })),
      ),
    );
    const atCreation = tagging.filter(({ Condition }) => Condition['StringEquals']?.['ec2:CreateAction'] !== undefined);
    for (const { Condition } of atCreation)
      expect(Condition['StringEquals']?.['ec2:CreateAction']).toMatch(
        /^(RunInstances|CreateImage|CreateSnapshots|CopySnapshot|ImportSnapshot|RegisterImage|CopyImage|CreateRestoreImageTask)$/,
      );
    // The snapshot of an import has no tags and no volume until it gets ours.
    const untagged = tagging.filter(({ Condition }) => Condition['ArnLike']?.['ec2:ParentVolume'] !== undefined);
    expect(untagged.map(({ who }) => who).toSorted()).toEqual(
      ['AwaitImport', 'Compensate', 'Sweep'].map((name) => `${name}Role ec2:CreateTags`),
    );
    for (const { Condition } of untagged)
      expect(Condition).toEqual({
        Null: { 'aws:RequestTag/golden:build': 'false' },
        ArnLike: { 'ec2:ParentVolume': { 'Fn::Sub': 'arn:${AWS::Partition}:ec2:*:*:volume/vol-ffffffff' } },
      });
    const later = tagging.filter((one) => !atCreation.includes(one) && !untagged.includes(one));
    const onKeys = (keys: string[]) => ({
      Null: { 'aws:ResourceTag/golden:build': 'false', 'aws:TagKeys': 'false' },
      'ForAllValues:StringEquals': { 'aws:TagKeys': keys },
    });
    expect(later.toSorted(byText)).toEqual(
      [
        { who: 'CompensateRole ec2:CreateTags', Condition: onKeys(['golden:expires']) },
        { who: 'CompensateRole ec2:CreateTags', Condition: onKeys(['golden:expires', 'golden:held']) },
        { who: 'GrantPermissionsRole ec2:DeleteTags', Condition: onKeys(['golden:expires']) },
        { who: 'RetireBuildRole ec2:CreateTags', Condition: onKeys(['golden:kept']) },
      ].toSorted(byText),
    );
  });

  test('let a builder be reached by SSM and leave its output, download its files, and read no parameter or secret', () => {
    const actions = statementsOf(template.Resources['BuilderRole']!).flatMap(({ Action }) => listOf(Action));
    expect(actions.toSorted()).toEqual([
      'ec2messages:AcknowledgeMessage',
      'ec2messages:DeleteMessage',
      'ec2messages:FailMessage',
      'ec2messages:GetEndpoint',
      'ec2messages:GetMessages',
      'ec2messages:SendReply',
      's3:GetEncryptionConfiguration',
      's3:GetObject',
      's3:ListBucket',
      's3:PutObject',
      's3:PutObjectAcl',
      'ssm:DescribeDocument',
      'ssm:GetDeployablePatchSnapshotForInstance',
      'ssm:GetDocument',
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
    ]);
    expect(statementFor(template.Resources['BuilderRole'], 's3:PutObject').Resource).toEqual({
      'Fn::Sub': '${ArtifactBucket.Arn}/commands/*',
    });
  });

  test('come from no managed policy', () => {
    const managed = of('AWS::IAM::Role').filter(([, { Properties }]) => 'ManagedPolicyArns' in Properties);
    expect(managed.map(([id]) => id)).toEqual([]);
  });

  test('let nothing read what builders wrote, but what shows it', () => {
    const readers = of('AWS::IAM::Role').filter(([, role]) =>
      statementsOf(role).some(
        ({ Action, Resource }) =>
          listOf(Action).includes('s3:GetObject') && JSON.stringify(Resource).includes('/commands/'),
      ),
    );
    expect(readers.map(([id]) => id).toSorted()).toEqual([
      'AwaitCheckRole',
      'AwaitCommandRole',
      'SendCommandRole',
      'WakeRole',
      'WritePageRole',
    ]);
  });

  test('are within the boundary of the account, where it has one, for every role', () => {
    for (const [id, { Properties }] of of('AWS::IAM::Role'))
      expect([id, Properties['PermissionsBoundary']]).toEqual([id, { Ref: 'AWS::NoValue' }]);
  });
});

// A judge that never objects proves nothing.
describe('the judges object to', () => {
  test.each<[string, (resources: Record<string, TemplateResource>) => void]>([
    ['an unknown property', ({ ArtifactBucket }) => void (ArtifactBucket!.Properties['Versioned'] = true)],
    ['a missing property', ({ BuildImage }) => void delete BuildImage!.Properties['RoleArn']],
    ['a list that is none', ({ BuildDied }) => void (BuildDied!.Properties['Targets'] = 'queue')],
    ['a reference to nothing', ({ BuildImage }) => void (BuildImage!.Properties['RoleArn'] = { Ref: 'NoRole' })],
    [
      'an attribute nobody has',
      ({ BuildImage }) => void (BuildImage!.Properties['RoleArn'] = { 'Fn::GetAtt': ['BuildImageRole', 'Name'] }),
    ],
    [
      'a circle',
      ({ CopyImageRole }) =>
        void (CopyImageRole!.Properties['Description'] = { 'Fn::Sub': '${CopyImageLambdaFunction.Arn}' }),
    ],
  ])('%s', (_, change) => {
    expect(checkTemplate(mutant(change))).not.toEqual([]);
  });

  test.each<[string, (resources: Record<string, TemplateResource>) => void]>([
    [
      'an action that does not exist',
      ({ SealRole }) => void (statementFor(SealRole, 'ec2:StopInstances').Action = 'ec2:StopInstance'),
    ],
    [
      'every action of a service',
      ({ SealRole }) => void (statementFor(SealRole, 'ec2:StopInstances').Action = 'ec2:*'),
    ],
    ['everything as the resource', ({ SealRole }) => void (statementFor(SealRole, 'ec2:StopInstances').Resource = '*')],
    [
      'the wrong kind of resource',
      ({ SealRole }) => void (statementFor(SealRole, 'ec2:StopInstances').Resource = 'arn:aws:ec2:*::image/*'),
    ],
    [
      'a change of what is not ours',
      ({ SealRole }) => void delete statementFor(SealRole, 'ec2:StopInstances').Condition,
    ],
    [
      'a condition the action does not know',
      ({ SealRole }) =>
        void (statementFor(SealRole, 'ec2:StopInstances').Condition!['StringEquals'] = { 'ec2:CreateAction': 'x' }),
    ],
    [
      "a condition on the tags of a copy's source, which AWS's table does not list",
      ({ CopyImageRole }) =>
        void (statementFor(CopyImageRole, 'ec2:CopyImage').Condition = {
          Null: { 'aws:ResourceTag/golden:build': 'false' },
        }),
    ],
    [
      'copies that need no tag of ours',
      ({ CopyImageRole }) => void delete statementFor(CopyImageRole, 'ec2:CopyImage').Condition,
    ],
    [
      'a resource too few',
      ({ CreateImageRole }) =>
        void (statementFor(CreateImageRole, 'ec2:CreateImage').Resource = 'arn:aws:ec2:*::image/*'),
    ],
    [
      'a resource for what takes none',
      ({ SealRole }) => void (statementFor(SealRole, 'ec2:DescribeInstances').Resource = 'arn:aws:ec2:*:*:instance/*'),
    ],
  ])('%s', async (_, change) => {
    expect(await judge(mutant(change))).not.toEqual([]);
  });
});
