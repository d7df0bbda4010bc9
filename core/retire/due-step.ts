import { isRevoked } from '../channel/revocation.ts';
import { durationOf, secondsOf } from '../duration.ts';
import type { Retire } from '../recipe/types.ts';
import {
  isDeprecated,
  isWantedBack,
  presentAmis,
  retireSteps,
  saysAmi,
  stateOfBuild,
  timeOfBuild,
  type RetiredState,
  type RetireStep,
  type RetiringBuild,
} from './retiring.ts';

/** What becomes of an image in a run: one step, or it stays. Both with the reason. */
export type RetireVerdict = { step: RetireStep; reason: string } | { step?: never; reason: string };

const day = 86_400;
/** The grace of an image that came to its state otherwise than by its recipe, such as by a revoke. */
const strangeGrace = 7 * day;

const stepOf: Record<Exclude<RetiredState, 'gone'>, RetireStep | undefined> = {
  active: undefined,
  deprecated: 'deprecate',
  disabled: 'disable',
};

const keyOf = (step: RetireStep) => `${step}After` as const;
const saysDate = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** Why nobody may touch a build at any age. */
function untouchable(build: RetiringBuild): string | undefined {
  const { published, busy, revocation, unseen } = build;
  if (unseen.length > 0) return `not all of it could be looked at: ${unseen.join('; ')}`;
  if (busy !== undefined) return `${busy} is at work on it`;
  if (published === undefined) return 'its build has no record here: another deployment made it';
  if (!published) return 'no build has published it: the sweep decides about it';
  if (isWantedBack(revocation))
    return `${revocation?.restoredBy ?? 'somebody'} restored it; only golden deregister retires it again`;
  const odd = presentAmis(build).find(({ state }) => state !== 'available' && state !== 'disabled');
  if (odd) return `${saysAmi(odd)} is ${odd.state}`;
  const strange = isRevoked(revocation) ? undefined : build.amis.find(({ state }) => state === 'disabled');
  return strange && `${saysAmi(strange)} was disabled by hand; enable it, or use golden deregister`;
}

/** When an image came to its state, in milliseconds. */
function since(build: RetiringBuild, state: RetiredState, now: Date): number {
  if (state === 'disabled') return Date.parse(build.revocation?.at ?? now.toISOString());
  const dates = presentAmis(build).filter((one) => one.state !== 'disabled' && isDeprecated(one, now));
  return Math.max(...dates.map(({ deprecatedAt }) => Date.parse(deprecatedAt ?? '')));
}

/**
 * The step that is due for an image, by its age and by the time since its last step. An image that is older than all ages still
 * takes one step after another: between two steps lies the time that lies between their ages. Uses, and channels that hold the
 * image, are judged elsewhere.
 */
export function dueStep(build: RetiringBuild, policy: Retire, now: Date): RetireVerdict {
  const state = stateOfBuild(build, now);
  if (state === 'gone') return { reason: 'it is deregistered everywhere' };
  const why = untouchable(build);
  if (why !== undefined) return { reason: why };
  const last = stepOf[state];
  const step = retireSteps
    .slice(last === undefined ? 0 : retireSteps.indexOf(last) + 1)
    .find((one) => policy[keyOf(one)] !== undefined);
  const after = step && policy[keyOf(step)];
  if (step === undefined || after === undefined)
    return { reason: `it is ${state}, and its recipe asks for no further step` };
  const age = (now.getTime() - timeOfBuild(build.build)) / 1000;
  const byAge = timeOfBuild(build.build) + secondsOf(after) * 1000;
  const lastAfter = last && policy[keyOf(last)];
  const grace = lastAfter === undefined ? strangeGrace : secondsOf(after) - secondsOf(lastAfter);
  const byGrace = last === undefined ? byAge : since(build, state, now) + grace * 1000;
  const due = Math.max(byAge, byGrace);
  if (due <= now.getTime())
    return { step, reason: `it is ${durationOf(Math.floor(age / day) * day)} old, and ${keyOf(step)} is ${after}` };
  const because = byGrace > byAge ? `${durationOf(grace)} after it was ${state}` : `${keyOf(step)} is ${after}`;
  return { reason: `${step} is due on ${saysDate(due)}: ${because}` };
}
