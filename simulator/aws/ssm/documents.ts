import type { SendCommandRequest } from '@aws-sdk/client-ssm';
import { ApiError } from '../calls/actions.ts';
import type { Scenario } from '../../pipeline/scenario.ts';
import { required } from '../calls/strict.ts';

/** An AWS document as far as running it goes. */
export interface Document {
  platforms: ('Linux' | 'Windows')[];
  /** Names of its parameters, the required ones with `!`; undefined: any. */
  parameters?: string[];
  /** Where its output goes below `<command>/<instance>/`. */
  output: { Linux: string; Windows: string };
  /** The parameter that says how many seconds it may run; without one it is 3600. */
  timeout?: string;
  work?: 'Patch' | 'Install' | 'Sysprep';
  /** One step a platform: GetCommandInvocation then wants to know which. */
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
  // The document's content, as public repositories keep copies of it.
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
  // Parameters as AWS-UpdateWindowsAmi hands them on (Automation runbook reference) and users name them.
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
  // EC2 Image Builder sends it without parameters (user guide, workflow step action RunSysPrep); AWS-UpdateWindowsAmi hands an Id
  // to its predecessor, under which a repeated run does nothing.
  'AWSEC2-RunSysprep': { platforms: ['Windows'], parameters: ['Id'], output: both(powershell), work: 'Sysprep' },
};

/** The document a request names, if the request is one SSM would take. */
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

/** What a command turns out to be: how long it runs, what it prints, how it ends. */
export interface Outcome {
  kind: 'commandPatch' | 'commandInstall' | 'commandOther';
  seconds?: number | undefined;
  exitCode: number;
  stdout: string;
  stderr: string;
  status?: 'TimedOut' | 'Cancelled' | 'Undeliverable' | undefined;
  /** The instance goes down before its agent can tell SSM how the command ended. */
  powersOff?: boolean;
  /** The script asks for a restart and to be run again (exit code 194, on Windows 3010). */
  reboots: boolean;
}

/** `dnf upgrade`, `apt-get update`, `full-upgrade`; not `check-update`, `update-initramfs` or a registry path. */
const patching = /(?:^|[\s;&|])(?:\w+-)?(?<!check-)(?:upgrade|update)(?=\s|;|$)/im;

export function outcomeOf(
  document: Document,
  text: string,
  step: string,
  rule: Scenario['commands'][number] | undefined,
): Outcome {
  const kind =
    document.work === 'Patch' || patching.test(text)
      ? 'commandPatch'
      : document.work === 'Install' || document.work === 'Sysprep' || /install/i.test(text)
        ? 'commandInstall'
        : 'commandOther';
  // The agent reboots the instance for these exit codes and runs the script again, which then succeeds.
  const reboots = rule?.exitCode === 194 || rule?.exitCode === 3010;
  const exitCode = reboots ? 0 : (rule?.exitCode ?? 0);
  const failed = exitCode === 0 ? '' : `failed to run commands: exit status ${exitCode}`;
  return {
    kind,
    seconds: rule?.seconds,
    exitCode,
    // Whether the document shuts the instance down before its command has ended is not documented, and users report both. The
    // simulator takes what is the worse for us, unless the scenario has a word on the command: it then ends before.
    powersOff: document.work === 'Sysprep' && rule === undefined,
    stdout: rule?.stdout ?? (failed ? '' : `${step || 'command'}: done\n`),
    stderr: [rule?.stderr?.trimEnd(), failed].filter(Boolean).join('\n'),
    status: rule?.status,
    reboots: rule?.status === undefined && (reboots || (exitCode === 0 && /\bexit\s+(194|3010)\b/i.test(text))),
  };
}
