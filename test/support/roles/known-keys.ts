// The condition keys that AWS fills in when it checks an action on a resource: only those of its own table. A key that is not in
// AWS's table must not decide anything.
import { declaredFunctions, impliedBy } from '../../../infrastructure/roles/declared.ts';
import { general, kindsOf } from './check-policies.ts';
import type { Ask } from './iam.ts';

const known = (keys: string[]): ReadonlySet<string> => new Set(keys.map((key) => general(key).toLowerCase()));

const actions = new Set(declaredFunctions.flatMap(impliedBy));
const tables = new Map(
  await Promise.all(
    [...actions].map(async (action) => {
      const [prefix = '', name = ''] = action.split(':');
      const { kinds, conditionKeys } = await kindsOf(prefix, name);
      const ofKinds = kinds.map(({ matches, conditionKeys: own }) => ({ matches, keys: known(own) }));
      return [action, { kinds: ofKinds, keys: known(conditionKeys) }] as const;
    }),
  ),
);

const written = new Map<string, string>();
/** A key of a request as the tables write it. Thousands of requests have the same few keys. */
function asInTables(key: string): string {
  const before = written.get(key);
  if (before !== undefined) return before;
  const now = general(key).toLowerCase();
  written.set(key, now);
  return now;
}

/** The same check with only the values that AWS has at that time. */
export function asAwsAsks(ask: Ask): Ask {
  const table = tables.get(ask.action);
  if (!table) return ask; // no role allows it
  const kind = table.kinds.find(({ matches }) => matches(ask.resource));
  const context: Ask['context'] = {};
  for (const [key, value] of Object.entries(ask.context)) {
    const name = asInTables(key);
    if (key === 'aws:CalledVia' || table.keys.has(name) || kind?.keys.has(name)) context[key] = value;
  }
  return { ...ask, context };
}
