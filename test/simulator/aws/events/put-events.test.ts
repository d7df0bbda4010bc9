import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { expect, test } from '@jest/globals';
import { retryStrategy } from '../../../../simulator/aws/calls/retries.ts';
import { homeCaller, lab } from '../../lab.ts';

const entry = (more: object = {}) => ({ Source: 'golden.images', DetailType: 'Test', Detail: '{"number":1}', ...more });

test('events of one’s own come like others; what is refused is told entry by entry', async () => {
  const { cloud, clock, run, wait } = lab();
  const heard: unknown[] = [];
  cloud.events.onEvent(({ source, account, region, detail }) => heard.push({ source, account, region, detail }));
  const config = { region: homeCaller.region, retryStrategy: retryStrategy(clock, cloud.random('retry')) };
  const client = cloud.attach(new EventBridgeClient(config), homeCaller);
  const Entries = [entry(), entry({ Source: 'aws.ec2' }), entry({ Detail: '{' }), entry({ DetailType: '' })];
  const answer = await run(() => client.send(new PutEventsCommand({ Entries })));
  await wait(60);
  expect(answer.FailedEntryCount).toBe(3);
  expect(answer.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
    undefined,
    'NotAuthorizedForSourceException',
    'MalformedDetail',
    'InvalidArgument',
  ]);
  expect(heard).toEqual([{ source: 'golden.images', ...homeCaller, detail: { number: 1 } }]);
  await expect(run(() => client.send(new PutEventsCommand({ Entries: Array(11).fill(entry()) })))).rejects.toThrow(
    '1 to 10',
  );
});
