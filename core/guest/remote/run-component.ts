import { componentPhases } from '../../recipe/component/component-phases.ts';
import { baseName, type Carried } from '../../recipe/steps/carried.ts';
import type { Step } from '../../recipe/types.ts';
import { powerShellQuoted, shellQuoted } from '../steps/quoted.ts';
import { awstoeOnLinux, awstoeOnWindows } from './awstoe.ts';
import { powerShellLine, remoteCommand, shellLine } from './remote-command.ts';
import { treeOf } from './tree.ts';

type Component = NonNullable<Step['component']>;

/** https://docs.aws.amazon.com/imagebuilder/latest/userguide/toe-run-config-input.html */
const configOf = ({ parameters = {} }: Component, path: string, phases: readonly string[]): string =>
  JSON.stringify({
    documents: [{ path, parameters: Object.entries(parameters).map(([name, value]) => ({ name, value })) }],
    phases: phases.join(),
  });

/**
 * The script that runs phases of a component on Linux.
 *
 * AWSTOE ends with 194 if a step asks for a reboot. The SSM agent then reboots and runs this script again, and AWSTOE goes on
 * from its folder of states. Nothing of AWSTOE stays after the end.
 */
const linux = (wanted: Component, carried: Carried, phases: readonly string[]): string => {
  const path = `tree/${baseName(wanted.file)}`;
  return `${treeOf(carried, 'component')}${awstoeOnLinux()}printf %s ${shellQuoted(configOf(wanted, path, phases))} >toe/config.json
code=0
toe/awstoe run --config toe/config.json --execution-id ${carried.sha256.slice(0, 32)} --log-directory "$PWD/toe/logs" --state-directory "$PWD/toe/state" || code=$?
if [[ $code != 0 && $code != 194 ]]; then find toe/logs -name console.log -exec tail -n 40 {} + >&2; fi
if [[ $code != 194 ]]; then rm -rf toe tree; fi
exit "$code"
`;
};

const windows = (wanted: Component, carried: Carried, phases: readonly string[]): string => {
  const file = baseName(wanted.file);
  return `$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
try {
    if ((Get-FileHash -LiteralPath '${carried.sha256}' -Algorithm SHA256).Hash -ne '${carried.sha256}') {
        throw 'the files that arrived are not those of the recipe: their SHA-256 is not ${carried.sha256}'
    }
    if (-not (Get-Command tar.exe -ErrorAction SilentlyContinue)) {
        throw 'component needs tar.exe, which Windows Server 2019 and later have'
    }
    New-Item -ItemType Directory -Path toe -Force | Out-Null
    & tar.exe -C toe -xf '${carried.sha256}'
    if ($LASTEXITCODE) { throw "tar.exe ended with exit code $LASTEXITCODE" }
    ${awstoeOnWindows()}
    [IO.File]::WriteAllText((Join-Path (Get-Location).Path 'toe\\config.json'), ${powerShellQuoted(configOf(wanted, `toe/${file}`, phases))})
    $folder = Join-Path (Get-Location).Path 'toe'
    $ErrorActionPreference = 'Continue'
    & toe\\awstoe.exe run --config toe\\config.json --execution-id ${carried.sha256.slice(0, 32)} --log-directory "$folder\\logs" --state-directory "$folder\\state"
    $code = $LASTEXITCODE
    if ($code -ne 0 -and $code -ne 3010) {
        Get-ChildItem toe\\logs -Recurse -Filter console.log | ForEach-Object { [Console]::Error.WriteLine((Get-Content $_.FullName -Tail 40 | Out-String)) }
    }
    if ($code -ne 3010) { Remove-Item toe -Recurse -Force }
    exit $code
} catch {
    [Console]::Error.WriteLine($_.Exception.Message)
    exit 1
}
`;
};

/** Where a step runs: the list that it is in, and the system of the source image. */
export interface StepPlace {
  list: 'provision' | 'checks';
  windows: boolean;
}

/** The command that runs the phases of a component that belong on this instance. */
export function runComponent(
  wanted: Component,
  carried: Carried,
  seconds: number,
  { windows: onWindows, list }: StepPlace,
) {
  const phases = componentPhases[list];
  const line = onWindows ? powerShellLine(windows(wanted, carried, phases)) : shellLine(linux(wanted, carried, phases));
  return remoteCommand(carried.sha256, line, seconds);
}
