// The condition keys that AWS fills in when it checks an action on a resource: only those of its own table. A key that is not in
// AWS's table must not decide anything.
import { declaredFunctions, impliedBy } from '../../../infrastructure/roles/declared.ts';
import { general, kindsOf } from './check-policies.ts';
import type { Ask } from './iam.ts';

const actions = new Set(declaredFunctions.flatMap(impliedBy));
const tables = new Map(
  await Promise.all(
    [...actions].map(async (action) => {
      const [prefix = '', name = ''] = action.split(':');
      return [action, await kindsOf(prefix, name)] as const;
    }),
  ),
);

/** The same check with only the values that AWS has at that time. */
export function asAwsAsks(ask: Ask): Ask {
  const table = tables.get(ask.action);
  if (!table) return ask; // no role allows it
  const kind = table.kinds.find(({ matches }) => matches(ask.resource));
  const keys = new Set(
    [...table.conditionKeys, ...(kind?.conditionKeys ?? [])].map((key) => general(key).toLowerCase()),
  );
  const context = Object.entries(ask.context).filter(([key]) => keys.has(general(key).toLowerCase()));
  return { ...ask, context: Object.fromEntries(context) };
}
