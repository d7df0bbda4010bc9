import { expect, test } from '@jest/globals';
import { secretProfilesOf, secretReaderResources } from '../../infrastructure/secret-readers.ts';
import { stackSettings } from '../../infrastructure/settings/stack-settings.ts';
import { checkTemplate } from '../support/template/check-template.ts';

const readers = [
  { recipe: 'web-server', secrets: ['/web/token', 'secret:prod/db'] },
  { recipe: 'base', secrets: ['/base/token'] },
];
const stack = stackSettings(
  { service: 'golden-image', stage: 'dev', region: 'us-east-1' },
  { builderSecrets: '/shared/*' },
  [],
);
const made = secretReaderResources(stack, readers);

interface Statement {
  Action: string | string[];
  Resource: unknown;
  Condition?: unknown;
}
const statementsOf = (id: string): Statement[] =>
  made[id]?.Properties['Policies'][0].PolicyDocument.Statement as Statement[];
const readBy = (id: string) =>
  JSON.stringify(statementsOf(id).filter(({ Action }) => /GetParameter|GetSecretValue/.test(String(Action))));

test('each recipe with secrets has a role and a profile of its own', () => {
  expect(Object.keys(made)).toEqual([
    'SecretsOfwebXserverRole',
    'SecretsOfwebXserverProfile',
    'SecretsOfbaseRole',
    'SecretsOfbaseProfile',
  ]);
  expect(secretProfilesOf(readers)).toEqual({
    'web-server': '${SecretsOfwebXserverProfile}',
    base: '${SecretsOfbaseProfile}',
  });
  const bucket = { Type: 'AWS::S3::Bucket', Properties: {} };
  expect(checkTemplate({ Resources: { ...made, ArtifactBucket: bucket } } as never)).toEqual([]);
});

test('a role reads the secrets of its recipe and those of the setting, and of no other recipe', () => {
  const [web, base] = [readBy('SecretsOfwebXserverRole'), readBy('SecretsOfbaseRole')];
  for (const name of ['parameter/web/token', ':secret:prod/db-??????', 'parameter/shared/*'])
    expect(web).toContain(name);
  expect(web).not.toContain('/base/');
  expect(base).toContain('parameter/base/token');
  expect(base).not.toMatch(/web|prod/);
});

test('it decrypts only through Systems Manager and Secrets Manager', () => {
  const decrypts = statementsOf('SecretsOfbaseRole').filter(({ Action }) => String(Action).includes('kms:Decrypt'));
  expect(decrypts).toHaveLength(1);
  expect(JSON.stringify(decrypts[0]?.Condition)).toMatch(/kms:ViaService.*ssm\..*secretsmanager\./);
});

test('an ARN is allowed as it is, with the keys of its account', () => {
  const arn = 'arn:aws:secretsmanager:us-east-1:444455556666:secret:theirs-AbCdEf';
  const theirs = secretReaderResources(stack, [{ recipe: 'base', secrets: [`secret:${arn}`, '/base/token'] }]);
  const text = JSON.stringify(theirs['SecretsOfbaseRole']?.Properties['Policies']);
  expect(text).toContain(`"Action":["secretsmanager:GetSecretValue"],"Resource":["${arn}"]`);
  expect(text).toContain('kms:${AWS::Region}:444455556666:key/*');
  expect(JSON.stringify(made)).not.toContain('444455556666');
});
