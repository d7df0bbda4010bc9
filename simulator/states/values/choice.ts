import type { ChoiceRule } from '../definition.ts';
import { RuntimeFailure } from '../errors.ts';
import { tryRead, type ExpressionInput } from './expression.ts';

/** The first rule that is true. */
export function choose(rules: ChoiceRule[], surroundings: ExpressionInput): ChoiceRule | undefined {
  return rules.find((rule) => holds(rule, surroundings));
}

function holds({ Variable: path, IsPresent, BooleanEquals }: ChoiceRule, surroundings: ExpressionInput): boolean {
  const value = tryRead(path, surroundings);
  if (IsPresent !== undefined) return (value !== undefined) === IsPresent;
  if (value === undefined)
    throw new RuntimeFailure(`Invalid path '${path}': The choice state's condition path references an invalid value.`);
  return value === BooleanEquals; // a value of another type does not match
}
