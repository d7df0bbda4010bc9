import { gzipSync } from 'node:zlib';
import { powerShellBeginning, shellBeginning, type Surrounded } from './steps/surroundings.ts';
import type { StepSurroundings } from '../recipe/steps/surroundings.ts';

/**
 * The most bytes of the parameters of a command. An SSM document may have 64 KB, "including the content specified for input
 * parameters at runtime" (CreateDocument, Content). The rest is for the document itself.
 */
export const commandBytes = 56_000;

const bytesOf = (lines: string[]): number => Buffer.byteLength(JSON.stringify(lines));

/** Whether SSM takes these lines. Others go through the bucket. */
export const areSent = (lines: string[]): boolean => bytesOf(lines) <= commandBytes;

// SSM replaces {{ … }} in the parameters of a command and limits their size. Base64 has no braces, and gzip shrinks a shell
// script of 100 kB to about 30 kB. On the instance, gzip also checks length and CRC-32.
const packed = (text: string): string[] =>
  gzipSync(Buffer.from(text), { level: 9 })
    .toString('base64')
    .match(/.{1,1000}/g) ?? [];

/**
 * A packed script of at most so many bytes, with the variables of its step, certainly fits into a command. The rest is for what the
 * pipeline puts around a script: that unpacks, changes the user, finds disks and reads secrets.
 */
export const mostFittingBytes = commandBytes - 8_000;

/**
 * Whether a script certainly fits, by what its recipe tells. The rules of recipes ask this and not `areSent`, since every function
 * has the rules, and few have the scripts that the pipeline puts around a step.
 */
export const fitsCommand = (text: string, { env, secrets, workingDirectory }: StepSurroundings): boolean =>
  bytesOf([...packed(text), ...packed(JSON.stringify([env, secrets, workingDirectory]))]) <= mostFittingBytes;

/** Lines that unpack a text into the file that a variable of the shell names. */
const unpackedTo = (variable: string, text: string): string[] => [
  `${variable}="\${0%/*}/${variable}"`,
  `(umask 077; base64 -d <<'PACKED' | gzip -d >"$${variable}")`,
  ...packed(text),
  'PACKED',
];

/**
 * The lines of a shell script that unpacks another script, byte for byte, and replaces itself with it (exec). The agent makes its
 * script executable and honours the shebang, so `$0` is an absolute path in a folder that only this command uses.
 *
 * The script runs with two variables of ours. One keeps apt from asking questions. The other keeps needrestart from restarting
 * services: a restart of the SSM agent ends the step (Ubuntu 24.04 restarts services without asking).
 */
export const packedShell = (text: string, surroundings: Surrounded = {}): string[] =>
  startingShell(unpackedTo('step', text), surroundings);

/** The same for a script that the agent has downloaded into the same folder, under its digest. */
export const fetchedShell = (sha256: string, surroundings: Surrounded = {}): string[] =>
  startingShell(
    [
      'step="${0%/*}/step"',
      `object="\${0%/*}/${sha256}"`,
      `if ! printf '%s  %s\\n' ${sha256} "$object" | sha256sum -c >/dev/null 2>&1; then`,
      `  echo '${otherScript(sha256)}' >&2`,
      '  exit 1',
      'fi',
      '(umask 077; cat "$object" >"$step")',
    ],
    surroundings,
  );

const otherScript = (sha256: string) =>
  `the script that arrived is not that of the recipe: its SHA-256 is not ${sha256}`;

/** @param lines Lines that make the file `$step`. */
function startingShell(lines: string[], surroundings: Surrounded): string[] {
  const beginning = shellBeginning(surroundings);
  return [
    '#!/bin/sh',
    'set -eu',
    ...lines,
    'chmod 700 "$step"',
    'export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1',
    ...(beginning === undefined
      ? ['exec "$step"']
      : [...unpackedTo('begin', beginning), 'exec /bin/sh "$begin" "$step"']),
  ];
}

const byteOrderMark = '\uFEFF';

/** Windows PowerShell reads a file without a byte order mark in the machine's code page. */
export const powerShellText = (text: string): string => (text.startsWith(byteOrderMark) ? text : byteOrderMark + text);

/** Lines that unpack a text into a file beside the script of the agent, and set the variable to its path. */
const unpackedBeside = (variable: string, text: string): string[] => [
  `$${variable} = Join-Path $PSScriptRoot '${variable}.ps1'`,
  "$bytes = [Convert]::FromBase64String(@'",
  ...packed(powerShellText(text)),
  "'@)",
  '$from = New-Object IO.Compression.GZipStream((New-Object IO.MemoryStream(, $bytes)), [IO.Compression.CompressionMode]::Decompress)',
  `$to = [IO.File]::Create($${variable})`,
  'try { $from.CopyTo($to) } finally { $to.Dispose(); $from.Dispose() }',
];

/**
 * The same for PowerShell. The script is a file of its own, so it may begin with `using` or `param`.
 *
 * PowerShell continues after a program that failed, and a script's exit code is 0 unless the script sets it.
 */
export const packedPowerShell = (text: string, surroundings: Surrounded = {}): string[] =>
  startingPowerShell(unpackedBeside('step', text), surroundings);

export const fetchedPowerShell = (sha256: string, surroundings: Surrounded = {}): string[] =>
  startingPowerShell(
    [
      "$step = Join-Path $PSScriptRoot 'step.ps1'",
      `$object = Join-Path $PSScriptRoot '${sha256}'`,
      `if ((Get-FileHash -LiteralPath $object -Algorithm SHA256).Hash -ne '${sha256}') { throw '${otherScript(sha256)}' }`,
      'Copy-Item -LiteralPath $object -Destination $step -Force',
    ],
    surroundings,
  );

/** @param lines Lines that make the file `$step`. */
function startingPowerShell(lines: string[], surroundings: Surrounded): string[] {
  const beginning = powerShellBeginning(surroundings);
  return [
    "$ErrorActionPreference = 'Stop'",
    ...lines,
    ...(beginning === undefined ? [] : unpackedBeside('begin', beginning)),
    '$global:LASTEXITCODE = 0',
    beginning === undefined ? '& $step' : '& $begin $step',
    'if ($LASTEXITCODE) { exit $LASTEXITCODE }',
  ];
}
