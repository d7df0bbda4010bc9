// A small IAM that evaluates the roles of a template. It supports only Allow statements, and only the elements, operators and
// references of our template. It refuses anything else by name, since a wrong guess would hide a security hole.
import { defaultSettings } from '../../../core/deployment/deployment-settings.ts';
import { listOf } from './check-policies.ts';
import { allMachines } from '../machines.ts';
import type { Template } from '../template/check-template.ts';

/** One permission that AWS checks: an action on one resource, with the known properties of the request and the resource. */
export interface Ask {
  action: string;
  resource: string;
  context: Record<string, string | string[]>;
}

/** The place of a deployment, which gives the template's references their values. */
export interface DeploymentPlace {
  account: string;
  region: string;
  bucket: string;
  /** The bucket of stored AMIs. */
  archives: string;
  stateMachine: string;
}

type Conditions = Record<string, Record<string, unknown>>;

/** One action on one resource that a role allows. */
export interface AllowedAction {
  /** Logical id of the role. */
  role: string;
  action: string;
  resource: string;
  conditions: Conditions;
  /** Identical for every place. */
  id: string;
}

const patterns = new Map<string, RegExp>();
const wildcards = (pattern: string): RegExp => {
  const known = patterns.get(pattern) ?? asRegExp(pattern);
  patterns.set(pattern, known);
  return known;
};
const asRegExp = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    's',
  );
const like = (pattern: string, value: string): boolean => pattern === value || wildcards(pattern).test(value);

/** Compares part by part, so that no wildcard extends over a colon. */
function arnLike(pattern: string, value: string): boolean {
  const actual = partsOf(value);
  return partsOf(pattern).every((part, index) => like(part, actual[index] ?? ''));
}

const split = new Map<string, string[]>();
function partsOf(arn: string): string[] {
  const before = split.get(arn);
  if (before) return before;
  const all = arn.split(':');
  const parts = [...all.slice(0, 5), all.slice(5).join(':')];
  split.set(arn, parts);
  return parts;
}

/** Whether a condition holds for the request's values of its key; `undefined` means that the request has no value. */
type Operator = (wanted: string[], actual: string[] | undefined) => boolean;
const some =
  (equal: (wanted: string, actual: string) => boolean): Operator =>
  (wanted, actual) =>
    actual?.some((value) => wanted.some((one) => equal(one, value))) ?? false;
const same = (wanted: string, actual: string) => wanted === actual;

const operators: Record<string, Operator> = {
  StringEquals: some(same),
  StringNotEquals: (wanted, actual) => !some(same)(wanted, actual), // holds for a missing value, as in IAM
  // This also holds for a missing value: a well-known trap of IAM. Our statements therefore require the key itself, too.
  'ForAllValues:StringEquals': (wanted, actual) => (actual ?? []).every((value) => wanted.includes(value)),
  'ForAnyValue:StringEquals': some(same),
  StringLike: some(like),
  ArnEquals: some(arnLike), // IAM allows wildcards in this operator, too
  ArnLike: some(arnLike),
  Bool: some((wanted, actual) => wanted.toLowerCase() === actual.toLowerCase()),
  Null: (wanted, actual) => wanted.includes(String(actual === undefined)),
};

function holds(conditions: Conditions, context: Ask['context']): boolean {
  const known = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), listOf(value)]));
  return Object.entries(conditions).every(([name, keys]) => {
    const operator = operators[name];
    if (!operator) throw new Error(`the condition operator ${name} is not understood here`);
    return Object.entries(keys).every(([key, wanted]) =>
      operator(listOf(wanted as string | string[]).map(String), known.get(key.toLowerCase())),
    );
  });
}

export const allows = ({ action, resource, conditions }: AllowedAction, ask: Ask): boolean =>
  action === ask.action && (resource === '*' || arnLike(resource, ask.resource)) && holds(conditions, ask.context);

