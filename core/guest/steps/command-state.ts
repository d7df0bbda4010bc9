/** A command on an instance, as SSM describes it. */
export interface CommandState {
  /** Pending | InProgress | Delayed | Success | Cancelled | TimedOut | Failed | Cancelling */
  status: string;
  details: string;
  exitCode: number | undefined;
}

export const commandGoesOn = ({ status }: CommandState): boolean =>
  /^(Pending|InProgress|Delayed|Cancelling)$/.test(status);

/**
 * Whether the agent never got the command, so the instance has not begun it. SSM tells that by the details of the status.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html
 */
export const neverBegan = ({ details }: CommandState): boolean => /^(Rate ?Exceeded|Undeliverable)\b/.test(details);

/** Whether a command has ended badly on its instance. */
export const hasFailed = (state: CommandState): boolean =>
  state.status !== 'Success' && !commandGoesOn(state) && !neverBegan(state);
