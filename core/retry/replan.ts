import { canonical } from '../build/content-digest.ts';
import { planBuild, type Plan } from '../build/plan.ts';
import type { DeploymentSettings } from '../deployment/deployment-settings.ts';
import { nameOfStep, type Command } from '../guest/command.ts';
import { isMap } from '../is-map.ts';
import type { Path, Problem } from '../recipe/recipe.ts';
import type { Catalog } from '../recipe/types.ts';
import { stepsOf } from '../undo/hold-timer.ts';
import type { HeldAtStep } from '../undo/hold.ts';
import type { Requested } from '../start/execution-input.ts';

/** What a recipe would make now of a build that was planned before: from the same source image, in the same network. */
export function planAgain(
  plan: Plan,
  requested: Requested,
  around: { catalog: Catalog; deployment: string; settings: DeploymentSettings },
): Plan {
  const { instanceProfile, subnets, securityGroups } = plan.document.builder;
  return planBuild({
    ...requested,
    ...around,
    settings: { ...around.settings, instanceProfile, subnets, securityGroups },
    execution: { id: plan.execution, startedAt: plan.startedAt },
    source: plan.source,
  });
}

/** Steps may differ from the one on at which the builder goes on. The other keys matter only later. */
const mayDiffer = new Set<Path[number] | undefined>('provision checks publish onFailure holdFor triggers'.split(' '));

/** The paths at which two values differ, as short as they are for a map that only one has. */
function differences(one: unknown, other: unknown, path: Path = []): Path[] {
  if (canonical(one ?? null) === canonical(other ?? null)) return [];
  if (!isMap(one) || !isMap(other)) return [path];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key) =>
    differences(one[key], other[key], [...path, key]),
  );
}

const contentOf = (command: Command): string => canonical({ ...command, index: 0, retry: 0 });

/** Why a build cannot go on with a changed recipe on a held instance. `next`: see planAgain. */
export function replanProblems(plan: Plan, next: Plan, held: HeldAtStep, from: string | undefined): Problem[] {
  if (held.role === 'candidate') {
    const message = `goes with a held builder. The candidate ${held.instance} runs an image that carries the digest of its recipe; start the recipe without "build"`;
    return [{ path: ['replan'], message }];
  }
  const step = from ?? held.step;
  const at = plan.provision.findIndex(({ name }) => name === step);
  const { document } = next;
  const placeOf = (name: string): Path => {
    const place = document.provision.findIndex((one, index) => nameOfStep(one, index) === name);
    return place < 0 ? ['provision'] : ['provision', place];
  };
  const earlier = stepsOf(plan.provision.slice(0, Math.max(0, at))).flatMap((command, index): Problem[] => {
    const other = next.provision[index];
    if (other && contentOf(other) === contentOf(command)) return [];
    const message = `is not what ran as "${command.name}" on the held builder ${held.instance}, and the build goes on at "${step}"; go on with --from "${command.name}", or start without "build"`;
    return [{ path: placeOf(command.name), message }];
  });
  const problems = differences(plan.document, document)
    .filter(([key]) => !mayDiffer.has(key))
    .map((path) => {
      const message = `differs from the plan of ${plan.build}, and a retry takes only other steps, checks and publish; start without "build"`;
      return { path, message };
    });
  if (plan.secretsProfile !== next.secretsProfile) {
    const message = `names secrets where the plan of ${plan.build} names none, or none any more, and ${held.instance} keeps the role of its launch; start without "build"`;
    problems.push({ path: ['provision'], message });
  }
  return [...problems, ...earlier];
}

/**
 * The plan of a build that goes on with another recipe: what the recipe decides is that of `next`. Only `onFailure` stays, so
 * that an instance that was held is held after the next failure, too.
 */
export function replanned(plan: Plan, next: Plan): Plan {
  const { origin: _origin, channel: _channel, parameters: _parameters, skipped: _skipped, ...kept } = plan;
  const { onFailure } = plan.document;
  return { ...kept, ...next, document: { ...next.document, onFailure } };
}
