import type { SendCommandRequest } from '@aws-sdk/client-ssm';
import { ApiError } from '../calls/actions.ts';
import type { Scenario } from '../../pipeline/scenario.ts';
import { required } from '../calls/strict.ts';

/** The properties of an AWS document that matter for running it. */
export interface Document {
  platforms: ('Linux' | 'Windows')[];
  /** Names of its parameters, required ones with `!`; undefined allows any. */
  parameters?: string[];
  /** The folder of its output below `<command>/<instance>/`. */
  output: { Linux: string; Windows: string };
  /** The parameter with its time limit in seconds; without it, the limit is 3600. */
  timeout?: string;
  work?: 'Patch' | 'Install' | 'Sysprep';
  /** The document has one step per platform, so GetCommandInvocation requires the step's name. */
  severalSteps?: true;
}

const shell = 'awsrunShellScript/0.awsrunShellScript';
const powershell = 'awsrunPowerShellScript/0.awsrunPowerShellScript';
const both = (path: string) => ({ Linux: path, Windows: path });
const script = ['commands!', 'workingDirectory', 'executionTimeout'];

const documents: Record<string, Document> = {
  'AWS-RunShellScript': {
    platforms: ['Linux'],
    parameters: script,
    timeout: 'executionTimeout',
    output: both(shell),
  },
  'AWS-RunPowerShellScript': {
    platforms: ['Windows'],
    parameters: script,
    timeout: 'executionTimeout',
    output: both(powershell),
  },
  // So does this. It has three steps: the download, and a script for each platform.
  'AWS-RunRemoteScript': {
    platforms: ['Linux', 'Windows'],
    parameters: ['sourceType!', 'sourceInfo!', 'commandLine', 'workingDirectory', 'executionTimeout'],
    timeout: 'executionTimeout',
    output: { Linux: 'awsrunShellScript/runShellScript', Windows: 'awsrunPowerShellScript/runPowerShellScript' },
    severalSteps: true,
  },
  // This follows the document's content as copied in public repositories.
  'AWS-ApplyAnsiblePlaybooks': {
    platforms: ['Linux'],
    parameters: [
      'SourceType',
      'SourceInfo',
      'InstallDependencies',
      'PlaybookFile',
      'ExtraVariables',
      'Check',
      'Verbose',
      'TimeoutSeconds',
    ],
    timeout: 'TimeoutSeconds',
    output: both('awsrunShellScript/runShellScript'),
    severalSteps: true,
  },
  'AWS-ConfigureAWSPackage': {
    platforms: ['Linux', 'Windows'],
    parameters: ['action!', 'installationType', 'name!', 'version', 'additionalArguments'],
    output: both('awsconfigurePackage/configurePackage'),
    work: 'Install',
  },
  'AWS-RunPatchBaseline': {
    platforms: ['Linux', 'Windows'],
    parameters: [
      'Operation!',
      'AssociationId',
      'SnapshotId',
      'InstallOverrideList',
      'BaselineOverride',
      'RebootOption',
    ],
    output: { Linux: 'awsrunShellScript/PatchLinux', Windows: 'awsrunPowerShellScript/PatchWindows' },
    work: 'Patch',
    severalSteps: true,
  },
  // The parameters are those that AWS-UpdateWindowsAmi passes (Automation runbook reference) and users name.
  'AWS-InstallWindowsUpdates': {
    platforms: ['Windows'],
    parameters: [
      'Action!',
      'AllowReboot',
      'IncludeKbs',
      'ExcludeKbs',
      'Categories',
      'SeverityLevels',
      'PublishedDaysOld',
    ],
    output: both(powershell),
    work: 'Patch',
  },
  'AWS-UpdateSSMAgent': {
    platforms: ['Linux', 'Windows'],
    parameters: ['version', 'allowDowngrade'],
    output: both('awsupdateSsmAgent/awsupdateSsmAgent'),
    work: 'Install',
  },
  // EC2 Image Builder sends it without parameters (user guide, workflow step action RunSysPrep). AWS-UpdateWindowsAmi passes an
  // Id to its predecessor; a second run with the same Id does nothing.
  'AWSEC2-RunSysprep': { platforms: ['Windows'], parameters: ['Id'], output: both(powershell), work: 'Sysprep' },
};

