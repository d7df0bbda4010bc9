/** A value, a prefix of values, or a list of values that do not match. */
type Test = string | number | boolean | null | { prefix: string } | { 'anything-but': string[] };

/** The part of EventBridge's patterns that this project's rules use: lists of values, prefixes and exceptions, nested like the event. */
export interface Pattern {
  [field: string]: Test[] | Pattern;
}

/**
 * Returns a function that tests whether an event matches. Throws for unimplemented patterns, so that no rule only seems to work.
 */
export function matcher(pattern: Pattern): (event: object) => boolean {
  const fields = Object.entries(pattern).map(([field, wanted]) => {
    if (!Array.isArray(wanted)) {
      const matches = matcher(wanted);
      return (event: object) => {
        const value: unknown = (event as Record<string, unknown>)[field];
        return typeof value === 'object' && value !== null && !Array.isArray(value) && matches(value);
      };
    }
    const tests = wanted.map((test) => testOf(field, test));
    return (event: object) => {
      // An array in the event matches if any of its members does.
      const values = [(event as Record<string, unknown>)[field]].flat();
      return values.some((value) => value !== undefined && tests.some((test) => test(value)));
    };
  });
  return (event) => fields.every((matches) => matches(event));
}

function testOf(field: string, wanted: Test): (value: unknown) => boolean {
  if (typeof wanted !== 'object' || wanted === null) return (value) => value === wanted;
  const [operator, ...others] = Object.keys(wanted);
  const among = 'anything-but' in wanted ? wanted['anything-but'] : undefined;
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-anything-but
  if (Array.isArray(among) && others.length === 0)
    return (value) => value !== undefined && !among.includes(value as string);
  const prefix = 'prefix' in wanted ? wanted.prefix : undefined;
  if (operator !== 'prefix' || others.length > 0 || typeof prefix !== 'string')
    throw new Error(`the simulator does not implement ${JSON.stringify(wanted)} in an event pattern, at ${field}`);
  return (value) => typeof value === 'string' && value.startsWith(prefix);
}
