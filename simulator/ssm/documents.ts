import type { Scenario } from '../scenario.ts';

/** An AWS document as far as running it goes. */
export interface Document {
  platforms: ('Linux' | 'Windows')[];
  /** Names of its parameters, the required ones with `!`; undefined: any. */
  parameters?: string[];
  /** Where its output goes below `<command>/<instance>/`. */
  output: { Linux: string; Windows: string };
  work?: 'Patch' | 'Install';
}

const shell = 'awsrunShellScript/0.awsrunShellScript';
const powershell = 'awsrunPowerShellScript/0.awsrunPowerShellScript';
const both = (path: string) => ({ Linux: path, Windows: path });
const script = ['commands!', 'workingDirectory', 'executionTimeout'];

export const documents: Record<string, Document> = {
  'AWS-RunShellScript': { platforms: ['Linux'], parameters: script, output: both(shell) },
  'AWS-RunPowerShellScript': { platforms: ['Windows'], parameters: script, output: both(powershell) },
  'AWS-ConfigureAWSPackage': {
    platforms: ['Linux', 'Windows'],
    parameters: ['action!', 'installationType', 'name!', 'version', 'additionalArguments'],
    output: both('awsconfigurePackage/configurePackage'),
    work: 'Install',
  },
  'AWS-RunPatchBaseline': {
    platforms: ['Linux', 'Windows'],
    parameters: ['Operation!', 'AssociationId', 'SnapshotId', 'InstallOverrideList', 'BaselineOverride', 'RebootOption'],
    output: { Linux: 'awsrunShellScript/PatchLinux', Windows: 'awsrunPowerShellScript/PatchWindows' },
    work: 'Patch',
  },
  'AWS-UpdateSSMAgent': {
    platforms: ['Linux', 'Windows'],
    parameters: ['version', 'allowDowngrade'],
    output: both('awsupdateSsmAgent/awsupdateSsmAgent'),
    work: 'Install',
  },
  'AWSEC2-RunSysprep': { platforms: ['Windows'], output: both(powershell) },
};

/** What a command turns out to be: how long it runs, what it prints, how it ends. */
export interface Outcome {
  kind: 'commandPatch' | 'commandInstall' | 'commandOther';
  seconds?: number | undefined;
  exitCode: number;
  stdout: string;
  stderr: string;
  status?: 'TimedOut' | 'Cancelled' | 'Undeliverable' | undefined;
  /** The script asks for a restart and to be run again (exit code 194, on Windows 3010). */
  reboots: boolean;
}

export function outcomeOf(
  document: Document,
  commands: string[],
  step: string,
  rule: Scenario['commands'][number] | undefined,
): Outcome {
  const text = commands.join('\n');
  const kind =
    document.work === 'Patch' || /upgrade|update/i.test(text)
      ? 'commandPatch'
      : document.work === 'Install' || /install/i.test(text)
        ? 'commandInstall'
        : 'commandOther';
  const exitCode = rule?.exitCode ?? 0;
  const failed = exitCode === 0 ? '' : `failed to run commands: exit status ${exitCode}`;
  return {
    kind,
    seconds: rule?.seconds,
    exitCode,
    stdout: rule?.stdout ?? (failed ? '' : `${step || 'command'}: done\n`),
    stderr: `${rule?.stderr ?? ''}${failed}`,
    status: rule?.status,
    reboots: exitCode === 0 && rule?.status === undefined && /\bexit\s+(194|3010)\b/i.test(text),
  };
}
