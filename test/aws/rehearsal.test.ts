import { DescribeImagesCommand, EC2Client, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import type { Connection } from '../../aws/connection.ts';
import { rehearse } from '../../aws/rehearsal.ts';

/** A connection whose EC2 answers with the request. */
const echo = (): Connection => {
  const aws: Connection = {
    region: 'us-east-1',
    client: <C>() => ({ send: async ({ input }: { input: object }) => input }) as C,
    as: () => aws,
  };
  return aws;
};

test('a rehearsal reads as always, also in a bundle, where classes have other names', async () => {
  const a = class extends DescribeImagesCommand {};
  const b = class extends StopInstancesCommand {};
  const sent: unknown[] = [];
  const told = await rehearse(echo(), async (dry) => {
    const ec2 = dry.client(EC2Client);
    sent.push(await ec2.send(new a({ ImageIds: ['ami-1'] })), await ec2.send(new b({ InstanceIds: ['i-1'] })));
  });
  expect([told, sent]).toEqual([{ allowed: true }, [{ ImageIds: ['ami-1'] }, { InstanceIds: ['i-1'], DryRun: true }]]);
});
