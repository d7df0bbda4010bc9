import { expect, test } from '@jest/globals';
import type { SecretSeen } from '../../../core/deployment/seen-secret.ts';
import { secretNotes, unreadableSecrets } from '../../../core/deployment/unreadable-secrets.ts';
import { formatPath } from '../../../core/recipe/recipe.ts';
import type { Seen } from '../../../core/preflight/facts.ts';
import { linux, planOf } from '../../support/plan.ts';

const [account, region] = ['111122223333', 'us-east-1'];
const arn = (name: string, of = account, where = region) => `arn:aws:secretsmanager:${where}:${of}:secret:${name}`;
const parameter: SecretSeen = { arn: `arn:aws:ssm:${region}:${account}:parameter/app/a`, type: 'SecureString' };
const secret: SecretSeen = { arn: arn('prod/db-AbCdEf'), stages: ['AWSCURRENT', 'AWSPREVIOUS'] };
const others: SecretSeen = { ...secret, arn: arn('prod/db-AbCdEf', '444455556666') };

const recipeWith = (named: string, step: object = {}) =>
  planOf({ provision: [{ run: 'true' }, { run: 'true', secrets: { TOKEN: named }, ...step }] }).document;
const factsOf = (secrets: Record<string, Seen<SecretSeen | null>>) => ({ region, account, secrets, source: linux });
const said = (list: { path: (string | number)[]; message: string }[]) =>
  list.map(({ path, message }) => `${formatPath(path)}: ${message}`);
const problemsOf = (named: string, found: SecretSeen | null, at = named.split(':').slice(0, 2).join(':')) =>
  said(unreadableSecrets(recipeWith(named), factsOf({ [at]: { found } })));

const underKey = (changes: object) => ({
  ...secret,
  key: {
    name: 'alias/own',
    seen: { arn: `arn:aws:kms:${region}:${account}:key/1`, state: 'Enabled', awsManaged: false },
    ...changes,
  },
});
const policyFor = (AWS: string, Condition: object = {}) =>
  JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: 'kms:*', Resource: '*', Condition }] });
