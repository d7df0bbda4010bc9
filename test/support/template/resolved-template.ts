// Resolves a template as CloudFormation would: pseudo parameters, conditions, and references to resources by a made-up name.
import type { Template } from './check-template.ts';

/** Pseudo parameters of a region, as CloudFormation knows them. */
export interface PseudoParameters {
  'AWS::Partition': string;
  'AWS::Region': string;
  'AWS::AccountId': string;
  'AWS::URLSuffix': string;
  'AWS::StackName': string;
}

export const places: PseudoParameters[] = [
  ['aws', 'eu-central-1', 'amazonaws.com'],
  ['aws-us-gov', 'us-gov-west-1', 'amazonaws.com'],
  ['aws-cn', 'cn-north-1', 'amazonaws.com.cn'],
  ['aws-eusc', 'eusc-de-east-1', 'amazonaws.eu'],
].map(([partition = '', region = '', suffix = '']) => ({
  'AWS::Partition': partition,
  'AWS::Region': region,
  'AWS::AccountId': '111122223333',
  'AWS::URLSuffix': suffix,
  'AWS::StackName': 'golden-image-dev',
}));

/** Resources and outputs with all CloudFormation functions evaluated. Resources with a false condition are removed. */
export function resolved({ Resources, Outputs = {}, Conditions = {} }: Template, place: PseudoParameters): unknown {
  const known: Record<string, string> = { ...place };
  const named = (name: string): string => known[name] ?? `(${name})`;
  const holds = (name: string): boolean => fill(Conditions[name]) === true;

  const functions: Record<string, (argument: any) => unknown> = {
    Ref: (name: string) => (name === 'AWS::NoValue' ? undefined : named(name)),
    'Fn::GetAtt': (path: string | string[]) => named([path].flat().join('.')),
    'Fn::Sub': (argument: string | [string, Record<string, unknown>]) => {
      const [text, own = {}] = [argument].flat() as [string, Record<string, unknown>?];
      return text.replace(/\$\{([^}]+)\}/g, (_, name: string) => String(name in own ? fill(own[name]) : named(name)));
    },
    'Fn::If': ([name, yes, no]: [string, unknown, unknown]) => fill(holds(name) ? yes : no),
    'Fn::Equals': ([a, b]: unknown[]) => fill(a) === fill(b),
    'Fn::Not': ([condition]: unknown[]) => fill(condition) !== true,
    'Fn::Join': ([between, parts]: [string, unknown[]]) => parts.map(fill).join(between),
    Condition: (name: string) => holds(name),
  };
  function fill(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(fill).filter((item) => item !== undefined);
    if (value === null || typeof value !== 'object') return value;
    const [[key, argument] = ['', undefined], ...others] = Object.entries(value) as [string, unknown][];
    if (others.length === 0 && key in functions && !(key === 'Condition' && typeof argument !== 'string'))
      return functions[key]!(argument);
    if (others.length === 0 && key.startsWith('Fn::')) throw new Error(`${key} is not understood here`);
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fill(member)]));
  }

  const there = Object.entries(Resources).filter(([, { Condition }]) => Condition === undefined || holds(Condition));
  return {
    Resources: Object.fromEntries(there.map(([id, { Properties }]) => [id, fill(Properties)])),
    Outputs: fill(Outputs),
  };
}

/** Every string in a value with its path. */
export function* textsIn(value: unknown, path = ''): Generator<[string, string]> {
  if (typeof value === 'string') yield [path, value];
  else if (value && typeof value === 'object')
    for (const [key, member] of Object.entries(value)) yield* textsIn(member, `${path}.${key}`);
}
