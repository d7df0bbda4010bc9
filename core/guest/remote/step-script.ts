import { sha256 } from '../../digest.ts';
import type { Surrounded } from '../steps/surroundings.ts';
import type { Step } from '../../recipe/types.ts';
import {
  areSent,
  fetchedPowerShell,
  fetchedShell,
  packedPowerShell,
  packedShell,
  powerShellText,
} from '../packed-script.ts';
import { powerShellLine, remoteCommand, shellLine } from './remote-command.ts';

// The scripts of steps, and the commands that run them.

/** A script goes with the command, or through the bucket where it is too large for that. */
export function shell(text: string, seconds: number, around?: Surrounded) {
  const commands = packedShell(text, around);
  if (areSent(commands))
    return { document: 'AWS-RunShellScript', parameters: { commands, executionTimeout: [String(seconds)] } };
  const digest = sha256(text);
  return remoteCommand(digest, shellLine(fetchedShell(digest, around).join('\n')), seconds);
}

export function powerShell(text: string, seconds: number, around?: Surrounded) {
  const commands = packedPowerShell(text, around);
  if (areSent(commands))
    return { document: 'AWS-RunPowerShellScript', parameters: { commands, executionTimeout: [String(seconds)] } };
  const digest = sha256(text);
  return remoteCommand(digest, powerShellLine(fetchedPowerShell(digest, around).join('\n')), seconds);
}

// The first line of a script names its shell. A text without that line runs in bash, since not every sh has pipefail.
const strictBash = (text: string) => `#!/bin/bash\nset -euo pipefail\n${text}`;
const ownShebang = (text: string) => (text.startsWith('#!') ? text : `#!/bin/bash\n${text}`);

export const isPowerShell = ({ powershell, script }: Step): boolean =>
  powershell !== undefined || script?.endsWith('.ps1') === true;

/** The script that an instance runs for a step, as it arrives there. Undefined for a step of another kind. */
export function textOfStep(step: Step, scripts: Record<string, string>): string | undefined {
  if (step.run !== undefined) return strictBash(step.run);
  const text = step.powershell ?? (step.script === undefined ? undefined : (scripts[step.script] ?? ''));
  if (text === undefined) return undefined;
  return isPowerShell(step) ? powerShellText(text) : ownShebang(text);
}
