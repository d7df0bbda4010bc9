import { sha256 } from '../digest.ts';
import type { Decision } from '../start/start-decision.ts';

/**
 * The decision on a recipe with variants, from those on each of them. One variant that has a reason to be built starts all, because
 * they are published together, and the others then find that they are up to date. A variant that must not be built now keeps all back.
 * The names of the execution come from those of the variants that have a reason, so that two events at once start only one build.
 */
export function decideTogether(whole: string, decisions: Decision[]): Decision {
  const obstacle = decisions.find(({ skip }) => skip !== undefined && skip !== 'unchanged');
  if (obstacle) return obstacle;
  const starts = decisions.flatMap(({ start }) => start ?? []);
  const [first] = starts;
  if (!first) {
    const because = decisions.map(({ because: why = '' }) => why).join('; ');
    return { skip: 'unchanged', because };
  }
  const names = first.names.map((_, spare) => {
    const all = starts.map((one) => one.names[spare]).join('\n');
    return `${whole}-${sha256(all).slice(0, 12)}-${spare}`;
  });
  return { start: { names, input: { ...first.input, recipe: whole } } };
}
