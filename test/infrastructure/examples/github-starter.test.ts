// The example of a role that a workflow on GitHub starts builds with: a stack of its own, judged as ours are.
import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse, type CollectionTag, type ScalarTag } from 'yaml';
import { checkPolicy, listOf, type Statement } from '../../support/roles/check-policies.ts';
import { checkTemplate, type Template } from '../../support/template/check-template.ts';

const tags = ['Ref', 'Sub', 'GetAtt', 'If', 'Equals'].flatMap((name): (ScalarTag | CollectionTag)[] => {
  const key = name === 'Ref' ? name : `Fn::${name}`;
  const resolve = (value: unknown) => ({ [key]: name === 'GetAtt' ? String(value).split('.') : value });
  return [
    { tag: `!${name}`, resolve },
    { tag: `!${name}`, collection: 'seq', resolve: (value) => resolve((value as { toJSON(): unknown }).toJSON()) },
  ];
});
const template = parse(readFileSync('infrastructure/examples/github-starter.yml', 'utf8'), {
  customTags: tags,
}) as Template;
const { AssumeRolePolicyDocument, Policies } = template.Resources['BuildStarter']!.Properties;
type Choice = { 'Fn::If': [string, unknown, Statement] };
const written = Policies[0].PolicyDocument.Statement as (Statement | Choice)[];
/** The statements as CloudFormation leaves them where a key is given. */
const statements = written.map((one) => ('Fn::If' in one ? one['Fn::If'][2] : one));

test('the template and its policy are what CloudFormation and IAM take', async () => {
  expect(checkTemplate(template)).toEqual([]);
  const Resource = 'arn:aws:kms:us-east-1:111122223333:key/0f2c9a51-1111-2222-3333-444455556666';
  const filled = statements.map((one) => (one.Action === 'kms:Decrypt' ? { ...one, Resource } : one));
  expect(await checkPolicy('BuildStarter', filled, template)).toEqual([]);
});

test('one branch of one repository may assume the role, for AWS', () => {
  const [trust, ...others] = AssumeRolePolicyDocument.Statement;
  expect(others).toEqual([]);
  expect(trust.Condition).toEqual({
    StringEquals: {
      'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
      'token.actions.githubusercontent.com:sub': { 'Fn::Sub': 'repo:${Repository}:ref:refs/heads/${Branch}' },
    },
  });
});

test('it starts builds of one machine and reads what became of them, and nothing else', () => {
  const machine = 'arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:';
  const allowed = statements.flatMap(({ Effect, Action, Resource }) =>
    listOf(Action).map((action) => [Effect, action, (Resource as { 'Fn::Sub'?: string })['Fn::Sub'] ?? Resource]),
  );
  expect(allowed).toEqual([
    ['Allow', 'states:StartExecution', `${machine}stateMachine:\${Pipeline}-build-image`],
    ['Allow', 'states:ListTagsForResource', `${machine}stateMachine:\${Pipeline}-build-image`],
    ['Allow', 'states:DescribeExecution', `${machine}execution:\${Pipeline}-build-image:*`],
    ['Allow', 'states:GetExecutionHistory', `${machine}execution:\${Pipeline}-build-image:*`],
    ['Allow', 'states:ListStateMachines', '*'],
    ['Allow', 's3:GetObject', 'arn:${AWS::Partition}:s3:::${ArtifactBucket}/builds/*/manifest.json'],
    ['Allow', 's3:ListBucket', 'arn:${AWS::Partition}:s3:::${ArtifactBucket}'],
    ['Allow', 'kms:Decrypt', { Ref: 'Key' }],
  ]);
});

test('it uses a key only where the pipeline has one, and only to read the bucket', () => {
  expect(template.Conditions?.['HasNoKey']).toEqual({ 'Fn::Equals': [{ Ref: 'Key' }, ''] });
  const choices = written.flatMap((one) => ('Fn::If' in one ? [one['Fn::If']] : []));
  expect(choices).toEqual([
    [
      'HasNoKey',
      { Ref: 'AWS::NoValue' },
      expect.objectContaining({ Action: 'kms:Decrypt', Condition: { StringLike: { 'kms:ViaService': 's3.*' } } }),
    ],
  ]);
});
