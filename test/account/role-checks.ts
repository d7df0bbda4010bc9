// IAM's policy simulator judges the roles of the packaged template: it allows what simulated builds asked for, and denies
// what must never be.
import { SimulateCustomPolicyCommand, type ContextKeyTypeEnum } from '@aws-sdk/client-iam';
import { roleIdOf } from '../../infrastructure/cloudformation.ts';
import { resourcesIn } from '../support/roles/authorized-on.ts';
import type { Template } from '../support/template/check-template.ts';
import { grantsOf, type Ask } from '../support/roles/iam.ts';
import { asksOf, roleNamesOf } from '../support/roles/judge-calls.ts';
import type { Account } from './account.ts';
import type { AccountCheck } from './check.ts';
import type { Recorded } from './recorded.ts';

/** A question to IAM, and whether a role's policies must allow it. */
export interface Question {
  role: string;
  ask: Ask;
  allowed: boolean;
  /** Why not. */
  because?: string;
}

const kindOf = (arn: string): string =>
  arn
    .split(':')
    .slice(2)
    .join(':')
    .replace(/\b(i|ami|snap|vol|subnet|sg)-\w+/g, '$1')
    .replace(/\b\d{8}-\d{6}-\w{4}\b/g, 'build');

const asked = new WeakMap<Recorded, Question[]>();

/** What each function asked IAM in simulated builds: one question of each kind. The template only tells whose the profile is. */
function questionsOf(template: Template, recorded: Recorded): Question[] {
  const known = asked.get(recorded) ?? questionsIn(recorded, template);
  asked.set(recorded, known);
  return known;
}

function questionsIn({ runs }: Recorded, template: Template): Question[] {
  const questions = new Map<string, Question>();
  const roleOf = roleNamesOf(template);
  for (const { calls } of runs) {
    const surroundings = { resources: resourcesIn(calls), roleOf };
    for (const call of calls) {
      if (call.by === undefined) continue;
      for (const ask of asksOf(call, surroundings)) {
        const role = roleIdOf(call.by);
        const key = [role, ask.action, kindOf(ask.resource), ...Object.keys(ask.context).toSorted()].join(' ');
        if (!questions.has(key)) questions.set(key, { role, ask, allowed: true });
      }
    }
  }
  return [...questions.values()];
}

/** The same questions with what makes them wrong: none of these may be allowed. */
export function forbidden(questions: Question[]): Question[] {
  const spoilt = (because: string, role: string, action: string, spoil: (ask: Ask) => Ask): Question[] => {
    const of = questions.filter((one) => one.role === role && one.ask.action === action);
    if (of.length === 0) throw new Error(`${role} asked for no ${action} in any simulated build`);
    return of.map(({ ask }) => ({ role, ask: spoil(ask), allowed: false, because }));
  };
  const without = (pattern: RegExp) => (ask: Ask) => ({
    ...ask,
    context: Object.fromEntries(Object.entries(ask.context).filter(([key]) => !pattern.test(key))),
  });
  const withKey = (key: string, value: string) => (ask: Ask) => ({ ...ask, context: { ...ask.context, [key]: value } });
  const ours = /golden:build$/;
  const foreign = (action: string) => `${action} of what the pipeline did not make`;
  return [
    ...['CompensateRole', 'SweepRole'].flatMap((role) =>
      ['ec2:TerminateInstances', 'ec2:DeregisterImage', 'ec2:DeleteSnapshot', 'ec2:DeleteVolume'].flatMap((action) =>
        spoilt(foreign(action), role, action, without(ours)),
      ),
    ),
    ...spoilt(foreign('ec2:StopInstances'), 'SealRole', 'ec2:StopInstances', without(ours)),
    ...spoilt(foreign('ec2:ModifyImageAttribute'), 'GrantPermissionsRole', 'ec2:ModifyImageAttribute', without(ours)),
    ...spoilt('a snapshot that everybody may copy', 'GrantPermissionsRole', 'ec2:ModifySnapshotAttribute', (ask) =>
      withKey('ec2:Add/group', 'all')(without(/^ec2:Add\/userId$/)(ask)),
    ),
    ...spoilt('an account that images do not go to', 'GrantPermissionsRole', 'ec2:ModifySnapshotAttribute', (ask) => ({
      ...ask,
      context: { ...ask.context, 'ec2:Add/userId': ['999999999999'] },
    })),
    ...spoilt(
      'a region that images do not go to',
      'CopyImageRole',
      'ec2:CopyImage',
      withKey('aws:RequestedRegion', 'sa-east-1'),
    ),
    ...spoilt('a role that is not the builder’s', 'LaunchRole', 'iam:PassRole', (ask) => ({
      ...ask,
      resource: ask.resource.replace(/role\/.*/, 'role/another'),
    })),
    ...spoilt('tags that are not given at creation', 'LaunchRole', 'ec2:CreateTags', without(/^ec2:CreateAction$/)),
    ...spoilt('a key that is not used through EC2', 'CopyImageRole', 'kms:CreateGrant', without(/^kms:ViaService$/)),
    ...spoilt('another folder of the bucket', 'PublishRole', 's3:PutObject', (ask) => ({
      ...ask,
      resource: ask.resource.replace(/:::([^/]+)\/.*/, ':::$1/elsewhere/x'),
    })),
  ];
}

