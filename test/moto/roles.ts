import { declaredFunctions, impliedBy } from '../../infrastructure/roles/declared.ts';
import type { Lab } from './lab.ts';

/** The calls that functions made on moto without a permission of their roles. */
export function refusedCalls({ layer }: Lab): string[] {
  const allowed = new Map(declaredFunctions.map((one) => [one.key, impliedBy(one)]));
  return [...layer.seen].flatMap(([key, actions]) =>
    [...actions].filter((action) => !allowed.get(key)?.includes(action)).map((action) => `${key}: ${action}`),
  );
}
