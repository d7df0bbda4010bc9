import { boundedParameters } from './document-timeout.ts';
import { secondsOf } from '../duration.ts';
import { isPowerShell, powerShell, shell, textOfStep } from './remote/step-script.ts';
import { skippedBecause, type GuestSystem } from '../recipe/steps/surroundings.ts';
import { triesOf, delayOf } from '../recipe/steps/attempts.ts';
import type { Check, Step } from '../recipe/types.ts';
import { sanitizeWindows } from './sanitize-windows.ts';
import { sanitizeLinux } from './sanitize.ts';
import type { StepPlace } from './remote/run-component.ts';
import { carriedStep } from './remote/carried-step.ts';

/** One SSM command of a build: a provisioning step or a check. */
export interface Command {
  index: number;
  /** The retry on a held instance that planned it, from 1. Absent: it was planned with its build. */
  retry?: number;
  name: string;
  document: string;
  version?: string;
  parameters: Record<string, string[]>;
  /** Digest of the object that the instance downloads from the artifact bucket first: see remote/. */
  object?: string;
  /** Limit of its run in seconds. The SSM agent counts from the start of the run. */
  timeoutSeconds: number;
  /** How often it is tried while it fails. Absent: once. */
  attempts?: number;
  /** Seconds between two attempts. */
  delaySeconds?: number;
  /** The build goes on after its last attempt has failed. */
  goesOn?: true;
  /** The command shuts its instance down, so SSM may never report its end. The stopped instance is the sign of success. */
  shutsDown?: true;
}

/** Seconds within which a command must reach the agent. The instance may be booting again after a reboot. */
export const deliverySeconds = 600;

/**
 * Comment of an SSM command, at most 100 characters. It is the identity of the command: SendCommand has no idempotency token, so
 * we find a command again by its comment. Each attempt at a step has a comment of its own. A retry on a held instance may plan
 * another command with the same index and name, so the number of the retry is in the comment, too. No two retries of a build
 * have the same number.
 */
export const commandComment = (
  build: string,
  phase: 'provision' | 'check',
  { index, name, retry }: Pick<Command, 'index' | 'name' | 'retry'>,
  attempt = 1,
): string =>
  `${build}/${phase}/${retry === undefined ? '' : `retry-${retry}/`}${index}${attempt > 1 ? `/${attempt}` : ''} ${name}`.slice(
    0,
    100,
  );

// Exit code 194 (Windows: 3010) makes the SSM agent reboot the instance and run the whole script again.
const rebootLinux = (mark: string) =>
  `#!/bin/bash\nif [ -e /var/lib/${mark} ]; then rm -f /var/lib/${mark}; exit 0; fi\ntouch /var/lib/${mark}\nexit 194`;
const rebootWindows = (mark: string) =>
  `$mark = "$env:ProgramData\\${mark}"\nif (Test-Path $mark) { Remove-Item $mark; exit 0 }\nNew-Item $mark | Out-Null\nexit 3010`;

const kinds = ['run', 'script', 'powershell', 'files', 'ansible', 'component', 'document', 'reboot'] as const;
export const nameOfStep = (step: Step, index: number) =>
  step.name ?? step.document ?? `${kinds.find((kind) => step[kind] !== undefined)}-${index + 1}`;

function content(
  step: Step & Pick<GuestSystem, 'region' | 'namedDisks'>,
  index: number,
  build: string,
  place: StepPlace,
  scripts: Record<string, string>,
) {
  const seconds = secondsOf(step.timeout);
  const text = textOfStep(step, scripts);
  if (text !== undefined) return isPowerShell(step) ? powerShell(text, seconds, step) : shell(text, seconds, step);
  const carried = carriedStep(step, seconds, scripts, place);
  if (carried) return carried;
  if (step.document !== undefined) {
    return {
      document: step.document,
      ...(step.version && { version: step.version }),
      parameters: boundedParameters(step.document, step.parameters ?? {}, seconds),
    };
  }
  const mark = `golden-reboot-${build}-${index}`;
  return place.windows ? powerShell(rebootWindows(mark), seconds) : shell(rebootLinux(mark), seconds);
}

/**
 * AWS's document that generalizes Windows. EC2 Image Builder uses the same one. It supports EC2Launch v1 (Windows Server 2016 and
 * 2019) and v2. Run Command runs scripts as Local System, and Microsoft does not support Sysprep under that account: signing in
 * to a Windows Server 2025 made that way shows a black screen. The document runs Sysprep as the built-in Administrator. The limit
 * of an hour is Image Builder's, too.
 */
const generalize = { name: 'generalize', document: 'AWSEC2-RunSysprep', parameters: {}, timeoutSeconds: 3600 };

/** The commands of the steps that apply to a system. A step without a name is called after its place in the recipe. */
function commandsOf(
  list: StepPlace['list'],
  steps: Step[],
  build: string,
  system: GuestSystem,
  scripts: Record<string, string>,
): Command[] {
  const { region, namedDisks } = system;
  const around = { ...(region !== undefined && { region }), ...(namedDisks && { namedDisks }) };
  const named = steps.map((step, at) => ({ step, name: nameOfStep(step, at) }));
  return named
    .filter(({ step }) => skippedBecause(step, system) === undefined)
    .map(({ step, name }, index) => ({
      index,
      name,
      ...content({ ...step, ...around }, index, build, { list, windows: system.windows }, scripts),
      timeoutSeconds: secondsOf(step.timeout),
      ...(triesOf(step) > 1 && { attempts: triesOf(step), delaySeconds: delayOf(step) }),
      ...(step.onFailure === 'continue' && { goesOn: true as const }),
    }));
}

/** The name of the pipeline's own last step. Its output has the inventory. */
export const sanitizeName = 'sanitize';

/** The commands that turn a builder into the recipe's image. The last ones remove everything that must not be in an image. */
export function provisionCommands(
  steps: Step[],
  build: string,
  system: GuestSystem,
  scripts: Record<string, string>,
  allowFiles: string[] = [],
): Command[] {
  const { windows } = system;
  const commands = commandsOf('provision', steps, build, system, scripts);
  const sanitize = windows ? powerShell(sanitizeWindows(allowFiles), 1800) : shell(sanitizeLinux(allowFiles), 1800);
  const last = { index: commands.length, name: sanitizeName, ...sanitize, timeoutSeconds: 1800 };
  return [
    ...commands,
    last,
    ...(windows ? [{ ...generalize, index: commands.length + 1, shutsDown: true as const }] : []),
  ];
}

/** The checks that run on a candidate. */
export const checkCommands = (
  checks: Check[],
  build: string,
  system: GuestSystem,
  scripts: Record<string, string>,
): Command[] => commandsOf('checks', checks, build, system, scripts);

/** Why an image of Windows cannot be captured while it runs. */
export const stopsForSysprep = 'must be stopped for Windows: Sysprep, the last step, shuts the builder down';
