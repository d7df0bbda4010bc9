import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { regionStack } from '../../infrastructure/triggers/region-stack.ts';
import {
  deadBuilds,
  deadMoves,
  driftRules,
  notifyingRules,
  pageRules,
  startingRules,
} from '../../infrastructure/triggers/rules.ts';
import { wakingRules } from '../../infrastructure/triggers/waking-rules.ts';
import { matcher, type Pattern } from '../../simulator/aws/events/event-pattern.ts';
import { commandEvent, imageEvent, instanceEvent } from './layer/events.ts';
import { startServer, type Server } from './server.ts';
import { jsonCall, motoAccount, putEvent } from './wire.ts';

// Which of the deployed rules match which event: moto's EventBridge and our simulator must agree.
const region = 'us-east-1';
const rules: Record<string, { Properties: Record<string, unknown> }> = {
  ...wakingRules,
  ...driftRules,
  ...startingRules('/golden'),
  ...deadBuilds,
  ...deadMoves,
  ...notifyingRules,
  ...pageRules,
  ...regionStack.Resources,
};

/** A rule's pattern, with the names of resources where CloudFormation puts their ARNs. */
const patternOf = (id: string) =>
  JSON.stringify(rules[id]?.Properties['EventPattern'])
    .replaceAll('{"Ref":"AWS::Region"}', JSON.stringify(region))
    .replaceAll(/\{"Ref":"(\w+)"\}/g, '"$1"');

const command = (status: string) =>
  commandEvent(region, { id: 'c-1', instance: 'i-1', document: 'AWS-RunShellScript', status });
const execution = (stateMachineArn: string, status: string) => ({
  region,
  source: 'aws.states',
  type: 'Step Functions Execution Status Change',
  resources: [],
  detail: { stateMachineArn, status },
});
const parameter = (name: string, operation: string) => ({
  region,
  source: 'aws.ssm',
  type: 'Parameter Store Change',
  resources: [],
  detail: { name, operation },
});
const sourceUpdate = (machine: string) => ({
  region,
  source: 'golden.images',
  type: 'Source Image Updated',
  resources: [machine],
  detail: { recipe: 'web-server' },
});

const rows: [what: string, event: Parameters<typeof putEvent>[1], matching: string[]][] = [
  ['an instance that runs', instanceEvent(region, 'i-1', 'running'), []],
  ['an instance that is stopped', instanceEvent(region, 'i-1', 'stopped'), ['InstanceChanged']],
  ['an instance that is terminated', instanceEvent(region, 'i-1', 'terminated'), ['InstanceChanged']],
  ['a command in progress', command('InProgress'), []],
  ['a command that succeeded', command('Success'), ['CommandEnded']],
  ['a command that ran out of time', command('TimedOut'), ['CommandEnded']],
  ['an available AMI', imageEvent(region, 'ami-1', 'available'), ['CopyEnded', 'ImageAvailable', 'ImageChanged']],
  ['a failed AMI', imageEvent(region, 'ami-1', 'failed'), ['CopyEnded', 'ImageChanged']],
  ['a disabled AMI', imageEvent(region, 'ami-1', 'disabled'), ['ImageChanged', 'ImageGone']],
  ['a deregistered AMI', imageEvent(region, 'ami-1', 'deregistered'), ['ImageChanged', 'ImageGone']],
  ['a build that succeeded', execution('BuildImage', 'SUCCEEDED'), ['BuildDone', 'BuildEnded', 'BuildSucceeded']],
  ['a build that failed', execution('BuildImage', 'FAILED'), ['BuildDied', 'BuildDone', 'BuildEnded']],
  ['a build that was aborted', execution('BuildImage', 'ABORTED'), ['BuildDied', 'BuildEnded']],
  ['an execution of another machine', execution('Other', 'ABORTED'), []],
  ['a move that was aborted', execution('MoveChannelMachine', 'ABORTED'), ['MoveDied', 'MoveFailed']],
  ['a clean-up that succeeded', execution('CleanUpBuild', 'SUCCEEDED'), ['CleanUpDone']],
  ['a clean-up that failed', execution('CleanUpBuild', 'FAILED'), ['CleanUpDied']],
  ['a channel that moved', parameter('/golden/base/stable', 'Update'), ['ChannelMoved']],
  ['a channel that was deleted', parameter('/golden/base/stable', 'Delete'), []],
  ['a parameter of somebody else', parameter('/goldenrod/base', 'Update'), []],
  ['a newer source image', sourceUpdate('BuildImage'), ['SourceImageUpdated']],
  ['a newer source image of another stage', sourceUpdate('Other'), []],
];

let server: Server;
const call = async (service: string, target: string, input: object) => {
  const { status, body } = await jsonCall(server.port, service, target, region, input);
  if (status >= 300) throw new Error(`moto refused ${target}: ${status} ${body.toString()}`);
  return JSON.parse(body.toString() || '{}') as Record<string, unknown>;
};
const queueOf = (id: string) => `https://sqs.${region}.amazonaws.com/${motoAccount}/${id}`;

beforeAll(async () => {
  server = await startServer(0, join(process.cwd(), 'test/moto'));
  for (const id of Object.keys(rules)) {
    await call('sqs', 'AmazonSQS.CreateQueue', { QueueName: id });
    await call('events', 'AWSEvents.PutRule', { Name: id, EventPattern: patternOf(id) });
    const Arn = `arn:aws:sqs:${region}:${motoAccount}:${id}`;
    await call('events', 'AWSEvents.PutTargets', { Rule: id, Targets: [{ Id: 'queue', Arn }] });
  }
});
afterAll(() => server.stop());

test.each(rows)('%s', async (_what, event, matching) => {
  expect(await putEvent(server.port, event)).toBeUndefined();
  const arrived = await Promise.all(
    Object.keys(rules).map(async (id) => {
      const { Messages = [] } = await call('sqs', 'AmazonSQS.ReceiveMessage', { QueueUrl: queueOf(id) });
      for (const { ReceiptHandle } of Messages as { ReceiptHandle: string }[])
        await call('sqs', 'AmazonSQS.DeleteMessage', { QueueUrl: queueOf(id), ReceiptHandle });
      return (Messages as object[]).length > 0 ? [id] : [];
    }),
  );
  const { source, type, resources, detail } = event;
  const asSent = { source, 'detail-type': type, account: motoAccount, region, resources, detail };
  const simulated = Object.keys(rules).filter((id) => matcher(JSON.parse(patternOf(id)) as Pattern)(asSent));
  expect([arrived.flat().toSorted(), simulated.toSorted()]).toEqual([matching, matching]);
});