/** Text of a string or a reference, with CloudFormation's value. */
function textOf(value: unknown, { Resources }: Template, place: DeploymentPlace): string {
  const pseudo: Record<string, string> = {
    'AWS::Partition': 'aws',
    'AWS::Region': place.region,
    'AWS::AccountId': place.account,
    'AWS::StackName': 'golden-image-dev',
  };
  const named = (name: string) => {
    if (pseudo[name] !== undefined) return pseudo[name];
    if (name.endsWith('.Arn') && Resources[name.slice(0, -4)]?.Type === 'AWS::S3::Bucket')
      return `arn:aws:s3:::${name === 'ArchiveBucket.Arn' ? place.archives : place.bucket}`;
    if (name.endsWith('.Arn') && Resources[name.slice(0, -4)]?.Type === 'AWS::SQS::Queue')
      return `arn:aws:sqs:${place.region}:${place.account}:${name.slice(0, -4)}`;
    // The profile in the functions' settings, under the simulator's name for it.
    if (name === 'BuilderProfile.Arn')
      return `arn:aws:iam::${place.account}:instance-profile/${defaultSettings.instanceProfile}`;
    if (name === 'BuilderRole.Arn') return `arn:aws:iam::${place.account}:role/${defaultSettings.instanceProfile}`;
    throw new Error(`\${${name}} is not understood here`);
  };
  if (typeof value === 'string') return value;
  const { 'Fn::Sub': text, 'Fn::GetAtt': attribute, ...others } = (value ?? {}) as Record<string, unknown>;
  if (Object.keys(others).length > 0 || (text === undefined) === (attribute === undefined))
    throw new Error(`${JSON.stringify(value)} is not understood here`);
  if (Array.isArray(attribute)) return named(attribute.join('.'));
  return String(text).replace(/\$\{([^}]+)\}/g, (_, name: string) => named(name));
}

/** Logical id of the role of each function. */
const functionRoles = ({ Resources }: Template): string[] =>
  Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => String(Properties['Role']['Fn::GetAtt'][0]));

/** Everything that the functions' roles allow, as one action on one resource each. */
export function grantsOf(template: Template, place: DeploymentPlace): AllowedAction[] {
  const { Resources } = template;
  // An emulator names the state machines itself.
  const nameHere = (name: string) =>
    place.stateMachine.replace(/build-image$/, allMachines.find((one) => name.endsWith(one)) ?? name);
  const machines = Object.values(Resources).flatMap(({ Properties }) => Properties['StateMachineName'] ?? []);
  const topic = place.stateMachine.replace(/build-image$/, 'notifications');
  const renamed = machines.map((name: string) => [new RegExp(`:${name}(?=:|$)`), `:${nameHere(name)}`] as const);
  const text = (value: unknown) =>
    renamed
      .reduce<string>((sum, [name, here]) => sum.replace(name, here), textOf(value, template, place))
      .replace(/(?<=^arn:aws:sns:.*:)[\w-]+-notifications$/, topic);
  const filled = (value: unknown): unknown => (Array.isArray(value) ? value.map(text) : text(value));

  return functionRoles(template).flatMap((role) => {
    // A boundary grants nothing, and a boundary in use belongs to somebody else.
    const {
      Policies = [],
      AssumeRolePolicyDocument: _,
      PermissionsBoundary: __,
      ...unknown
    } = Resources[role]?.Properties ?? {};
    if (Object.keys(unknown).length > 0)
      throw new Error(`${role} has ${Object.keys(unknown).join()}, not understood here`);
    const statements = (Policies as { PolicyDocument: { Statement: Record<string, unknown>[] } }[]).flatMap(
      ({ PolicyDocument }) => PolicyDocument.Statement,
    );
    return statements.flatMap(({ Effect, Action, Resource, Condition = {}, ...elements }) => {
      if (Effect !== 'Allow' || Object.keys(elements).length > 0)
        throw new Error(`${role}: ${[Effect, ...Object.keys(elements)].join(' ')} is not understood here`);
      const conditions = Object.fromEntries(
        Object.entries(Condition as Conditions).map(([operator, keys]) => [
          operator,
          Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, filled(value)])),
        ]),
      );
      return listOf(Action as string | string[]).flatMap((action) => {
        if (action.includes('*')) throw new Error(`${role}: the wildcard in ${action} is not understood here`);
        return listOf(Resource).map((resource): AllowedAction => {
          const id = JSON.stringify([role, action, resource, Condition]);
          return { role, action, resource: text(resource), conditions, id };
        });
      });
    });
  });
}
