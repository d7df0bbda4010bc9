import { expect, test } from '@jest/globals';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DescribeParametersCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { setSecret } from '../../../../simulator/aws/ssm/guest-secrets.ts';
import { putSecret } from '../../../../simulator/aws/ssm/secrets.ts';
import { homeCaller, lab } from '../../lab.ts';

const all = lab();
const client = all.cloud.attach(new SecretsManagerClient({ region: 'us-east-1' }), homeCaller);
const describe = (SecretId: string) => all.run(() => client.send(new DescribeSecretCommand({ SecretId })));
const { world } = all.cloud;

test('a secret is shown by its name, its ARN and the ARN without its end, and without its value', async () => {
  setSecret(world, 'us-east-1', 'secret:prod/db', 'hidden');
  const shown = await describe('prod/db');
  expect(shown).toMatchObject({
    ARN: expect.stringMatching(/^arn:aws:secretsmanager:us-east-1:123456789012:secret:prod\/db-\w{6}$/),
    Name: 'prod/db',
  });
  expect(Object.values(shown.VersionIdsToStages ?? {})).toEqual([['AWSCURRENT']]);
  expect(JSON.stringify(shown)).not.toContain('hidden');
  const { ARN = '' } = shown;
  expect([(await describe(ARN)).ARN, (await describe(ARN.slice(0, -7))).ARN]).toEqual([ARN, ARN]);
});

test('a secret that is to be deleted is still shown, and one that never was is not', async () => {
  putSecret(world, 'us-east-1', 'old', { deletedAt: Date.UTC(2026, 10, 20) });
  expect((await describe('old')).DeletedDate).toEqual(new Date(Date.UTC(2026, 10, 20)));
  await expect(describe('none')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a secret of another account is shown only where its policy lets the account in', async () => {
  const arn = 'arn:aws:secretsmanager:us-east-1:444455556666:secret:theirs-AbCdEf';
  await expect(describe(arn)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  setSecret(world, 'us-east-1', `secret:${arn}`, 'hidden');
  expect(await describe(arn)).toMatchObject({ ARN: arn, KmsKeyId: expect.stringContaining(':444455556666:key/') });
});

test('parameters are shown by their names, with type and key and without their values', async () => {
  const ssm = all.ssm();
  setSecret(world, 'us-east-1', '/app/a', 'hidden');
  await all.run(() => ssm.send(new PutParameterCommand({ Name: '/app/b', Value: 'hidden', Type: 'String' })));
  const Values = ['/app/b', '/app/a', '/app/none'];
  const ParameterFilters = [{ Key: 'Name', Values }];
  const { Parameters } = await all.run(() => ssm.send(new DescribeParametersCommand({ ParameterFilters })));
  expect(Parameters).toMatchObject([
    { Name: '/app/b', Type: 'String' },
    { Name: '/app/a', Type: 'SecureString', KeyId: 'alias/aws/ssm' },
  ]);
  expect(JSON.stringify(Parameters)).not.toContain('hidden');
  const page = new DescribeParametersCommand({ ParameterFilters, MaxResults: 1 });
  expect(await all.run(() => ssm.send(page))).toMatchObject({
    Parameters: [{ Name: '/app/b' }],
    NextToken: expect.any(String),
  });
});
