import type { Plan } from '../../core/build/plan.ts';
import { lentTo } from '../../core/addition/copies.ts';
import type { Place } from '../../core/distribute/place.ts';
import type { Connection } from '../connection.ts';
import { isRunning } from '../executions/executions.ts';

/** The accounts that use an image only until a running distribution has made their copies. */
export async function lentAccounts(aws: Connection, plan: Plan | undefined, place: Place): Promise<string[]> {
  const { addition, added = [] } = plan ?? {};
  const lent = addition ? lentTo(addition, place) : [];
  if (!addition || lent.length === 0 || added.some(({ execution }) => execution === addition.execution)) return [];
  return (await isRunning(aws, addition.execution)) ? lent : [];
}
