import { CopyImageCommand, DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { CreateGrantCommand, KMSClient, ListRetirableGrantsCommand, RevokeGrantCommand } from '@aws-sdk/client-kms';
import { expect, test } from '@jest/globals';
import { retryStrategy } from '../../../simulator/aws/calls/retries.ts';
import { lab } from '../lab.ts';

const [own, other, region] = ['222233334444', '111122223333', 'us-east-1'] as const;
const RoleArn = `arn:aws:iam::${other}:role/golden-copy-target`;
const RoleSessionName = 'golden-test';

function accounts() {
  const roles = [{ account: other, name: 'golden-copy-target', externalId: 'golden-42' }];
  const { clock, cloud, run, wait } = lab({ account: own, throttling: false, roles });
  const config = { region, retryStrategy: retryStrategy(clock, cloud.random('retry')) };
  const sts = cloud.attach(new STSClient(config), region);
  const kms = cloud.attach(new KMSClient(config), region);
  const assumed = async (Policy?: string) => {
    const input = { RoleArn, RoleSessionName, ExternalId: 'golden-42', ...(Policy && { Policy }) };
    const { Credentials: given } = await run(() => sts.send(new AssumeRoleCommand(input)));
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = given ?? {};
    const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    return cloud.attach(new EC2Client(config), cloud.callerWith({ account: own, region }, keys));
  };
  return { cloud, call: run, wait, sts, kms, assumed };
}

test.each([
  ['without its external id', { RoleArn, RoleSessionName }],
  ['that is not there', { RoleArn: RoleArn.replace(other, '999999999999'), RoleSessionName, ExternalId: 'golden-42' }],
])('a role %s is refused by one answer', async (_name, input) => {
  const { call, sts } = accounts();
  await expect(call(() => sts.send(new AssumeRoleCommand(input)))).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringMatching(/is not authorized to perform: sts:AssumeRole on resource: /),
  });
});

test('a session may do no more than its policy allows, and ends after its time', async () => {
  const { call, wait, assumed } = accounts();
  const Statement = [{ Effect: 'Allow', Action: ['ec2:DescribeImages'], Resource: '*' }];
  const ec2 = await assumed(JSON.stringify({ Version: '2012-10-17', Statement }));
  const listing = () => call(() => ec2.send(new DescribeImagesCommand({ Owners: ['self'] })));
  await expect(listing()).resolves.toMatchObject({ Images: [] });
  const copy = new CopyImageCommand({ Name: 'a-copy', SourceImageId: 'ami-12345678', SourceRegion: region });
  await expect(call(() => ec2.send(copy))).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
  await wait(2 * 3600);
  await expect(listing()).rejects.toMatchObject({ name: 'RequestExpired' });
});

test('an image that is not shared with the account does not exist for it', async () => {
  const { cloud, call, assumed } = accounts();
  const { id } = cloud.addImage({ name: 'private', owner: own, region });
  const ec2 = await assumed();
  const copy = new CopyImageCommand({ Name: 'a-copy', SourceImageId: id, SourceRegion: region });
  await expect(call(() => ec2.send(copy))).rejects.toMatchObject({ name: 'InvalidAMIID.NotFound' });
});

test('a grant of the same name and content is made once, is found by its retiring principal, and can be revoked', async () => {
  const { cloud, call, kms } = accounts();
  const KeyId = cloud.addKey(region, 'alias/golden').arn;
  const RetiringPrincipal = `arn:aws:iam::${own}:root`;
  const input = {
    KeyId,
    Name: 'golden:a',
    GranteePrincipal: RoleArn,
    RetiringPrincipal,
    Operations: ['Decrypt' as const],
  };
  const first = await call(() => kms.send(new CreateGrantCommand(input)));
  const again = await call(() => kms.send(new CreateGrantCommand(input)));
  expect(again.GrantId).toBe(first.GrantId);
  const listed = () => call(() => kms.send(new ListRetirableGrantsCommand({ RetiringPrincipal })));
  await expect(listed()).resolves.toMatchObject({ Grants: [{ GrantId: first.GrantId, Name: 'golden:a', KeyId }] });
  await call(() => kms.send(new RevokeGrantCommand({ KeyId, GrantId: first.GrantId })));
  await expect(listed()).resolves.toMatchObject({ Grants: [] });
  const nobody = { ...input, GranteePrincipal: 'arn:aws:iam::999999999999:role/none' };
  await expect(call(() => kms.send(new CreateGrantCommand(nobody)))).rejects.toMatchObject({
    name: 'InvalidArnException',
  });
});
