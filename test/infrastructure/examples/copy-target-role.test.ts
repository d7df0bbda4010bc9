// The role in an account that takes copies: a stack of its own, judged as our roles are, and by what the pipeline does with it.
import { beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse, type CollectionTag, type ScalarTag } from 'yaml';
import { actionsInAccount } from '../../../core/accounts/account-role.ts';
import { impliedBy } from '../../../infrastructure/roles/declared.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { build, pipeline } from '../../support/pipeline.ts';
import { asksOf } from '../../support/roles/judge-calls.ts';
import { resourcesIn } from '../../support/roles/authorized-on.ts';
import { checkPolicy, listOf, type Statement } from '../../support/roles/check-policies.ts';
import { allows, type AllowedAction } from '../../support/roles/iam.ts';
import { intoAccounts } from '../../support/roles/permission-runs.ts';
import { checkTemplate, type Template } from '../../support/template/check-template.ts';
import { ours } from '../../support/template/packaged-template.ts';

const tags = ['Ref', 'Sub', 'GetAtt', 'If', 'Equals'].flatMap((name): (ScalarTag | CollectionTag)[] => {
  const key = name === 'Ref' ? name : `Fn::${name}`;
  const resolve = (value: unknown) => ({ [key]: name === 'GetAtt' ? String(value).split('.') : value });
  return [
    { tag: `!${name}`, resolve },
    { tag: `!${name}`, collection: 'seq', resolve: (value) => resolve((value as { toJSON(): unknown }).toJSON()) },
  ];
});
const text = readFileSync('infrastructure/examples/copy-target-role.yml', 'utf8');
const template = parse(text, { customTags: tags }) as Template;
/** The statements as IAM gets them in an account. */
const filled = (account: string, pipelineAccount: string) => {
  const values: Record<string, string> = {
    'AWS::Partition': 'aws',
    'AWS::AccountId': account,
    PipelineAccount: pipelineAccount,
    ChannelRoot: '/golden',
  };
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value !== 'object' || value === null) return value;
    const { Ref, 'Fn::Sub': sub, ...others } = value as Record<string, unknown>;
    if (typeof Ref === 'string') return values[Ref];
    if (typeof sub === 'string') return sub.replace(/\$\{([^}]+)\}/g, (_, name: string) => values[name] ?? '');
    return Object.fromEntries(Object.entries(others).map(([key, member]) => [key, fill(member)]));
  };
  return fill(template.Resources['CopyTarget']!.Properties['Policies'][0].PolicyDocument.Statement) as Statement[];
};
const statements = filled('444455556666', '111122223333');

test('the template and its policy are what CloudFormation and IAM take', async () => {
  expect(checkTemplate(template)).toEqual([]);
  expect(await checkPolicy('CopyTarget', statements, template)).toEqual([]);
});

test("only the pipeline's roles may assume it, with the external id if there is one", () => {
  const [trust, ...others] = template.Resources['CopyTarget']!.Properties['AssumeRolePolicyDocument'].Statement;
  expect(others).toEqual([]);
  expect(trust).toEqual({
    Effect: 'Allow',
    Principal: { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${PipelineAccount}:root' } },
    Action: 'sts:AssumeRole',
    Condition: {
      ArnLike: {
        'aws:PrincipalArn': { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${PipelineAccount}:role/${Pipeline}-*' },
      },
      StringEquals: {
        'Fn::If': ['HasNoExternalId', { Ref: 'AWS::NoValue' }, { 'sts:ExternalId': { Ref: 'ExternalId' } }],
      },
    },
  });
});

test('it allows the actions that the pipeline uses of it, and no other', () => {
  const used = new Set(Object.values(actionsInAccount).flat());
  const allowed = new Set(statements.flatMap(({ Action }) => listOf(Action)));
  expect([...allowed].toSorted()).toEqual([...used].toSorted());
  for (const actions of Object.values(actionsInAccount))
    expect(impliedBy({ byEvents: false, actions }).filter((one) => !actions.includes(one))).toEqual([]);
});

let simulation: Simulation;
beforeAll(async () => {
  simulation = pipeline({ changes: intoAccounts, answers: true });
  await build(simulation);
});

/** What the role would refuse of the calls that were made by it. */
function refusedBy(change: (statement: Statement) => Statement | undefined) {
  const { calls } = simulation.cloud;
  const facts = { resources: resourcesIn(calls), roleOf: () => 'none' };
  const [by] = ours;
  const grants = filled(by!, '222233334444').flatMap((statement): AllowedAction[] => {
    const { Action = [], Resource, Condition = {} } = change(statement) ?? { Resource: [] };
    return listOf(Action).flatMap((action) =>
      listOf(Resource as string | string[]).map((resource) => ({
        role: 'CopyTarget',
        action,
        resource,
        conditions: Condition,
        id: action,
      })),
    );
  });
  const made = calls.filter(({ role, account }) => role !== undefined && account === by);
  expect(made.length).toBeGreaterThan(10);
  const asks = made.flatMap((call) => asksOf(call, facts));
  return asks.filter((ask) => !grants.some((grant) => allows(grant, ask))).map(({ action }) => action);
}

test('AWS would refuse none of the calls that a build makes with it', () => {
  expect(refusedBy((statement) => statement)).toEqual([]);
});

test.each([
  ['that copies images of others only', 'ec2:CopyImage', 'StringEquals', { 'ec2:Owner': '999999999999' }],
  ['that tags while something else is made', 'ec2:CreateTags', 'StringEquals', { 'ec2:CreateAction': 'CreateImage' }],
  ['that shares with nobody', 'ec2:ModifySnapshotAttribute', 'Null', { 'aws:ResourceTag/golden:other': 'false' }],
])('a role is found too narrow %s', (_, action, operator, keys) => {
  const refused = refusedBy((statement) =>
    listOf(statement.Action).includes(action)
      ? { ...statement, Condition: { ...statement.Condition, [operator]: keys } }
      : statement,
  );
  expect(new Set(refused)).toEqual(new Set([action]));
});
