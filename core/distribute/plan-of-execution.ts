import type { Plan } from '../build/plan.ts';
import type { Target } from '../recipe/types.ts';
import { inPlace } from './place.ts';

/** A list of targets with others, which take the places of those that are there. */
export const withTargets = (known: Target[], more: Target[]): Target[] => [
  ...known.map((target) => inPlace(more, target) ?? target),
  ...more.filter((target) => !inPlace(known, target)),
];

/**
 * The plan as one execution of the build reads it. An execution that adds targets to a published build sees them as targets of
 * the plan. All others see what is published, whether or not that execution succeeds.
 */
export function planOfExecution({ addition, ...plan }: Plan, execution: string | undefined): Plan {
  if (addition?.execution !== execution || !addition) return addition ? { ...plan, addition } : plan;
  const { channel: _, trigger: __, ...rest } = plan;
  const { publish: ___, ...document } = plan.document;
  const { channel: into, startedAt: resumedAt, targets, further = [] } = addition;
  return {
    ...rest,
    ...(into && { channel: into.parameter }),
    document: {
      ...document,
      distribute: withTargets(document.distribute, [...targets, ...further]),
      ...(into && { publish: { channel: into.channel } }),
    },
    resumedAt,
    adds: addition,
  };
}