/** The policy of each role as a text, references filled in as CloudFormation would. */
function policiesOf(template: Template, { runs }: Recorded): Map<string, string> {
  const statements = new Map<string, object[]>();
  for (const { role, action, resource, conditions } of grantsOf(template, runs[0]!.place)) {
    const conditional = Object.keys(conditions).length > 0 && { Condition: conditions };
    const statement = { Effect: 'Allow', Action: action, Resource: resource, ...conditional };
    statements.set(role, [...(statements.get(role) ?? []), statement]);
  }
  return new Map(
    [...statements].map(([role, Statement]) => [role, JSON.stringify({ Version: '2012-10-17', Statement })]),
  );
}

const typeOf = (value: string | string[]): ContextKeyTypeEnum => (Array.isArray(value) ? 'stringList' : 'string');

export function roleChecks({ iam, id, partition }: Account, template: Template, recorded: Recorded): AccountCheck[] {
  const policies = policiesOf(template, recorded);
  const questions = questionsOf(template, recorded);
  const simulated = recorded.runs[0]!.place.account;
  const here = (text: string) => text.replaceAll(simulated, id).replaceAll('arn:aws:', `arn:${partition}:`);
  return [...questions, ...forbidden(questions)].map(
    ({ role, ask: { action, resource, context }, allowed, because }) => ({
      name: allowed
        ? `IAM lets ${role} call ${action} on ${here(resource)}`
        : `IAM denies ${role} ${action} on ${here(resource)}: ${because}`,
      async run() {
        const { EvaluationResults: [result] = [] } = await iam.send(
          new SimulateCustomPolicyCommand({
            PolicyInputList: [here(policies.get(role) ?? '')],
            ActionNames: [action],
            // what has no id yet gets one, so that no wildcard meets a wildcard
            ResourceArns: [here(resource).replace(/(?<=[:/])\*$/, 'x-0123456789abcdef0')],
            ContextEntries: Object.entries(context).map(([key, value]) => ({
              ContextKeyName: key,
              ContextKeyType: /^kms:GrantIsForAWSResource$/.test(key) ? 'boolean' : typeOf(value),
              ContextKeyValues: [value].flat().map(here),
            })),
          }),
        );
        const { EvalDecision: decision, MissingContextValues: missing = [] } = result ?? {};
        if ((decision === 'allowed') !== allowed)
          throw new Error(
            `${decision ?? 'no decision'} instead of ${allowed ? 'allowed' : 'denied'}${missing.length > 0 ? `; the policies ask for ${missing.join(', ')}` : ''}`,
          );
      },
    }),
  );
}