/** The document that a request names, if SSM would accept the request. */
export function documentOf(input: SendCommandRequest): Document {
  const document = documents[required(input.DocumentName, 'DocumentName', 'ValidationException')];
  if (!document) throw new ApiError('InvalidDocument', `Document with name ${input.DocumentName} does not exist.`);
  if ((input.Comment ?? '').length > 100)
    throw new ApiError('ValidationException', 'Comment may have at most 100 characters');
  const { TimeoutSeconds = 3600, Parameters = {} } = input;
  if (TimeoutSeconds < 30 || TimeoutSeconds > 2_592_000) {
    throw new ApiError('ValidationException', 'TimeoutSeconds must be between 30 and 2592000');
  }
  const names = document.parameters;
  const unknown = Object.keys(Parameters).find(
    (name) => names && !names.some((each) => each.replace('!', '') === name),
  );
  const missing = names?.find((name) => name.endsWith('!') && Parameters[name.slice(0, -1)] === undefined);
  if (unknown === undefined && missing === undefined) return document;
  throw new ApiError(
    'InvalidParameters',
    `Parameter ${unknown ?? missing?.slice(0, -1)} is ${unknown ? 'not defined in' : 'required by'} document ${input.DocumentName}`,
  );
}

/** The result of a command: its duration, its output and its exit. */
export interface CommandOutcome {
  kind: 'commandPatch' | 'commandInstall' | 'commandOther';
  seconds?: number | undefined;
  exitCode: number;
  stdout: string;
  stderr: string;
  status?: 'TimedOut' | 'Cancelled' | 'Undeliverable' | undefined;
  /** The instance stops before its agent can report the command's end to SSM. */
  powersOff?: boolean;
  /** The script asks for a restart and a second run (exit code 194, on Windows 3010). */
  reboots: boolean;
}

/** `dnf upgrade`, `apt-get update`, `full-upgrade`; not `check-update`, `update-initramfs` or a registry path. */
const patching = /(?:^|[\s;&|])(?:\w+-)?(?<!check-)(?:upgrade|update)(?=\s|;|$)/im;

/** What a script runs with. */
interface GuestScript {
  text: string;
  environment: Record<string, string>;
  /** The packages, if it prints them. */
  inventory: string;
}

/** The values of the variables that a script prints: lines `printenv NAME`, or `Write-Output $env:NAME`. */
const printedVariables = ({ text, environment }: GuestScript): string =>
  [...text.matchAll(/^\uFEFF?(?:printenv |Write-Output \$env:)(\w+)\r?$/gm)]
    .map(([, name = '']) => `${environment[name] ?? ''}\n`)
    .join('');

export function outcomeOf(
  document: Document,
  script: GuestScript,
  step: string,
  rule: Scenario['commands'][number] | undefined,
): CommandOutcome {
  const { text } = script;
  const kind =
    document.work === 'Patch' || patching.test(text)
      ? 'commandPatch'
      : document.work === 'Install' || document.work === 'Sysprep' || /install/i.test(text)
        ? 'commandInstall'
        : 'commandOther';
  // For these exit codes the agent reboots the instance and runs the script again, and the second run succeeds.
  const reboots = rule?.exitCode === 194 || rule?.exitCode === 3010;
  const exitCode = reboots ? 0 : (rule?.exitCode ?? 0);
  const failed = exitCode === 0 ? '' : `failed to run commands: exit status ${exitCode}`;
  return {
    kind,
    seconds: rule?.seconds,
    exitCode,
    // It is undocumented whether the document shuts the instance down before its command has ended; users report both. The
    // simulator assumes the worse: a shutdown before the end. With a scenario rule, the command ends first.
    powersOff: document.work === 'Sysprep' && rule === undefined,
    stdout:
      rule?.stdout ?? (failed ? '' : `${script.inventory}${printedVariables(script)}${step || 'command'}: done\n`),
    stderr: [rule?.stderr?.trimEnd(), failed].filter(Boolean).join('\n'),
    status: rule?.status,
    reboots: rule?.status === undefined && (reboots || (exitCode === 0 && /\bexit\s+(194|3010)\b/i.test(text))),
  };
}
