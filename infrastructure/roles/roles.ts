// One IAM role for each function, made of the actions that the function declares and of their grants.
import { arn, noValue, roleIdOf, type Resource, type Resources, type Text } from '../cloudformation.ts';
import type { ConfiguredDeployment } from '../settings/deployment.ts';
import { topicArn } from '../settings/notify.ts';
import { bounded } from './bounds.ts';
import { grantsIn } from './grants.ts';
import { grantProblems, impliedBy, type Declared } from './declared.ts';
import type { Condition, GrantTable } from './policies.ts';

interface Statement {
  Effect: 'Allow';
  Action: string[];
  Resource: Text | Text[];
  Condition?: Condition;
}

/** Actions that agree on resources and conditions share a statement. */
function statementsOf(
  { key, ...declared }: Declared,
  table: GrantTable,
  { settings }: ConfiguredDeployment,
): Statement[] {
  const merged = new Map<string, Statement>();
  for (const action of impliedBy(declared)) {
    const row = table[action] ?? [];
    for (const unbounded of Array.isArray(row) ? row : (row[key] ?? row['others'] ?? [])) {
      const { Resource, Condition } = bounded(key, action, unbounded, settings);
      const id = JSON.stringify([Resource, Condition]);
      const statement = merged.get(id) ?? { Effect: 'Allow', Action: [], Resource, ...(Condition && { Condition }) };
      statement.Action.push(action);
      merged.set(id, statement);
    }
  }
  return [...merged.values()];
}

/** Bucket and topic are encrypted with the deployment's own key, if it has one. */
function withKey(actions: readonly string[], key: string | undefined): Statement[] {
  const reads = actions.includes('s3:GetObject');
  const writes =
    actions.includes('s3:PutObject') || actions.includes('ec2:CreateStoreImageTask') || actions.includes('sns:Publish');
  const used = [...(reads || writes ? ['kms:Decrypt'] : []), ...(writes ? ['kms:GenerateDataKey'] : [])];
  return key && used.length > 0 ? [{ Effect: 'Allow', Action: used, Resource: key }] : [];
}

const roleOf = (declared: Declared, table: GrantTable, deployment: ConfiguredDeployment): Resource => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    PermissionsBoundary: deployment.stack.permissionsBoundary ?? noValue,
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    Policies: [
      {
        PolicyName: declared.key,
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              Resource: arn(
                'logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/' + `${deployment.name}-${declared.key}:*`,
              ),
            },
            ...statementsOf(declared, table, deployment),
            ...withKey(declared.actions, deployment.stack.kmsKey),
          ],
        },
      },
    ],
  },
});

/** The roles of all functions. @throws if the actions of the functions and the table of grants do not fit together. */
export function roleResources(functions: Declared[], deployment: ConfiguredDeployment): Resources {
  const { name, notified, stack } = deployment;
  const table = grantsIn({ name, channelRoot: stack.channelRoot, topic: topicArn(notified, name) });
  const problems = grantProblems(functions, table);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return Object.fromEntries(functions.map((declared) => [roleIdOf(declared.key), roleOf(declared, table, deployment)]));
}
