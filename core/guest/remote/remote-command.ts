import { gzipSync } from 'node:zlib';
import { powerShellText } from '../packed-script.ts';
import { partitionOf } from '../../recipe/regions.ts';

/**
 * The longest time of AWS-RunRemoteScript in seconds, by the pattern of its parameter executionTimeout in copies of the document
 * in public repositories.
 */
export const longestRemoteSeconds = 28_800;

/**
 * A command whose instance first downloads an object of the artifact bucket into the folder that the command runs in, under the
 * object's digest. AWS-RunRemoteScript downloads by a plugin of the SSM agent, with the instance's own role. So it needs neither
 * the AWS CLI nor curl, on Linux and on Windows.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-s3-shell.html
 */
export const remoteCommand = (object: string, commandLine: string, seconds: number) => ({
  document: 'AWS-RunRemoteScript',
  object,
  parameters: {
    sourceType: ['S3'],
    commandLine: [commandLine],
    executionTimeout: [String(Math.min(seconds, longestRemoteSeconds))],
  },
});

/** Where an object of the bucket is, as AWS-RunRemoteScript wants it. Only the sender of the command knows the bucket. */
export function sourceInfo({ bucket, key, region }: { bucket: string; key: string; region: string }): string[] {
  const domain = partitionOf(region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return [JSON.stringify({ path: `https://s3.${region}.${domain}/${bucket}/${key}` })];
}

/** What to look at if an instance cannot download its object. The agent tells only how S3 answered. */
export const undownloaded = (where: string): string =>
  `the instance could not download its files from ${where}: the role of its instance profile needs s3:GetObject there, s3:ListBucket on the bucket for that prefix, the use of the bucket's key, and a way to S3`;

// One line without double braces, since it is the value of one parameter, in which SSM replaces {{ … }}.
const packedLine = (script: string): string => gzipSync(Buffer.from(script), { level: 9 }).toString('base64');

/** A shell script as one line for sh. It runs as a file of its own in the folder of the object. */
export const shellLine = (script: string): string =>
  `printf %s '${packedLine(script)}' | base64 -d | gzip -d >run && chmod 700 run && exec "$PWD/run"`;

/** The same for PowerShell. */
export const powerShellLine = (script: string): string =>
  [
    `$packed = New-Object IO.MemoryStream(, [Convert]::FromBase64String('${packedLine(powerShellText(script))}'))`,
    '$from = New-Object IO.Compression.GZipStream($packed, [IO.Compression.CompressionMode]::Decompress)',
    "$run = Join-Path (Get-Location).Path 'run.ps1'",
    '$to = [IO.File]::Create($run)',
    'try { $from.CopyTo($to) } finally { $to.Dispose(); $from.Dispose() }',
    '$global:LASTEXITCODE = 0',
    '& $run',
    'if ($LASTEXITCODE) { exit $LASTEXITCODE }',
  ].join('; ');
