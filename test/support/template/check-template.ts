// Checks a CloudFormation template offline against AWS's own resource specification. It finds unknown and missing properties,
// wrong JSON types, references without a target, and resources that wait for each other.
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';

export interface TemplateResource {
  Type: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  Properties: Record<string, any>;
  DependsOn?: string | string[];
  Condition?: string;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

export interface Template {
  Resources: Record<string, TemplateResource>;
  Parameters?: Record<string, unknown>;
  Outputs?: Record<string, unknown>;
  Conditions?: Record<string, unknown>;
}

/** The specification's description of a value; `reference` names a nested type. */
interface ValueType {
  type: string;
  element?: ValueType;
  reference?: { $ref: string };
}
type Specification = Record<string, { type: ValueType; required?: boolean }>;
type Fields = Record<string, unknown>;

const database = loadAwsServiceSpecSync();
const describe = (type: string) => database.lookup('resource', 'cloudFormationType', 'equals', type)[0];

const isObject = (value: unknown): value is Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** `{ Ref: … }` and similar objects stand for a value that only CloudFormation knows. */
const isIntrinsic = (value: unknown): boolean => {
  const [key, ...others] = isObject(value) ? Object.keys(value) : [];
  return key !== undefined && others.length === 0 && /^(Ref|Fn::.+)$/.test(key);
};

/** All deviations as `where: what`. */
export function checkTemplate(template: Template): string[] {
  const found: string[] = [];
  const say = (where: string, what: string) => void found.push(`${where}: ${what}`);
  for (const [id, { Type, Properties = {} }] of Object.entries(template.Resources)) {
    const specification = describe(Type);
    if (specification) checkFields(Properties, specification.properties as Specification, id, say);
    else say(id, `unknown type ${Type}`);
  }
  checkReferences(template, say);
  return found;
}

type Say = (where: string, what: string) => void;

function checkFields(value: unknown, specification: Specification, where: string, say: Say): void {
  if (!isObject(value)) return say(where, 'is not an object');
  for (const key of Object.keys(value)) if (!(key in specification)) say(where, `unknown property ${key}`);
  for (const [key, { type, required }] of Object.entries(specification)) {
    if (required && value[key] === undefined) say(where, `lacks ${key}`);
    checkValue(value[key], type, `${where}.${key}`, say);
  }
}

function checkValue(value: unknown, { type, element, reference }: ValueType, where: string, say: Say): void {
  if (value === undefined || isIntrinsic(value)) return;
  if (type === 'ref' && reference) {
    const definition = database.get('typeDefinition', reference.$ref) as unknown as { properties: Specification };
    return checkFields(value, definition.properties, where, say);
  }
  if (type === 'array' && element) {
    if (!Array.isArray(value)) return say(where, 'is not a list');
    return value.forEach((item, index) => checkValue(item, element, `${where}[${index}]`, say));
  }
  if (type === 'map' && element) {
    if (!isObject(value)) return say(where, 'is not an object');
    for (const [key, item] of Object.entries(value)) checkValue(item, element, `${where}.${key}`, say);
    return;
  }
  const text = JSON.stringify(value); // CloudFormation accepts "30" for 30 and "true" for true
  if (type === 'boolean' && !/^"?(true|false)"?$/.test(text)) say(where, 'is not a boolean');
  if (/^(integer|number)$/.test(type) && !/^"?-?\d+(\.\d+)?"?$/.test(text)) say(where, 'is not a number');
  if (type === 'string' && typeof value === 'object') say(where, 'is not a string');
}

function checkReferences({ Resources, Parameters = {}, Outputs = {} }: Template, say: Say): void {
  const waitsFor = new Map<string, Set<string>>();

  const reference = (where: string, name: string, attribute?: string) => {
    if (name.startsWith('AWS::') || (attribute === undefined && name in Parameters)) return;
    const from = where.split('.')[0] ?? where;
    waitsFor.set(from, (waitsFor.get(from) ?? new Set()).add(name));
    const resource = Resources[name];
    if (!resource) return say(where, `names no resource: ${name}`);
    const specification = attribute === undefined ? undefined : describe(resource.Type);
    if (attribute === undefined || !specification) return;
    if (!(attribute in specification.attributes) && !(attribute in specification.properties)) {
      say(where, `${resource.Type} has no attribute ${attribute}`);
    }
  };

  const visitText = (text: string, variables: Fields, where: string) => {
    for (const [, name = ''] of text.matchAll(/\$\{([^!}]+)\}/g)) {
      const [id = '', ...attribute] = name.split('.');
      if (!(name in variables)) reference(where, id, attribute.length > 0 ? attribute.join('.') : undefined);
    }
  };

  const visit = (value: unknown, where: string): void => {
    if (Array.isArray(value)) return value.forEach((item, index) => visit(item, `${where}.${index}`));
    if (!isObject(value)) return;
    for (const [key, item] of Object.entries(value)) {
      if (key === 'Ref' && typeof item === 'string') reference(where, item);
      else if (key === 'Fn::GetAtt') {
        const [id = '', ...attribute] = (Array.isArray(item) ? item : String(item).split('.')) as string[];
        reference(where, id, attribute.join('.'));
      } else if (key === 'Fn::Sub') {
        const [text, variables = {}] = (Array.isArray(item) ? item : [item]) as [string, Fields?];
        visitText(text, variables, where);
        visit(variables, where);
      } else visit(item, `${where}.${key}`);
    }
  };

  for (const [id, { Properties = {}, DependsOn = [] }] of Object.entries(Resources)) {
    visit(Properties, id);
    for (const name of [DependsOn].flat()) reference(`${id}.DependsOn`, name);
  }
  const waiting = [...waitsFor.keys()];
  visit(Outputs, 'Outputs');

  const follow = (id: string, path: string[]): void => {
    if (path.includes(id)) return id === path[0] ? say(id, `circular: ${[...path, id].join(' > ')}`) : undefined;
    for (const next of waitsFor.get(id) ?? []) follow(next, [...path, id]);
  };
  for (const id of waiting) follow(id, []);
}
