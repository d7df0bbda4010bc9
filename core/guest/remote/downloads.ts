import type { Plan } from '../../build/plan.ts';

/** The objects of the bucket that the instances of a build download, by digest, with the names of the steps and checks. */
export function downloadsOf({ provision, checks }: Pick<Plan, 'provision' | 'checks'>): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { object, name } of [...provision, ...checks])
    if (object !== undefined) found.set(object, [...(found.get(object) ?? []), name]);
  return found;
}
