import type { ChoiceRule, Json } from '../definition.ts';
import { RuntimeFailure } from '../errors.ts';
import { readPath, tryRead, type ExpressionInput } from './expression.ts';

type Compare = (value: Json, wanted: Json) => boolean;

const string = (test: (a: string, b: string) => boolean): Compare => {
  return (a, b) => typeof a === 'string' && typeof b === 'string' && test(a, b);
};
const numeric = (test: (a: number, b: number) => boolean): Compare => {
  return (a, b) => typeof a === 'number' && typeof b === 'number' && test(a, b);
};
const timestamp = (test: (a: number, b: number) => boolean): Compare => {
  return (a, b) => {
    const [one, two] = [instant(a), instant(b)];
    return one !== undefined && two !== undefined && test(one, two);
  };
};

/** Comparisons with a value. Each but StringMatches has a `Path` variant. A value of another type does not match. */
const comparisons: Record<string, Compare> = {
  StringEquals: string((a, b) => a === b),
  StringLessThan: string((a, b) => a < b),
  StringGreaterThan: string((a, b) => a > b),
  StringLessThanEquals: string((a, b) => a <= b),
  StringGreaterThanEquals: string((a, b) => a >= b),
  StringMatches: string((a, b) => wildcard(b).test(a)),
  NumericEquals: numeric((a, b) => a === b),
  NumericLessThan: numeric((a, b) => a < b),
  NumericGreaterThan: numeric((a, b) => a > b),
  NumericLessThanEquals: numeric((a, b) => a <= b),
  NumericGreaterThanEquals: numeric((a, b) => a >= b),
  BooleanEquals: (a, b) => typeof a === 'boolean' && a === b,
  TimestampEquals: timestamp((a, b) => a === b),
  TimestampLessThan: timestamp((a, b) => a < b),
  TimestampGreaterThan: timestamp((a, b) => a > b),
  TimestampLessThanEquals: timestamp((a, b) => a <= b),
  TimestampGreaterThanEquals: timestamp((a, b) => a >= b),
};

/** Type tests. The rule's value says whether the test must be true. */
const typeTests: Record<string, (value: Json) => boolean> = {
  IsNull: (value) => value === null,
  IsString: (value) => typeof value === 'string',
  IsNumeric: (value) => typeof value === 'number',
  IsBoolean: (value) => typeof value === 'boolean',
  IsTimestamp: (value) => instant(value) !== undefined,
};

/** The comparison a rule uses, e.g. `NumericEqualsPath`; undefined if it names none or several. */
export function comparisonOf(rule: ChoiceRule): string | undefined {
  const names = Object.keys(rule).filter((key) => !['Variable', 'Next', 'Assign', 'Comment'].includes(key));
  const [name] = names;
  if (names.length !== 1 || name === undefined) return undefined;
  const plain = name.endsWith('Path') && name !== 'StringMatchesPath' ? name.slice(0, -4) : name;
  const known = name === 'IsPresent' || Object.hasOwn(typeTests, name) || Object.hasOwn(comparisons, plain);
  return known ? name : undefined;
}

/** The first rule that is true. */
export function choose(rules: ChoiceRule[], surroundings: ExpressionInput): ChoiceRule | undefined {
  return rules.find((rule) => holds(rule, surroundings));
}

function holds(rule: ChoiceRule, surroundings: ExpressionInput): boolean {
  if (rule.And) return rule.And.every((each) => holds(each, surroundings));
  if (rule.Or) return rule.Or.some((each) => holds(each, surroundings));
  if (rule.Not) return !holds(rule.Not, surroundings);
  const name = comparisonOf(rule)!;
  const path = rule.Variable!;
  const value = tryRead(path, surroundings);
  if (name === 'IsPresent') return (value !== undefined) === rule.IsPresent;
  if (value === undefined)
    throw new RuntimeFailure(`Invalid path '${path}': The choice state's condition path references an invalid value.`);
  if (Object.hasOwn(typeTests, name)) return typeTests[name]!(value) === rule[name];
  if (Object.hasOwn(comparisons, name)) return comparisons[name]!(value, rule[name] as Json);
  return comparisons[name.slice(0, -4)]!(value, readPath(String(rule[name]), surroundings, name));
}

/** Milliseconds of an RFC 3339 timestamp in the form of the States Language: capital T, and Z or an offset. */
export function instant(value: Json | undefined): number | undefined {
  if (typeof value !== 'string') return undefined;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value)) return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
}

function wildcard(pattern: string): RegExp {
  const source = pattern.replaceAll(/\\(.)|[\s\S]/g, (character, escaped: string | undefined) =>
    character === '*' ? '[\\s\\S]*' : (escaped ?? character).replace(/[.*+?^${}()|[\]\\/]/, '\\$&'),
  );
  return new RegExp(`^${source}$`, 'u');
}