const via = (service: string) => ({ StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com` } });

test.each<[string, string, SecretSeen]>([
  ['a SecureString', '/app/a', parameter],
  ['a secret', 'secret:prod/db', secret],
  ['a key of an older version', 'secret:prod/db:password:AWSPREVIOUS', secret],
  ['a version by its id, whose labels do not count', 'secret:prod/db:::0123', { ...secret, stages: [] }],
  ['a key that the account may use', 'secret:prod/db', underKey({ policy: policyFor(`arn:aws:iam::${account}:root`) })],
  ['a key for this service', 'secret:prod/db', underKey({ policy: policyFor(account, via('secretsmanager')) })],
  ['a key that nobody looked at', 'secret:prod/db', underKey({ seen: undefined })],
])('%s can be read', (_, named, found) => {
  expect(problemsOf(named, found)).toEqual([]);
});

test.each<[string, string, SecretSeen | null, string]>([
  [
    'a parameter that does not exist',
    '/app/a',
    null,
    'the parameter /app/a in us-east-1 does not exist in account 111122223333; create it as a SecureString, or correct the name',
  ],
  [
    'a secret that does not exist',
    'secret:prod/db:password',
    null,
    'the secret prod/db in us-east-1 does not exist in account 111122223333; create it, or correct the name',
  ],
  [
    'a parameter in plain text',
    '/app/a',
    { ...parameter, type: 'StringList' },
    'the parameter /app/a in us-east-1 is a StringList, which keeps its value in plain text; delete it and make it again as a SecureString, or use env if the value is no secret',
  ],
  [
    'a secret that is to be deleted',
    'secret:prod/db',
    { ...secret, deletedAt: '2026-11-20T03:00:00.000Z' },
    'the secret prod/db in us-east-1 is scheduled for deletion (2026-11-20T03:00:00.000Z) and cannot be read; restore it (aws secretsmanager restore-secret --secret-id prod/db --region us-east-1), or name another',
  ],
  [
    'a secret without a value',
    'secret:prod/db',
    { ...secret, stages: [] },
    'the secret prod/db in us-east-1 has no version with the label AWSCURRENT; it has no version, so no value; put a value, or name another label',
  ],
  [
    'a label that no version has',
    'secret:prod/db::green',
    secret,
    'the secret prod/db in us-east-1 has no version with the label green; it has AWSCURRENT, AWSPREVIOUS; put a value, or name another label',
  ],
  [
    'a key that does not exist',
    'secret:prod/db',
    underKey({ seen: { unseen: 'missing' } }),
    'the secret prod/db in us-east-1 is under the key alias/own, which does not exist in us-east-1; encrypt it under another key',
  ],
  [
    'a key that is disabled',
    'secret:prod/db',
    underKey({ seen: { arn: `arn:aws:kms:${region}:${account}:key/1`, state: 'Disabled', awsManaged: false } }),
    'the secret prod/db in us-east-1 is under the key alias/own, which is Disabled; enable the key, or encrypt it under another',
  ],
  [
    'a key for other accounts',
    'secret:prod/db',
    underKey({ policy: policyFor('444455556666') }),
    'the secret prod/db in us-east-1 is under the key alias/own, whose policy lets nobody in account 111122223333 use kms:Decrypt through secretsmanager; allow it there',
  ],
  [
    'a key for another service',
    'secret:prod/db',
    underKey({ policy: policyFor(account, via('ec2')) }),
    'the secret prod/db in us-east-1 is under the key alias/own, whose policy lets nobody in account 111122223333 use kms:Decrypt through secretsmanager; allow it there',
  ],
])('%s is refused by name', (_, named, found, message) => {
  expect(problemsOf(named, found)).toEqual([`provision[1].secrets.TOKEN: ${message}`]);
});

test('an ARN is that of a whole secret, in the region of the pipeline', () => {
  const ofArn = (name: string, found: SecretSeen) => problemsOf(`secret:${name}`, found, `secret:${name}`);
  expect(ofArn(secret.arn, secret)).toEqual([]);
  const half = ofArn(arn('prod-sample'), { ...secret, arn: arn('prod-sample-AbCdEf') });
  expect(half).toEqual([expect.stringContaining(`has the ARN ${arn('prod-sample-AbCdEf')}; write that whole ARN`)]);
  expect(ofArn(arn('prod/db-AbCdEf', account, 'eu-west-1'), secret)).toEqual([
    'provision[1].secrets.TOKEN: is a secret in eu-west-1, and builders read secrets in us-east-1; name one there: a replica has an ARN of its own',
  ]);
});

test("a secret of another account needs a key of one's own there", () => {
  const ofOthers = (found: SecretSeen) => problemsOf(`secret:${others.arn}`, found, `secret:${others.arn}`);
  expect(ofOthers(others)).toEqual([
    expect.stringContaining(
      'belongs to account 444455556666 and is under aws/secretsmanager, a key that other accounts cannot use',
    ),
  ]);
  expect(ofOthers({ ...others, key: { name: `arn:aws:kms:${region}:444455556666:key/1` } })).toEqual([]);
});

test('the secrets of a step that does not apply are not judged, and neither are those of steps of an unknown system', () => {
  const skipped = recipeWith('/app/a', { if: { architecture: 'arm64' } });
  const facts = factsOf({ '/app/a': { found: null } });
  expect(unreadableSecrets(skipped, facts)).toEqual([]);
  const { source: _, ...sourceless } = facts;
  expect(unreadableSecrets(skipped, sourceless)).toEqual([]);
  expect(unreadableSecrets(recipeWith('/app/a'), sourceless)).toHaveLength(1);
});

test('a look that AWS refuses is a note, and so is a key that it does not show', () => {
  const notesOf = (named: string, seen: Seen<SecretSeen | null>) =>
    said(secretNotes(recipeWith(named), factsOf({ [named]: seen })));
  expect(notesOf('/app/a', { refused: 'ssm:DescribeParameters: no' })).toEqual([
    'provision[1].secrets.TOKEN: could not look at the parameter /app/a in us-east-1 before the build, so a mistake there may show only in its step: ssm:DescribeParameters: no',
  ]);
  expect(
    notesOf('secret:prod/db', { found: underKey({ seen: { unseen: 'denied', refused: 'kms:DescribeKey: no' } }) }),
  ).toEqual([expect.stringContaining('its key alias/own: kms:DescribeKey: no')]);
  expect(notesOf('/app/a', { found: parameter })).toEqual([]);
  const theirs = underKey({ name: `arn:aws:kms:${region}:444455556666:key/1`, seen: undefined });
  expect(notesOf('secret:prod/db', { found: theirs })).toEqual([
    'provision[1].secrets.TOKEN: the secret prod/db in us-east-1 is under the key arn:aws:kms:us-east-1:444455556666:key/1 of account 444455556666, and the role that the deployment makes for a recipe decrypts only under keys of 111122223333',
  ]);
});
