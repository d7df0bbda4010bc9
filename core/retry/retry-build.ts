import type { Manifest } from '../build/manifest.ts';
import type { Plan } from '../build/plan.ts';
import type { Command } from '../guest/command.ts';
import { selfDestructSeconds } from '../guest/self-destruct.ts';
import { stepsOf, stopHoldTimer } from '../undo/hold-timer.ts';
import { canGoOn, type HeldAtStep, type HeldInstance } from '../undo/hold.ts';
import type { Problem } from '../recipe/problems.ts';
import { replanned, replanProblems } from './replan.ts';

/** The instance of a failed build that a new start can go on with. */
export function heldFor(manifest: Manifest | undefined, now: Date): HeldAtStep | undefined {
  const { held, step } = (manifest?.status === 'failed' && manifest.failure) || {};
  return held && canGoOn(held, now) ? { ...held, step } : undefined;
}

const commandsOf = (plan: Plan, { role }: HeldInstance): Command[] =>
  role === 'builder' ? plan.provision : plan.checks;

/** The position of a step by its name. The first step where no name is given. */
const positionOf = (commands: Command[], name: string | undefined): number =>
  name === undefined ? 0 : commands.findIndex((command) => command.name === name);

/** The step at which a start goes on, and what the recipe would make of the build now, if the start asks for that. */
export interface Retry {
  from?: string | undefined;
  next?: Plan | undefined;
}

/** Why a start cannot go on with a held instance. */
export function retryProblems(
  plan: Plan | undefined,
  held: HeldAtStep | undefined,
  { from, next, replan }: Retry & { replan: boolean },
  inlineRecipes: boolean,
): Problem[] {
  if (!plan || !held) {
    const message =
      'goes with a build whose instance is held: its recipe has onFailure: hold, and the hold is not over';
    const asked = [...(from === undefined ? [] : ['from']), ...(replan ? ['replan'] : [])];
    return asked.map((key) => ({ path: [key], message }));
  }
  if (!inlineRecipes) {
    const message = `${plan.build} would go on with an instance that a person could change, and this deployment builds only the recipes that it was deployed with (inlineRecipes is off); start the recipe without "build"`;
    return [{ path: ['build'], message }];
  }
  const other = next ? replanProblems(plan, next, held, from) : [];
  if (from === undefined) return other;
  const commands = commandsOf(plan, held);
  const last = positionOf(commands, held.step);
  const possible = stepsOf(commands.slice(0, last + 1)).map(({ name }) => name);
  if (possible.includes(from)) return other;
  const message = `${from} is no step that the ${held.role} has reached: name one of ${possible.join(', ')}`;
  return [{ path: ['from'], message }];
}

/**
 * The plan of a retry: the steps before `from` count as done, and the others are sent anew, after a command that ends the hold.
 * The number of the retry tells them from commands that were sent before: see commandComment. With `next` they are its steps.
 */
export function retriedPlan(plan: Plan, held: HeldAtStep, { from, next }: Retry): Plan {
  const planned = next ? replanned(plan, next) : plan;
  const commands = commandsOf(plan, held);
  const step = from ?? held.step;
  const at = Math.max(0, positionOf(commands, step));
  const retry = Math.max(0, ...commands.map(({ retry: earlier = 0 }) => earlier)) + 1;
  const before = commands.slice(0, at);
  const done = stepsOf(before).length;
  const anew = [
    stopHoldTimer(at, retry, plan.source.windows, selfDestructSeconds(planned, held.role)),
    ...stepsOf(commandsOf(next ?? plan, held)).slice(done),
  ];
  const renumbered = [...before, ...anew.map((command, place) => ({ ...command, index: at + place, retry }))];
  const note = `${step === undefined ? 'everything' : `"${step}" and what follows`} was tried again on the held ${held.role} ${held.instance}, which a person may have changed${next && next.recipeDigest !== plan.recipeDigest ? `, with a recipe that was changed since the build began (${plan.recipeDigest.slice(0, 12)}, now ${next.recipeDigest.slice(0, 12)})` : ''}`;
  return {
    ...planned,
    ...(held.role === 'builder' ? { provision: renumbered } : { checks: renumbered }),
    notes: [...new Set([...(plan.notes ?? []), ...(next?.notes ?? []), note])],
  };
}
