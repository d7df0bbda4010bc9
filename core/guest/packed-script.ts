import { gzipSync } from 'node:zlib';

// SSM replaces {{ … }} in the parameters of a command and bounds their size. Base64 holds no braces, and gzip makes a
// shell script of 100 kB about 30 kB. gzip also checks length and CRC-32 on the instance.
const packed = (text: string): string[] =>
  gzipSync(Buffer.from(text), { level: 9 })
    .toString('base64')
    .match(/.{1,1000}/g) ?? [];

/**
 * The lines of a shell script that writes another script, byte for byte, and becomes it. The agent makes its script
 * executable and honours the shebang, so `$0` is an absolute path in the folder of this command alone.
 *
 * The script runs with two variables of ours. apt must not ask questions. needrestart must not restart services: one of them
 * is the SSM agent, whose restart ends the step (Ubuntu 24.04 restarts services without asking).
 */
export const packedShell = (text: string): string[] => [
  '#!/bin/sh',
  'set -eu',
  'step="${0%/*}/step"',
  `(umask 077; base64 -d <<'PACKED' | gzip -d >"$step")`,
  ...packed(text),
  'PACKED',
  'chmod 700 "$step"',
  'export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1',
  'exec "$step"',
];

const byteOrderMark = '\uFEFF';

/**
 * The same for PowerShell. The script gets a byte order mark when it has none: Windows PowerShell reads a file without one
 * in the code page of the machine. A script of its own may begin with `using` or `param`.
 *
 * PowerShell goes on after a program that failed, and a script's exit code is 0 unless the script sets it.
 */
export const packedPowerShell = (text: string): string[] => [
  "$ErrorActionPreference = 'Stop'",
  "$step = Join-Path $PSScriptRoot 'step.ps1'",
  "$bytes = [Convert]::FromBase64String(@'",
  ...packed(text.startsWith(byteOrderMark) ? text : byteOrderMark + text),
  "'@)",
  '$from = New-Object IO.Compression.GZipStream((New-Object IO.MemoryStream(, $bytes)), [IO.Compression.CompressionMode]::Decompress)',
  '$to = [IO.File]::Create($step)',
  'try { $from.CopyTo($to) } finally { $to.Dispose(); $from.Dispose() }',
  '$global:LASTEXITCODE = 0',
  '& $step',
  'if ($LASTEXITCODE) { exit $LASTEXITCODE }',
];
