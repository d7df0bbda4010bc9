import { secondsOf } from '../duration.ts';
import type { Plan } from '../build/plan.ts';
import { heldTag, type Role } from '../tags.ts';
import type { Thing } from './things.ts';

/** The instance of a failed build that stays for a person to look at. */
export interface HeldInstance {
  instance: string;
  region: string;
  role: Exclude<Role, 'image'>;
  /** When it ends itself. ISO 8601. */
  until: string;
}

/** The held instance of a failed build, and the step or check that failed on it. No step: the instance did not boot well. */
export interface HeldAtStep extends HeldInstance {
  step?: string | undefined;
}

/** `held.json` of a build. */
export interface Hold extends HeldInstance {
  /** The execution that failed. */
  execution: string;
  /** The security groups of its network interfaces before it was isolated, which a retry gives back. Absent where it kept them. */
  groups?: Record<string, string[]>;
}

/** The execution that is undone, the one that undoes it (`as`), and the error that the first failed with. */
export interface FailedExecution {
  id: string;
  as: string;
  error?: string | undefined;
}

/** A hold as the manifest has it. */
export const onlyHeld = ({ instance, region, role, until }: HeldInstance): HeldInstance => ({
  instance,
  region,
  role,
  until,
});

/** The error by which clean-up-build is asked to end a hold early. */
export const released = 'RELEASED';

const defaultHold = '1h';
/** A retry needs this long to reach the instance before it ends. */
const marginSeconds = 120;

/** What went wrong on an instance. Other failures leave nothing to see there. */
const onInstances = new Set(['ProvisionFailed', 'CheckFailed', 'BuilderFailed', 'CommandNotStarted']);

/** Seconds for which a recipe holds an instance of a failed build. 0: it holds none. */
export const holdSeconds = ({ document: { onFailure, holdFor = defaultHold } }: Pick<Plan, 'document'>): number =>
  onFailure === 'hold' ? secondsOf(holdFor) : 0;

/**
 * The instance to hold after a failure: the running candidate, else the running builder. Undefined if the recipe holds none, the
 * failure is not one of an instance, or none runs.
 */
export function holdOf(
  plan: Plan,
  { error, execution }: { error: string; execution: string },
  instances: Thing[],
  now: Date,
): Hold | undefined {
  const seconds = holdSeconds(plan);
  if (seconds === 0 || !onInstances.has(error)) return undefined;
  const running = (role: HeldInstance['role']) =>
    instances.find(({ state, tags }) => state === 'running' && tags['golden:role'] === role);
  const found = running('candidate') ?? running('builder');
  if (!found) return undefined;
  const until = new Date(now.getTime() + seconds * 1000).toISOString();
  const role = found.tags['golden:role'] as HeldInstance['role'];
  return { instance: found.id, region: found.region, role, until, execution };
}

/** The things of a hold that do not carry its end yet. */
export const unmarkedOf = (held: Hold, things: Thing[]): string[] =>
  things.filter((thing) => isOfHold(held, thing) && thing.tags[heldTag] !== held.until).map(({ id }) => id);

/** Whether an instance is held at this time. */
export const isHeld = ({ until }: Pick<Hold, 'until'>, now: Date): boolean => now < new Date(until);

/** Whether there is time to go on with an instance before its hold ends. */
export const canGoOn = (held: Pick<Hold, 'until'>, now: Date): boolean =>
  isHeld(held, new Date(now.getTime() + marginSeconds * 1000));

/** Whether a thing is the held instance or one of its volumes, which go with it. */
export const isOfHold = (held: Pick<Hold, 'instance'> | undefined, { id, instance }: Thing): boolean =>
  held !== undefined && (id === held.instance || instance === held.instance);
