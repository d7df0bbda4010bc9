import { expect, test } from '@jest/globals';
import { DeregisterImageCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { DeleteParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import type { BusEvent } from '../../../../simulator/aws/events/event-bus.ts';
import { createSimulation } from '../../../../simulator/pipeline/simulation.ts';
import { build, recipe } from '../../../support/pipeline.ts';
import { ireland, workbench } from '../ec2/builder.ts';
import { homeCaller, lab } from '../../lab.ts';

const { account } = homeCaller;

function listening<Lab extends ReturnType<typeof lab>>(all: Lab) {
  const events: BusEvent[] = [];
  all.cloud.events.onEvent((event) => events.push(event));
  const of = (type: string) => events.filter((event) => event['detail-type'] === type);
  return { ...all, events, of };
}

test('making, copying and deregistering an image is told as EC2 tells it, copies where they were copied to', async () => {
  const all = listening(await workbench());
  const ami = await all.create();
  await all.wait(600);
  const copy = await all.copy(ami);
  await all.wait(600);
  await all.send((ec2) => ec2.send(new DeregisterImageCommand({ ImageId: ami })));
  await all.wait(10);
  const told = all.of('EC2 AMI State Change');
  expect(told[0]).toEqual({
    version: '0',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    'detail-type': 'EC2 AMI State Change',
    source: 'aws.ec2',
    account,
    time: expect.stringMatching(/^2026-11-23T03:\d\d:\d\dZ$/),
    region: 'us-east-1',
    resources: [`arn:aws:ec2:us-east-1::image/${ami}`],
    detail: { RequestId: expect.any(String), ImageId: ami, State: 'available', ErrorMessage: '' },
  });
  expect(told.map(({ region, detail }) => [region, detail['ImageId'], detail['State']])).toEqual([
    ['us-east-1', ami, 'available'],
    [ireland.region, copy, 'available'],
    ['us-east-1', ami, 'deregistered'],
  ]);
  const [original] = await all.snapshots();
  const [copied] = await all.snapshots(ireland);
  expect(all.of('EBS Snapshot Notification').map(({ region, detail }) => ({ region, detail }))).toMatchObject([
    {
      region: 'us-east-1',
      detail: {
        event: 'createSnapshot',
        result: 'succeeded',
        cause: '',
        snapshot_id: `arn:aws:ec2::us-east-1:snapshot/${original?.SnapshotId}`,
        source: `arn:aws:ec2::us-east-1:volume/${original?.VolumeId}`,
      },
    },
    {
      region: 'eu-west-1',
      detail: {
        event: 'copySnapshot',
        result: 'succeeded',
        snapshot_id: `arn:aws:ec2::eu-west-1:snapshot/${copied?.SnapshotId}`,
        source: `arn:aws:ec2::us-east-1:snapshot/${original?.SnapshotId}`,
        incremental: 'true',
        transferType: 'standard',
      },
    },
  ]);
});

test('an image that fails says why in its event', async () => {
  const all = listening(await workbench());
  await all.copy(await all.create().then(async (ami) => (await all.wait(600), ami)), {
    Encrypted: true,
    KmsKeyId: 'alias/none',
  });
  await all.wait(120);
  expect(all.of('EC2 AMI State Change').at(-1)?.detail).toMatchObject({
    State: 'failed',
    ErrorMessage: 'Given key ID is not accessible',
  });
  expect(all.of('EBS Snapshot Notification').at(-1)?.detail).toMatchObject({
    result: 'failed',
    cause: 'Given key ID is not accessible',
  });
});

test('every state of an instance is told', async () => {
  const all = listening(await workbench());
  const resources = [`arn:aws:ec2:us-east-1:${account}:instance/${all.InstanceId}`];
  await all.send((ec2) => ec2.send(new TerminateInstancesCommand({ InstanceIds: [all.InstanceId] })));
  await all.wait(120);
  expect(all.of('EC2 Instance State-change Notification')).toMatchObject([
    { source: 'aws.ec2', resources, detail: { 'instance-id': all.InstanceId, state: 'shutting-down' } },
    { resources, detail: { 'instance-id': all.InstanceId, state: 'terminated' } },
  ]);
});

test('a command is told for itself and for its instance, with its parameters', async () => {
  const simulation = createSimulation({ catalog: { recipes: { base: recipe }, scripts: {}, version: '1.0.0' } });
  const events: BusEvent[] = [];
  simulation.cloud.events.onEvent((event) => events.push(event));
  await build(simulation);
  const command = events.filter((event) => event['detail-type'] === 'EC2 Command Status-change Notification');
  expect(command[0]).toMatchObject({
    source: 'aws.ssm',
    resources: [expect.stringMatching(/^arn:aws:ec2:us-east-1:222233334444:instance\/i-/)],
    detail: {
      'document-name': 'AWS-RunShellScript',
      parameters: { commands: expect.any(Array) },
      status: 'InProgress',
    },
  });
  const each = events.filter((event) => event['detail-type'] === 'EC2 Command Invocation Status-change Notification');
  expect(Object.keys(each[0]?.detail ?? {})).toEqual([
    'command-id',
    'document-name',
    'instance-id',
    'requested-date-time',
    'status',
  ]);
  expect(new Set(each.map(({ detail }) => detail['status']))).toEqual(new Set(['InProgress', 'Success']));

  await simulation.pass(60);
  const executions = events.filter((event) => event['detail-type'] === 'Step Functions Execution Status Change');
  expect(executions).toMatchObject([
    { source: 'aws.states', detail: { status: 'RUNNING', name: 'manual-1', stopDate: null, output: null } },
    { detail: { status: 'SUCCEEDED', input: '{"recipe":"base"}', inputDetails: { included: true } } },
  ]);
});

test('a parameter is told when it changes; one whose image cannot be looked at is told as an exception', async () => {
  const all = listening(lab());
  const ssm = all.ssm();
  const put = (Name: string, Value: string, DataType: string) =>
    all.run(() => ssm.send(new PutParameterCommand({ Name, Value, DataType, Type: 'String', Overwrite: true })));
  await put('/golden/a', '1', 'text');
  await put('/golden/a', '2', 'text');
  await put('/golden/b', 'ami-0123456789abcdef0', 'aws:ec2:image');
  await all.run(() => ssm.send(new DeleteParameterCommand({ Name: '/golden/a' })));
  await all.wait(20);
  const told = all.of('Parameter Store Change');
  expect(told[0]).toMatchObject({
    source: 'aws.ssm',
    resources: [`arn:aws:ssm:us-east-1:${account}:parameter/golden/a`],
    detail: { operation: 'Create', name: '/golden/a', type: 'String', description: '' },
  });
  expect(told.map(({ detail }) => detail)).toMatchObject([
    { operation: 'Create' },
    { operation: 'Update' },
    { operation: 'Delete' },
    {
      exception: 'Unable to Describe Resource',
      dataType: 'aws:ec2:image',
      name: '/golden/b',
      type: 'String',
      operation: 'Create',
    },
  ]);
});
