import type { Command } from '../command.ts';
import { hasFailed, type CommandState } from './command-state.ts';

/** An attempt at a step, as SendCommand hands it on. */
export interface Attempt {
  number: number;
  of: number;
  /**
   * What follows if the attempt has failed. `retry`: SendCommand decides, after `delay` seconds. `pass`: the build goes on, and
   * the failure is recorded. `abort`: the build fails.
   */
  ifItFails: 'retry' | 'pass' | 'abort';
  delay: number;
}

/** The only attempt at a command that is tried once, such as a check. */
export const onlyAttempt: Attempt = { number: 1, of: 1, ifItFails: 'abort', delay: 0 };

/** SendCommand records the last failure of a step with `onFailure: continue`, so an attempt passes only after that. */
export function attemptAt(
  { attempts = 1, delaySeconds = 0, goesOn }: Command,
  number: number,
  recorded = false,
): Attempt {
  const isLast = number >= attempts;
  if (!isLast) return { number, of: attempts, ifItFails: 'retry', delay: delaySeconds };
  const ifItFails = goesOn ? (recorded ? 'pass' : 'retry') : 'abort';
  return { number, of: attempts, ifItFails, delay: goesOn ? 1 : 0 };
}

/** What is to be done about a step whose attempt was sent before. */
export function afterAttempt(
  { attempts = 1, goesOn }: Command,
  number: number,
  state: CommandState | undefined,
): 'await' | 'next' | 'record' {
  if (!state || !hasFailed(state)) return 'await';
  if (number < attempts) return 'next';
  return goesOn ? 'record' : 'await';
}

/** A step that failed in all its attempts, and after which the build went on. */
export interface FailedStep {
  name: string;
  attempts: number;
  /** The last command that SSM ran for it. */
  command: string;
  /** Absent where the command ran out of time. */
  exitCode?: number;
  /** SSM's word for its end. */
  status: string;
  /** The end of its output. */
  output: string;
}

export const failedStepOf = (
  { name, attempts = 1 }: Command,
  command: string,
  { status, details, exitCode = -1 }: CommandState,
  output: string,
): FailedStep => ({
  name,
  attempts,
  command,
  ...(exitCode >= 0 && { exitCode }),
  status: details || status,
  output,
});

/** One line about a step that failed. */
export const failedStepLine = ({ name, attempts, exitCode, status }: Omit<FailedStep, 'output' | 'command'>): string =>
  `the step "${name}" failed${attempts > 1 ? ` in all its ${attempts} attempts` : ''} (${exitCode === undefined ? status : `exit code ${exitCode}`}), and the build went on, as its onFailure says`;
