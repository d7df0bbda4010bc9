import { Failure, type FailureName } from '../errors.ts';
import type { Attempt } from './steps/attempts.ts';
import { commandGoesOn, neverBegan, type CommandState } from './steps/command-state.ts';
import { isDown, refuseDead, type InstanceDescription } from '../launch/instance-state.ts';

/** A command that is looked at: the step's name, its ids, and whether it shuts its instance down. */
export interface LookedAt {
  command: string;
  name: string;
  instance: string;
  region: string;
  shutsDown: boolean;
  /** Absent where the command is tried once. */
  attempt?: Attempt | undefined;
}

export type CommandFailure = Extract<FailureName, 'ProvisionFailed' | 'CheckFailed'>;

/** The answer of a look at a command. `failed` is the beginning of the message; the end of the output follows. */
type CommandVerdict = { done: { command: string } } | { waiting: string } | { failed: string };

const nameOf = ({ command, name, instance, region, attempt }: LookedAt): string =>
  `"${name}" (${attempt && attempt.of > 1 ? `attempt ${attempt.number} of ${attempt.of}, ` : ''}command ${command}) on ${instance} in ${region}`;

/**
 * What SSM alone says of a command. Undefined if EC2 must be asked whether the instance lives: after an instance has ended, SSM shows
 * its command as running for as long as the command might take.
 * @param last Whether it is the last look of a call. Only then is EC2 asked about a command under way.
 */
export function judgeBySsm(
  looked: LookedAt,
  state: CommandState | undefined,
  last: boolean,
): Exclude<CommandVerdict, { failed: string }> | undefined {
  if (!state) return { waiting: `${nameOf(looked)} is not known to SSM yet` };
  if (state.status === 'Success') return { done: { command: looked.command } };
  return commandGoesOn(state) && !last && !looked.shutsDown
    ? { waiting: `${nameOf(looked)} is ${state.details}` }
    : undefined;
}

/**
 * Decides on a command that has not ended well so far, with what EC2 says of its instance. A command that shuts its instance down
 * is done when the instance is stopped.
 * @throws BuilderFailed if the instance has ended, CommandNotStarted if the command never reached it, the named failure if the
 * instance was stopped under it.
 */
export function judgeCommand(
  looked: LookedAt,
  state: CommandState,
  instance: InstanceDescription | undefined,
  failure: CommandFailure,
): CommandVerdict {
  const what = nameOf(looked);
  if (instance) refuseDead(looked.region, instance);
  if (instance && isDown(instance.state)) {
    if (looked.shutsDown) return { done: { command: looked.command } };
    throw new Failure(
      failure,
      `${what} was under way when the instance was stopped (${instance.reason ?? 'EC2 gives no reason'}): it cannot end; start the build again`,
    );
  }
  if (commandGoesOn(state)) return { waiting: `${what} is ${state.details}` };
  if (neverBegan(state))
    throw new Failure('CommandNotStarted', `${what} is ${state.details}: it never reached the instance`);
  const gaveUp = /^Execution ?Timed ?Out/.test(state.details)
    ? '; SSM stopped it when the time its document allows was over'
    : '';
  const exit = (state.exitCode ?? -1) >= 0 ? `, exit code ${state.exitCode}` : '';
  return { failed: `${what}: ${state.details || state.status}${exit}${gaveUp}` };
}
