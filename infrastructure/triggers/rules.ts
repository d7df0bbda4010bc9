// The rules of EventBridge that start builds, undo dead builds and notify people. CloudFormation gets these resources and the
// simulator runs the same ones, so their rules cannot differ.
import { getArn, ref, type Resource, type Resources } from '../cloudformation.ts';
import { failures, lambdaOf, patient, type Called } from './targets.ts';

export const rule = (Description: string, EventPattern: object, Targets: object[]): Resource => ({
  Type: 'AWS::Events::Rule',
  Properties: { Description, EventPattern, Targets },
});
export const calls = (key: Called) => [
  { Id: key, Arn: getArn(lambdaOf[key]), DeadLetterConfig: { Arn: failures }, RetryPolicy: patient },
];
const executions = (machine: string, status: string[]) => ({
  source: ['aws.states'],
  'detail-type': ['Step Functions Execution Status Change'],
  detail: { status, stateMachineArn: [ref(machine)] },
});
const builds = (status: string[]) => executions('BuildImage', status);

/** Rule → the function that it calls. Each rule needs its own permission. */
export const called: Record<string, Called> = {
  SourceImageUpdated: 'startBuild',
  ChannelMoved: 'startBuild',
  BuildSucceeded: 'startBuild',
  ImageAvailable: 'watchSources',
  InstanceChanged: 'wake',
  CommandEnded: 'wake',
  SnapshotsEnded: 'wake',
  ImageChanged: 'wake',
  ImageGone: 'checkDrift',
  BuildDone: 'writePage',
  CleanUpDone: 'writePage',
};
/** The same, if the deployment names somebody to notify. */
export const calledToNotify: Record<string, Called> = {
  BuildEnded: 'notify',
  CleanUpDied: 'notify',
  MoveFailed: 'notify',
};

/** The rules that start builds, by logical id. */
export const startingRules = (channelRoot: string): Resources => ({
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
    'A build ended well: recipes that build on its channel follow, once for all its regions.',
    builds(['SUCCEEDED']),
    calls('startBuild'),
  ),
  ImageAvailable: rule(
    'An image of this account became available: it may be the source of a recipe.',
    {
      source: ['aws.ec2'],
      'detail-type': ['EC2 AMI State Change'],
      // sources are in this region; the stacks of golden regions send what happens in others
      region: [ref('AWS::Region')],
      detail: { State: ['available'] },
    },
    calls('watchSources'),
  ),
});

/** The rule that checks published images at once. EC2 tells of no changed permissions or tags, so the schedule finds those. */
export const driftRules: Resources = {
  ImageGone: rule(
    'An AMI, of this region or of one with a stack of golden regions, was deregistered or disabled: it may be published.',
    { source: ['aws.ec2'], 'detail-type': ['EC2 AMI State Change'], detail: { State: ['deregistered', 'disabled'] } },
    calls('checkDrift'),
  ),
};

/** The rule that undoes builds that died. */
export const deadBuilds = {
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

const undo = { Id: 'undo', Arn: ref('MoveChannelMachine'), RoleArn: getArn('MoveStarter') };
/** The rule that undoes moves of a channel that died. */
export const deadMoves: Resources = {
  MoveDied: rule(
    'A move of a channel was aborted or ran out of time.',
    executions('MoveChannelMachine', ['TIMED_OUT', 'ABORTED']),
    [{ ...undo, DeadLetterConfig: { Arn: failures }, RetryPolicy: patient }],
  ),
};

/** The rules that have a page written for every build. The manifest of a build that died is written by its clean-up. */
export const pageRules: Resources = {
  BuildDone: rule('A build ended: its page is written.', builds(['SUCCEEDED', 'FAILED']), calls('writePage')),
  CleanUpDone: rule(
    'A build that died is cleaned up: its page is written.',
    executions('CleanUpBuild', ['SUCCEEDED']),
    calls('writePage'),
  ),
};

const tells = (what: string, pattern: object) => rule(what, pattern, calls('notify'));
const notWell = ['FAILED', 'TIMED_OUT', 'ABORTED'];
export const notifyingRules: Resources = {
  BuildEnded: tells('A build ended, well or not: people are told.', builds(['SUCCEEDED', ...notWell])),
  CleanUpDied: tells(
    'The clean-up of a build that died died too: people are told.',
    executions('CleanUpBuild', notWell),
  ),
  MoveFailed: tells(
    'A move of a channel, a revoke or a restore failed: people are told.',
    executions('MoveChannelMachine', notWell),
  ),
};
